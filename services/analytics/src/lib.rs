//! The analytics service: numbers about everything that happened, and the rows behind each of them.
//!
//! `events` projects the log to facts; `api` (gRPC) and `app` answer from them; `domain` says what each
//! metric means; `store` keeps. It must not know who anybody is or what anybody wrote, and it calls no other
//! service: whatever it shows can be built again from the log alone.

pub mod announce;
mod api;
pub mod app;
mod config;
pub mod convert;
pub mod domain;
pub mod error;
mod events;
pub mod store;

use std::sync::Arc;

use anyhow::Context;
use bus::Links;
use chassis::{
    authn::Verifier,
    authz::Policy,
    command,
    page::{Lists, PageSealer},
    server::{self, Listeners, ServerOptions},
    shutdown::{self, Part},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

pub use config::Config;
pub use store::Migrator;

/// The gRPC services of this process.
const SERVICES: &[&str] =
    &["kith.analytics.v1.MetricService", "kith.analytics.v1.ProjectionService", bus::ops::NAME];

/// Runs the service on `listeners` until `stop` is cancelled, then drains what is in flight.
///
/// Fails if the database cannot be reached or migrated, or if a background task fails for good.
pub async fn serve(
    config: Config,
    listeners: Listeners,
    links: Links,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let stop = stop.child_token();
    let db = config.database.connect::<Migrator>().await.context("connect database")?;
    let verifier = Verifier::new(&config.authn).await.context("read issuers")?;
    let sealer = PageSealer::new(&config.pages).context("read page token keys")?;
    let lists = Lists::new(sealer, config.max_page_size);
    let (running, handlers) = watch::channel(Vec::new());
    let groups = bus::ops::service_of(db.clone(), &links, handlers, lists.clone());
    let app = app::App {
        db: db.clone(),
        log: links.log.clone(),
        clock: links.clock.clone(),
        lists,
        handler_of: events::handler_of,
        asked: Arc::new(Notify::new()),
    };
    let routes = api::routes(app.clone()).add_service(groups);
    let options = ServerOptions {
        service: "analytics",
        args: config.server,
        verifier: Arc::new(verifier),
        policy: Policy::new(proto::METHODS.iter().map(|it| (it.path, it.permission))),
        descriptors: proto::DESCRIPTORS,
        service_names: SERVICES,
        ready: None,
    };
    let generations = events::FollowGenerations::new(app, links.clone(), running, stop.clone());

    let parts: [Part<'_>; 4] = [
        Box::pin(server::run(listeners, routes, options, stop.clone())),
        Box::pin(bus::relay::run(db.clone(), links.log.clone(), stop.clone())),
        Box::pin(generations.run()),
        Box::pin(async {
            command::purging(db.clone(), links.clock, stop.clone()).await;
            Ok(())
        }),
    ];
    let outcome = shutdown::together(&stop, parts).await;

    db.close().await;
    outcome
}
