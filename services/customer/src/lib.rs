//! The customer service: who a tenant does business with, and what happened around them.
//!
//! `api` (gRPC) and `events` (the log) come in; `app` holds the use cases; `domain` decides; `store` keeps;
//! `announce` tells the others. It must not know conversations, orders or providers beyond their names.

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
use tokio_util::sync::CancellationToken;

pub use config::Config;
pub use store::Migrator;

/// The gRPC services of this process.
const SERVICES: &[&str] = &[
    "kith.customer.v1.AccountService",
    "kith.customer.v1.ContactService",
    "kith.customer.v1.IdentityService",
    "kith.customer.v1.TimelineService",
    bus::ops::NAME,
];

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
    let handlers = events::subscriptions();
    let groups = bus::ops::service(db.clone(), &links, handlers.clone(), lists.clone());
    let app = app::App { db: db.clone(), clock: links.clock.clone(), lists };
    let routes = api::routes(app).add_service(groups);
    let options = ServerOptions {
        service: "customer",
        args: config.server,
        verifier: Arc::new(verifier),
        policy: Policy::new(proto::METHODS.iter().map(|it| (it.path, it.permission))),
        descriptors: proto::DESCRIPTORS,
        service_names: SERVICES,
        ready: None,
    };

    let parts: [Part<'_>; 4] = [
        Box::pin(server::run(listeners, routes, options, stop.clone())),
        Box::pin(bus::relay::run(db.clone(), links.log.clone(), stop.clone())),
        Box::pin(bus::consumer::run(
            db.clone(),
            links.log,
            handlers,
            links.clock.clone(),
            stop.clone(),
        )),
        Box::pin(async {
            command::purging(db.clone(), links.clock, stop.clone()).await;
            Ok(())
        }),
    ];
    let outcome = shutdown::together(&stop, parts).await;

    db.close().await;
    outcome
}
