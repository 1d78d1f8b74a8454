//! The platform: five services in one process, started together, stopped together.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use bus::{BusArgs, Links};
use chassis::{
    authn::{LocalIssuer, Role},
    clock::Clock,
    database,
    telemetry::SpanStore,
    tenant::TenantId,
};
use clap::Parser;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    config::{DEFAULT_TENANT, parse_tenant},
    data_dir::{DataDir, Endpoints},
    http,
    sockets::{Addresses, Sockets},
    traces,
};

/// How long a token printed at start is good for.
const TOKEN_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the services may take to become ready.
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// What a platform is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder for databases, events and keys.
    pub data_dir: PathBuf,
    /// First port; 0 for free ones.
    pub port: u16,
    /// PostgreSQL server to use instead of SQLite files.
    pub database_url: Option<String>,
    /// Kafka to use instead of the local log.
    pub kafka: Option<BusArgs>,
    /// Where finished spans are kept for `kith trace`.
    pub spans: SpanStore,
    /// The time.
    pub clock: Clock,
}

impl Options {
    /// The embedded default on free ports, in `data_dir`.
    pub fn embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            port: 0,
            database_url: None,
            kafka: None,
            spans: SpanStore::default(),
            clock: Clock::system(),
        }
    }
}

/// Five running services.
#[derive(Debug)]
pub struct Platform {
    /// Where they are reached.
    pub addresses: Addresses,
    /// The tenant of `token`.
    pub tenant: TenantId,
    /// A token of an administrator of `tenant`.
    pub token: String,
    /// The folder it keeps everything in.
    pub data_dir: PathBuf,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Platform {
    /// Starts the services and waits until all of them answer.
    ///
    /// Fails in words if a port or the data directory is taken, or if a server cannot be reached.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        http::install_cryptography();
        let folder = DataDir::open(&options.data_dir)?;
        let issuer = LocalIssuer::load_or_create(DataDir::issuer_key(folder.path()))?;
        let tenant = parse_tenant(DEFAULT_TENANT).map_err(anyhow::Error::msg)?;
        let token = issuer.token(&tenant.to_string(), Role::Admin, TOKEN_TTL);
        let sockets = Sockets::bind(options.port).await?;
        let addresses = sockets.addresses()?;
        folder.publish(&Endpoints { traces: addresses.traces.clone() })?;

        let stop = CancellationToken::new();
        let running = tokio::spawn(run(folder, options.clone(), issuer, sockets, stop.clone()));
        let mut platform =
            Self { addresses, tenant, token, data_dir: options.data_dir, stop, running };
        platform.ready().await?;
        Ok(platform)
    }

    /// Waits until the platform ends by itself, which only a failure makes it do.
    pub async fn failed(&mut self) -> anyhow::Error {
        match (&mut self.running).await {
            Ok(Ok(())) => anyhow::anyhow!("the services ended without being told to"),
            Ok(Err(error)) => error,
            Err(error) => anyhow::Error::new(error).context("a service panicked"),
        }
    }

