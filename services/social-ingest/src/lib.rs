//! The social-ingest service: takes in what customers write on social channels, and carries replies back.
//!
//! `api` (gRPC, webhooks) and `events` (the log) come in; `app` holds the use cases and the courier; `channels` speaks
//! the providers' dialects; `domain` decides; `store` keeps; `announce` tells the others. It must not know contacts,
//! conversations or orders beyond the names of messages, and it never keeps the words of a reply.

mod announce;
mod api;
mod app;
pub mod channels;
mod config;
mod convert;
mod domain;
mod error;
mod events;
mod store;

use std::sync::Arc;

use anyhow::Context;
use bus::Links;
use channels::{reach::Reach, wechat};
use chassis::{
    authn::Verifier,
    authz::Policy,
    client::Client,
    command,
    database::Database,
    page::{Lists, PageSealer},
    server::{self, Listeners, ServerOptions},
    shutdown::{self, Part},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use app::{MessagingTexts, ReplyTexts};
pub use config::{Config, DeliveryArgs, ProviderReach, WebhookArgs};
pub use domain::MessageName;
pub use store::Migrator;

use app::{
    Accounts, App, Refusals, Vault,
    courier::{Conduct, Courier},
};
use domain::RetryPolicy;

/// The name of this service in telemetry.
const SERVICE: &str = "social-ingest";

/// The gRPC services of this process.
const SERVICES: &[&str] = &[
    "kith.social.v1.AnalysisService",
    "kith.social.v1.DeliveryService",
    "kith.social.v1.EnvelopeService",
    "kith.social.v1.InboundMessageService",
    "kith.social.v1.SourceService",
    bus::ops::NAME,
];

/// Makes a key for the setting `CREDENTIALS_KEY`.
pub fn generate_credentials_key() -> String {
    Vault::generate_key()
}

/// Runs the service on its listeners until `stop` is cancelled, then drains what is in flight.
///
/// Fails if the database cannot be reached or migrated, or if a setting is malformed.
pub async fn serve(
    config: Config,
    listeners: Listeners,
    webhooks: TcpListener,
    links: Links,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let client = Client::new(&config.messaging_url, links.tokens.clone(), &config.client)
        .context("read `MESSAGING_URL`")?;
    let texts = Arc::new(MessagingTexts::new(client));
    serve_with(config, listeners, webhooks, links, texts, stop).await
}

/// Runs the service like [`serve`], with another place where the words of replies come from.
pub async fn serve_with(
    config: Config,
    listeners: Listeners,
    webhooks: TcpListener,
    links: Links,
    texts: Arc<dyn ReplyTexts>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let stop = stop.child_token();
    let db = config.database.connect::<Migrator>().await.context("connect database")?;
    let verifier = Verifier::new(&config.authn).await.context("read issuers")?;
    let app = Arc::new(app(&config, db.clone(), &links)?);
    let courier = Courier::new(app.clone(), texts, conduct(&config), SERVICE);
    let limits = api::webhooks::Limits {
        max_connections: config.webhooks.webhook_max_connections,
        max_concurrency: config.webhooks.webhook_max_concurrency,
        read_timeout: config.webhooks.webhook_read_timeout,
        drain_timeout: config.server.drain_timeout,
    };
    let options = ServerOptions {
        service: SERVICE,
        args: config.server,
        verifier: Arc::new(verifier),
        policy: Policy::new(proto::METHODS.iter().map(|it| (it.path, it.permission))),
        descriptors: proto::DESCRIPTORS,
        service_names: SERVICES,
        ready: None,
    };
    let handlers = events::subscriptions(app.clone());
    let groups = bus::ops::service(db.clone(), &links, handlers.clone(), app.lists.clone());
    let routes = api::routes(app.clone()).add_service(groups);

    let parts: [Part<'_>; 6] = [
        Box::pin(server::run(listeners, routes, options, stop.clone())),
        Box::pin(bus::relay::run(db.clone(), links.log.clone(), stop.clone())),
        Box::pin(bus::consumer::run(
            db.clone(),
            links.log.clone(),
            handlers,
            links.clock.clone(),
            stop.clone(),
        )),
        Box::pin(async {
            api::webhooks::serve(webhooks, app.clone(), limits, SERVICE, stop.clone()).await;
            Ok(())
        }),
        // A reply that is on its way out is waited for.
        Box::pin(async {
            courier.run(stop.clone()).await;
            Ok(())
        }),
        Box::pin(async {
            command::purging(db.clone(), links.clock.clone(), stop.clone()).await;
            Ok(())
        }),
    ];
    let outcome = shutdown::together(&stop, parts).await;

    db.close().await;
    outcome
}

fn app(config: &Config, db: Database, links: &Links) -> anyhow::Result<App> {
    let vault: Vault = config.credentials_key.expose().parse().context("read `CREDENTIALS_KEY`")?;
    let reach = match config.delivery.provider_reach {
        ProviderReach::Public => Reach::Public,
        ProviderReach::Anywhere => Reach::Anywhere,
    };
    let wechat = wechat::client::Client::new(&wechat::client::Settings {
        reach,
        total_timeout: config.delivery.provider_timeout,
        ..wechat::client::Settings::default()
    })
    .context("make the client of WeChat")?;
    let sealer = PageSealer::new(&config.pages).context("read page token keys")?;
    Ok(App {
        db,
        clock: links.clock.clone(),
        lists: Lists::new(sealer, config.max_page_size),
        analyzer: Arc::new(language::RuleAnalyzer::new()),
        accounts: Accounts::new(vault, reach, wechat),
        refusals: Refusals::default(),
        webhook_window: config.webhooks.webhook_window,
    })
}

fn conduct(config: &Config) -> Conduct {
    let args = &config.delivery;
    let lease = args.delivery_lease.max(args.provider_timeout * 2);
    Conduct {
        retry: RetryPolicy {
            first_pause: args.delivery_first_pause,
            longest_pause: args.delivery_longest_pause,
            give_up_after: args.delivery_give_up_after,
        },
        lease,
        look_after: lease / 6,
        parallel: args.delivery_parallel.max(1),
        drain_timeout: config.server.drain_timeout,
    }
}
