//! The messaging service: inboxes, conversations, messages, and the rules that answer them.
//!
//! `api` (gRPC) and `events` (the log) come in; `app` holds the use cases; `domain` decides; `store` keeps;
//! `announce` tells the others. It must not know providers, nor contacts and orders beyond what others tell.

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
    client::Client,
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
    "kith.messaging.v1.AutoReplyRuleService",
    "kith.messaging.v1.ConversationService",
    "kith.messaging.v1.InboxService",
    "kith.messaging.v1.MessageService",
    bus::ops::NAME,
];

/// Runs the service on `listeners` until `stop` is cancelled, then drains what is in flight.
///
/// Fails if the database cannot be reached or migrated, if the address of another service is
/// malformed, or if a background task fails for good.
pub async fn serve(
    config: Config,
    listeners: Listeners,
    links: Links,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let client = |url: &str| Client::new(url, links.tokens.clone(), &config.client);
    let peers = events::Peers {
        customer: client(&config.customer_url).context("read `CUSTOMER_URL`")?,
        sales: client(&config.sales_url).context("read `SALES_URL`")?,
        social_ingest: client(&config.social_ingest_url).context("read `SOCIAL_INGEST_URL`")?,
    };
    let db = config.database.connect::<Migrator>().await.context("connect database")?;
    let verifier = Verifier::new(&config.authn).await.context("read issuers")?;
    let sealer = PageSealer::new(&config.pages).context("read page token keys")?;
    let lists = Lists::new(sealer, config.max_page_size);
    let app = app::App { db: db.clone(), clock: links.clock.clone(), lists: lists.clone() };
    let handlers = events::subscriptions(&app, &peers);
    let groups = bus::ops::service(db.clone(), &links, handlers.clone(), lists);
    let routes = api::routes(app.clone()).add_service(groups);
    let options = ServerOptions {
        service: "messaging",
        args: config.server,
        verifier: Arc::new(verifier),
        policy: Policy::new(proto::METHODS.iter().map(|it| (it.path, it.permission))),
        descriptors: proto::DESCRIPTORS,
        service_names: SERVICES,
        ready: None,
    };

    let parts: [Part<'_>; 5] = [
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
            app.keep_waking(config.snooze_check_interval, stop.clone()).await;
            Ok(())
        }),
        Box::pin(async {
            command::purging(db.clone(), links.clock, stop.clone()).await;
            Ok(())
        }),
    ];
    let outcome = shutdown::together(&stop, parts).await;

    db.close().await;
    outcome
}
