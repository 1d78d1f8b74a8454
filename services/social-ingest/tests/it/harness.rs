//! The service in process, with a provider that is emulated, and everything a test drives it by.

mod calls;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bus::{Failure, Links, Log};
use chassis::{clock::Clock, database::Database, redact::Redacted, tenant::TenantId};
use clap::Parser;
use emulators::{WeChatEmulator, wechat::WebhookSigner};
use social_ingest::{Config, MessageName, Migrator, ReplyTexts};
use testkit::{Addresses, TestDatabase, TestIssuer, TestLog};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

pub(crate) use calls::{queued, reason};

pub(crate) const ACCOUNT: &str = "gh_7f3a9c2e51d0";
pub(crate) const OPENID: &str = "oQ7xK1pT2mVbN3cR4sL5uW6yZ8eA";
pub(crate) const SECRET: &str = "canary-app-secret";

/// A running service and its surroundings.
pub(crate) struct Harness {
    pub(crate) tenant: TenantId,
    pub(crate) clock: Clock,
    pub(crate) provider: Arc<WeChatEmulator>,
    pub(crate) signer: WebhookSigner,
    pub(crate) texts: Arc<Texts>,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) database: Arc<TestDatabase>,
    pub(crate) config: Config,
    pub(crate) addresses: Addresses,
    pub(crate) webhooks: SocketAddr,
    pub(crate) http: reqwest::Client,
    issuer: Arc<TestIssuer>,
    /// Where events of other services are written before they are published.
    elsewhere: Database,
    _places: Arc<(TestDatabase, TestLog)>,
    _stop: DropGuard,
    serving: Option<JoinHandle<()>>,
}

/// Says what each reply says, in the place of messaging.
#[derive(Default)]
pub(crate) struct Texts(Mutex<HashMap<String, Result<String, Failure>>>);

impl Texts {
    pub(crate) fn put(&self, message: &str, text: Result<&str, Failure>) {
        let text = text.map(str::to_owned);
        self.0.lock().unwrap().insert(message.to_owned(), text);
    }

    /// How many messages of a conversation say something.
    fn count_of(&self, conversation: &str) -> u64 {
        let texts = self.0.lock().unwrap();
        texts.keys().filter(|it| it.starts_with(conversation)).count() as u64
    }
}

#[async_trait]
impl ReplyTexts for Texts {
    async fn get(&self, _: TenantId, message: MessageName) -> Result<Redacted<String>, Failure> {
        let found = self.0.lock().unwrap().get(&message.to_string()).cloned();
        found.unwrap_or(Err(Failure::fail("no such message"))).map(Redacted::new)
    }
}

impl Harness {
    /// Starts with hasty retries.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts with other settings.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let (elsewhere_place, elsewhere) = TestDatabase::migrated::<Migrator>().await;
        let (log_place, log) = TestLog::start().await;
        let issuer = Arc::new(TestIssuer::new());
        let _ = rustls::crypto::ring::default_provider().install_default();

        let key = social_ingest::generate_credentials_key();
        let arguments = ["it", "--database-url", database.url(), "--credentials-key", &key];
        let mut config = Config::parse_from(arguments);
        config.database = database.args();
        config.authn = issuer.args();
        config.delivery.provider_reach = social_ingest::ProviderReach::Anywhere;
        config.delivery.delivery_first_pause = Duration::from_millis(10);
        config.delivery.delivery_longest_pause = Duration::from_millis(50);
        change(&mut config);

        let surroundings = Self {
            tenant: TenantId::new(Uuid::new_v4()),
            clock: Clock::fixed(Clock::system().now()),
            provider: Arc::new(WeChatEmulator::start().await),
            signer: WebhookSigner::generate("wx90c3d8a1f2e4b756"),
            texts: Arc::default(),
            log,
            database,
            config,
            addresses: Addresses {
                grpc: ([127, 0, 0, 1], 0).into(),
                health: ([127, 0, 0, 1], 0).into(),
            },
            webhooks: ([127, 0, 0, 1], 0).into(),
            http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            issuer,
            elsewhere,
            _places: Arc::new((elsewhere_place, log_place)),
            _stop: CancellationToken::new().drop_guard(),
            serving: None,
        };
        surroundings.serve().await
    }

    /// Starts the service in these surroundings.
    async fn serve(self) -> Self {
        let (listeners, addresses) = testkit::listeners().await;
        let webhooks = testkit::listener().await;
        let webhook_address = webhooks.local_addr().unwrap();
        let stop = CancellationToken::new();
        let links = Links {
            log: self.log.clone(),
            tokens: self.issuer.service_tokens(),
            clock: self.clock.clone(),
        };
        let serving = social_ingest::serve_with(
            self.config.clone(),
            listeners,
            webhooks,
            links,
            self.texts.clone(),
            stop.clone(),
        );
        let serving = Some(tokio::spawn(async { serving.await.unwrap() }));
        let _stop = stop.drop_guard();
        Self { addresses, webhooks: webhook_address, _stop, serving, ..self }
    }

    /// Stops the service as a signal does, and starts it again.
    pub(crate) async fn restart(mut self) -> Self {
        let serving = self.serving.take().unwrap();
        let again = self.surroundings();
        drop(self);
        serving.await.unwrap();
        again.serve().await
    }

    /// A second process on the same database. It hears no events, for a local log has one member per group.
    pub(crate) async fn replica(&self) -> Self {
        let (place, log) = TestLog::start().await;
        let (unused, _) = TestDatabase::migrated::<Migrator>().await;
        let _places = Arc::new((unused, place));
        Self { log, _places, ..self.surroundings() }.serve().await
    }

    fn surroundings(&self) -> Self {
        Self {
            tenant: self.tenant,
            clock: self.clock.clone(),
            provider: self.provider.clone(),
            signer: self.signer.clone(),
            texts: self.texts.clone(),
            log: self.log.clone(),
            database: self.database.clone(),
            config: self.config.clone(),
            addresses: self.addresses,
            webhooks: self.webhooks,
            http: self.http.clone(),
            issuer: self.issuer.clone(),
            elsewhere: self.elsewhere.clone(),
            _places: self._places.clone(),
            _stop: CancellationToken::new().drop_guard(),
            serving: None,
        }
    }
}
