//! A whole platform of a test's own, with an emulated provider before it.

use std::{
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use all_in_one::{Addresses, Clients, Options, Platform};
use chassis::telemetry::{self, SpanStore, TelemetryArgs};
use emulators::{
    WeChatEmulator,
    wechat::{Content, Mode, Payload, SentMessage, Webhook, WebhookSigner},
};
use proto::{
    customer::v1::{Channel, IdentityKey, ResolveIdentityRequest},
    messaging::v1::{Conversation, ListConversationsRequest, ListMessagesRequest, Message},
    sales::v1::{CreateOrderRequest, LineItem, Money, Order, PayOrderRequest, ShipOrderRequest},
    social::v1::{
        ConnectSourceRequest, GetSourceHealthRequest, Source, SourceHealth, WeChatCredentials,
        connect_source_request::Credentials,
    },
};
use tempfile::TempDir;
use testkit::{TestDatabase, TestLog, eventually};
use uuid::Uuid;

pub(crate) const APP_ID: &str = "wx00000000000000aa";
const ACCOUNT: &str = "gh_000000000000";

pub(crate) struct World {
    pub(crate) addresses: Addresses,
    pub(crate) clients: Clients,
    pub(crate) emulator: WeChatEmulator,
    pub(crate) signer: WebhookSigner,
    pub(crate) source: Source,
    http: reqwest::Client,
    home: Option<(Platform, Places)>,
}

/// Where a platform keeps things; it survives a restart of the platform.
pub(crate) struct Places {
    folder: TempDir,
    database: TestDatabase,
    log: TestLog,
}

impl Places {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, database: TestDatabase::new().await, log: TestLog::new() }
    }

    pub(crate) async fn start(&self) -> Platform {
        let mut options = Options::embedded(self.folder.path());
        options.spans = spans();
        if self.database.url().starts_with("postgres") {
            options.database_url = Some(self.database.url().to_owned());
        }
        if self.log.args().kafka_brokers.is_some() {
            options.kafka = Some(self.log.args().clone());
        }
        Platform::start(options).await.unwrap()
    }

    /// Opens the event log that a stopped platform has left.
    async fn log(&self) -> Arc<dyn bus::Log> {
        let args = match &self.log.args().kafka_brokers {
            Some(_) => self.log.args().clone(),
            None => bus::BusArgs::local(self.folder.path().join("events.db")),
        };
        args.connect().await.unwrap()
    }
}

/// One store for the process: telemetry can be started once only.
pub(crate) fn spans() -> SpanStore {
    static SPANS: OnceLock<SpanStore> = OnceLock::new();
    SPANS
        .get_or_init(|| {
            let spans = SpanStore::new(200_000);
            let args = TelemetryArgs { log_filter: "error".to_owned(), ..TelemetryArgs::default() };
            telemetry::init_with("kith", &args, Some(spans.clone())).unwrap();
            spans
        })
        .clone()
}

impl World {
    /// Starts a platform of the test's own, on the stack that the environment names.
    pub(crate) async fn start() -> Self {
        let places = Places::new().await;
        let platform = places.start().await;
        let world = Self::at(platform.addresses.clone(), &platform.token).await;
        Self { home: Some((platform, places)), ..world }
    }

    /// Connects a source of an emulated provider to the platform at `addresses`.
    pub(crate) async fn at(addresses: Addresses, token: &str) -> Self {
        let emulator = WeChatEmulator::start().await;
        let clients = Clients::new(&addresses, token).unwrap();
        let signer = WebhookSigner::generate(APP_ID);
        let source = connect(&clients, &emulator, &signer).await;
        let http = all_in_one::http::client().unwrap();
        Self { addresses, clients, emulator, signer, source, http, home: None }
    }

    /// Stops the platform and starts it again on what it kept.
    pub(crate) async fn restarted(self) -> Self {
        self.restarted_after(async |_| ()).await
    }

    /// Stops the platform, does something to its event log, and starts it again.
    pub(crate) async fn restarted_after(self, work: impl AsyncFnOnce(&dyn bus::Log)) -> Self {
        let (platform, places) = self.home.expect("the platform runs in this process");
        platform.stop().await.unwrap();
        let log = places.log().await;
        work(&*log).await;
        log.close().await;
        drop(log);
        let platform = places.start().await;
        let clients = Clients::new(&platform.addresses, &platform.token).unwrap();
        let addresses = platform.addresses.clone();
        Self { addresses, clients, home: Some((platform, places)), ..self }
    }

    /// Writes a text as `openid` and expects the provider's acknowledgement.
    pub(crate) async fn write(&self, openid: &str, text: &str) {
        self.deliver(openid, new_msg_id(), text, None).await;
    }

    /// Delivers a message with this id, as the provider's retries do, in a trace of the caller's.
    pub(crate) async fn deliver(
        &self,
        openid: &str,
        id: u64,
        text: &str,
        traceparent: Option<&str>,
    ) {
        let xml = self.xml(openid, Content::Text { id, content: text });
        let webhook = self.signer.deliver(Mode::Safe, &xml, now());
        assert_eq!(self.post(webhook, traceparent).await, (200, "success".to_owned()));
    }

    /// What the provider writes when `openid` does something now.
    pub(crate) fn xml(&self, openid: &str, content: Content<'_>) -> String {
        Payload { account: ACCOUNT, openid, at: now(), content }.xml()
    }