    /// Finishes what is in flight and ends.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.running.await.context("a service panicked")?
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let health = self.addresses.health.clone();
        let all_serving = async {
            for address in &health {
                while !is_serving(address).await {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        tokio::select! {
            () = all_serving => Ok(()),
            error = self.failed() => Err(error.context("start the platform")),
            () = tokio::time::sleep(READY_TIMEOUT) => {
                bail!("the services are not ready after {} s; the log says why", READY_TIMEOUT.as_secs())
            }
        }
    }
}

async fn is_serving(address: &str) -> bool {
    let Ok(endpoint) = tonic::transport::Endpoint::from_shared(address.to_owned()) else {
        return false;
    };
    let endpoint = endpoint.connect_timeout(Duration::from_secs(1)).timeout(Duration::from_secs(1));
    let Ok(channel) = endpoint.connect().await else {
        return false;
    };
    let answer = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
    answer.is_ok_and(|it| it.into_inner().status() == ServingStatus::Serving)
}

/// Hands each service what it needs and runs all of them: one that fails stops the others.
async fn run(
    folder: DataDir,
    options: Options,
    issuer: LocalIssuer,
    sockets: Sockets,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let addresses = sockets.addresses()?;
    let setting = issuer.setting();
    let issuers = format!("{}|EdDSA|{}|{}", setting.issuer, setting.jwks, setting.audience);
    let bus = options.kafka.clone().unwrap_or_else(|| BusArgs::local(folder.events_file()));
    let links =
        Links { log: bus.connect().await?, tokens: Arc::new(issuer), clock: options.clock.clone() };
    let settings =
        Settings { folder: &folder, options: &options, issuers: &issuers, addresses: &addresses };

    // Whichever ends first, well or badly, ends the rest.
    let ended = stop.clone();
    let watched = |outcome: anyhow::Result<()>| {
        ended.cancel();
        outcome
    };
    let customer = customer::serve(
        settings.of("customer").await?,
        sockets.customer,
        links.clone(),
        stop.clone(),
    );
    let messaging = messaging::serve(
        settings.of("messaging").await?,
        sockets.messaging,
        links.clone(),
        stop.clone(),
    );
    let social_ingest = social_ingest::serve(
        settings.of("social-ingest").await?,
        sockets.social_ingest,
        sockets.webhooks,
        links.clone(),
        stop.clone(),
    );
    let sales =
        sales::serve(settings.of("sales").await?, sockets.sales, links.clone(), stop.clone());
    let analytics = analytics::serve(
        settings.of("analytics").await?,
        sockets.analytics,
        links.clone(),
        stop.clone(),
    );
    let traces = traces::serve(sockets.traces, options.spans.clone(), stop.clone());
    let outcomes = tokio::join!(
        async { watched(Box::pin(customer).await.context("customer")) },
        async { watched(Box::pin(messaging).await.context("messaging")) },
        async { watched(Box::pin(social_ingest).await.context("social-ingest")) },
        async { watched(Box::pin(sales).await.context("sales")) },
        async { watched(Box::pin(analytics).await.context("analytics")) },
        async { watched(traces.await.context("traces")) },
    );
    links.log.close().await;
    let (customer, messaging, social_ingest, sales, analytics, traces) = outcomes;
    customer.and(messaging).and(social_ingest).and(sales).and(analytics).and(traces)
}

/// Where the settings of a service in this process come from: flags of ours, then the environment.
struct Settings<'a> {
    folder: &'a DataDir,
    options: &'a Options,
    issuers: &'a str,
    addresses: &'a Addresses,
}

impl Settings<'_> {
    async fn of<C: Parser>(&self, service: &str) -> anyhow::Result<C> {
        let database_url = match &self.options.database_url {
            Some(url) => database::provision(url, service).await?,
            None => self.folder.sqlite_url(service),
        };
        let page_token_key = self.folder.secret("page-token")?;
        let mut flags = vec![
            service.to_owned(),
            format!("--database-url={database_url}"),
            format!("--oidc-issuers={}", self.issuers),
            format!("--page-token-key={page_token_key}"),
        ];
        let known = C::command();
        let mut others = vec![
            ("customer-url", self.addresses.customer.clone()),
            ("messaging-url", self.addresses.messaging.clone()),
            ("social-ingest-url", self.addresses.social_ingest.clone()),
            ("sales-url", self.addresses.sales.clone()),
        ];
        others.push(("credentials-key", self.folder.secret("credentials")?));
        // Emulated providers listen on the same machine.
        others.push(("provider-reach", "anywhere".to_owned()));
        for (flag, value) in others {
            if known.get_arguments().any(|it| it.get_long() == Some(flag)) {
                flags.push(format!("--{flag}={value}"));
            }
        }
        C::try_parse_from(flags).with_context(|| format!("read the settings of {service}"))
    }
}