    /// Posts a webhook as it stands, and returns the answer's status and text.
    pub(crate) async fn post(&self, webhook: Webhook, traceparent: Option<&str>) -> (u16, String) {
        let url =
            format!("{}{}?{}", self.addresses.webhooks, self.source.webhook_path, webhook.query);
        let mut request = self.http.post(url).header("content-type", "text/xml").body(webhook.body);
        if let Some(traceparent) = traceparent {
            request = request.header("traceparent", traceparent);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until everything that came in is projected and everything queued is settled.
    pub(crate) async fn quiet(&self, stored: i64) -> SourceHealth {
        eventually("the source is at rest", async || {
            let health = self.health().await;
            let left = health.pending + health.gap + health.deliveries_pending;
            (health.stored == stored && left == 0).then_some(health)
        })
        .await
    }

    pub(crate) async fn health(&self) -> SourceHealth {
        let request = GetSourceHealthRequest { name: self.source.name.clone() };
        self.clients.sources.clone().get_source_health(request).await.unwrap().into_inner()
    }

    /// Waits until the provider took `count` messages for `openid`, and returns them.
    pub(crate) async fn replies(&self, openid: &str, count: usize) -> Vec<SentMessage> {
        eventually("the provider takes the replies", async || {
            let sent = self.emulator.sent();
            let ours: Vec<_> = sent.into_iter().filter(|it| it.openid == openid).collect();
            (count <= ours.len()).then_some(ours)
        })
        .await
    }

    /// Waits until the contact of `openid` exists and returns its name.
    pub(crate) async fn contact(&self, openid: &str) -> String {
        eventually("the contact exists", async || {
            let request = ResolveIdentityRequest { key: Some(identity(openid)) };
            let identity = self.clients.identities.clone().resolve_identity(request).await;
            identity.ok().map(|it| it.into_inner().contact)
        })
        .await
    }

    pub(crate) async fn conversations(&self, openid: &str) -> Vec<Conversation> {
        let filter = format!("contact = \"{}\"", self.contact(openid).await);
        let request = ListConversationsRequest { filter, ..Default::default() };
        let page = self.clients.conversations.clone().list_conversations(request).await;
        page.unwrap().into_inner().conversations
    }

    /// Waits until the newest conversation of `openid` has `count` messages that are all settled.
    pub(crate) async fn messages(&self, openid: &str, count: usize) -> Vec<Message> {
        use proto::messaging::v1::message::State;
        eventually("the messages are settled", async || {
            let conversation = self.conversations(openid).await.into_iter().next()?.name;
            let request = ListMessagesRequest { conversation, ..Default::default() };
            let page = self.clients.messages.clone().list_messages(request).await;
            let messages = page.ok()?.into_inner().messages;
            let is_settled = messages.iter().all(|it| it.state() != State::Queued);
            (messages.len() == count && is_settled).then_some(messages)
        })
        .await
    }

    /// Places an order that a shop knows the WeChat identity of.
    pub(crate) async fn order(&self, openid: &str) -> Order {
        self.order_of(identity(openid)).await
    }

    /// Places an order of a buyer.
    pub(crate) async fn order_of(&self, buyer: IdentityKey) -> Order {
        let line = LineItem {
            title: "西湖龙井".to_owned(),
            quantity: 2,
            unit_price: Some(Money { currency_code: "CNY".to_owned(), minor_units: 12_800 }),
            ..LineItem::default()
        };
        let order = Order { buyer: Some(buyer), line_items: vec![line], ..Order::default() };
        let request = CreateOrderRequest { order: Some(order), request_id: request_id() };
        self.clients.orders.clone().create_order(request).await.unwrap().into_inner()
    }

    pub(crate) async fn pay(&self, order: &Order) {
        let request = PayOrderRequest {
            name: order.name.clone(),
            amount: order.total.clone(),
            request_id: request_id(),
            ..PayOrderRequest::default()
        };
        self.clients.orders.clone().pay_order(request).await.unwrap();
    }

    pub(crate) async fn ship(&self, order: &Order, tracking_number: &str) {
        let request = ShipOrderRequest {
            name: order.name.clone(),
            carrier: "SF Express".to_owned(),
            tracking_number: tracking_number.to_owned(),
            request_id: request_id(),
            ..ShipOrderRequest::default()
        };
        self.clients.orders.clone().ship_order(request).await.unwrap();
    }

    pub(crate) fn data_dir(&self) -> &Path {
        let (platform, _) = self.home.as_ref().expect("the platform runs in this process");
        &platform.data_dir
    }
}

async fn connect(clients: &Clients, emulator: &WeChatEmulator, signer: &WebhookSigner) -> Source {
    let request = ConnectSourceRequest {
        source: Some(Source {
            display_name: "Tea house".to_owned(),
            api_base_url: emulator.base_url(),
            ..Source::default()
        }),
        credentials: Some(Credentials::Wechat(WeChatCredentials {
            app_id: APP_ID.to_owned(),
            app_secret: "a-secret-of-the-emulated-account".to_owned(),
            token: signer.token.clone(),
            encoding_aes_key: signer.encoding_aes_key.clone(),
        })),
        request_id: request_id(),
    };
    clients.sources.clone().connect_source(request).await.unwrap().into_inner()
}

pub(crate) fn identity(openid: &str) -> IdentityKey {
    IdentityKey {
        channel: Channel::Wechat.into(),
        realm: APP_ID.to_owned(),
        external_id: openid.to_owned(),
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

pub(crate) fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// A message id that no other message of this process has.
pub(crate) fn new_msg_id() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(23_000_000_000_000_000);
    LAST.fetch_add(1, Ordering::Relaxed)
}
