//! A day at a shop where everything that is personal or secret is a canary.

use all_in_one::Clients;
use chassis::clock::Clock;
use emulators::{
    WeChatEmulator,
    wechat::{Content, Endpoint, Fault, Mode, Payload, Webhook, WebhookSigner, When},
};
use proto::{
    customer::v1::{
        Channel, ConsentPurpose, Contact, IdentityKey, RecordConsentRequest,
        ResolveIdentityRequest, UpdateContactRequest,
    },
    messaging::v1::{
        AddPrivateNoteRequest, Conversation, ListConversationsRequest, SendMessageRequest,
    },
    sales::v1::{
        CancelOrderRequest, CreateOrderRequest, LineItem, Money, Order, PayOrderRequest,
        ShipOrderRequest,
    },
    social::v1::{
        ConnectSourceRequest, GetSourceHealthRequest, Source, WeChatCredentials,
        connect_source_request::Credentials,
    },
};
use testkit::eventually;
use uuid::Uuid;

use super::{CANARY, CANARY_ZH, PHONE};
use crate::process::Up;

const APP_ID: &str = "wx00000000000000cc";
const ASKS: &str = "oCanarybirdAsks";
const COMPLAINS: &str = "oCanarybirdComplains";
const QUESTION_ZH: &str = "金丝雀 canarybird 我的订单没有到达，请帮我查询订单状态。";
const QUESTION_EN: &str = "canarybird here, where is my order?";

/// The shop, its provider and its customers.
pub(super) struct Story {
    clients: Clients,
    emulator: WeChatEmulator,
    signer: WebhookSigner,
    pub(super) source: Source,
    webhook: String,
    http: reqwest::Client,
}

impl Story {
    pub(super) async fn begin(up: &Up) -> Self {
        let clients = up.clients();
        let emulator = WeChatEmulator::start().await;
        let signer = WebhookSigner {
            token: format!("{CANARY}token"),
            encoding_aes_key: format!("{CANARY}{}", "A".repeat(33)),
            ..WebhookSigner::generate(APP_ID)
        };
        emulator.misbehave_at(Endpoint::Token, Fault::Refuse(40125), 1);
        let source = Source {
            display_name: "Tea house".to_owned(),
            api_base_url: emulator.base_url(),
            ..Source::default()
        };
        let credentials = Credentials::Wechat(WeChatCredentials {
            app_id: APP_ID.to_owned(),
            app_secret: format!("{CANARY}secret"),
            token: signer.token.clone(),
            encoding_aes_key: signer.encoding_aes_key.clone(),
        });
        let request = ConnectSourceRequest {
            source: Some(source),
            credentials: Some(credentials),
            request_id: request_id(),
        };
        let source = clients.sources.clone().connect_source(request).await.unwrap().into_inner();
        let webhook = format!("{}{}", up.webhooks(), source.webhook_path);
        let http = all_in_one::http::client().unwrap();
        Self { clients, emulator, signer, source, webhook, http }
    }

    /// Everything a customer can send, while the provider behaves and while it does not.
    pub(super) async fn customers_write(&self) {
        self.order(ASKS, "").await;
        let faults = [
            Fault::TokenExpired,
            Fault::WINDOW_CLOSED,
            Fault::NotJson(When::AfterRecording),
            Fault::Oversized(When::AfterRecording),
            Fault::Cut(When::BeforeRecording),
            Fault::TooManyRequests(1),
        ];
        for (id, fault) in (1..).zip(faults) {
            self.emulator.misbehave(fault, 1);
            let text = if id % 2 == 0 { QUESTION_EN } else { QUESTION_ZH };
            assert_eq!(self.say(ASKS, Content::Text { id, content: text }).await, 200);
        }
        let url = "https://example.com/canarybird.jpg";
        let contents = [
            Content::Image { id: 20, url, media_id: CANARY },
            Content::Voice {
                id: 21,
                media_id: CANARY,
                format: "amr",
                recognition: Some(QUESTION_ZH),
            },
            Content::Event { event: "CLICK", key: Some(CANARY) },
            Content::Other { id: 22, kind: "hologram" },
            Content::Text {
                id: 23, content: "金丝雀 canarybird 你们的态度太差了，我要投诉！"
            },
        ];
        for content in contents {
            assert_eq!(self.say(COMPLAINS, content).await, 200);
        }
        let unreadable = format!("<xml><FromUserName>{ASKS}</FromUserName><{CANARY}>&{CANARY};");
        assert_eq!(self.post(&self.signer.deliver(Mode::Safe, &unreadable, now())).await, 200);
        let is_taken = async || !self.emulator.sent().is_empty();
        eventually("the provider takes a reply", is_taken).await;
    }

    /// Everything that an agent and a shop do with the people who wrote.
    pub(super) async fn a_shop_works(&self) {
        let contact = self.contact(COMPLAINS).await;
        let renamed = Contact {
            name: contact.clone(),
            display_name: format!("{CANARY_ZH} {CANARY}"),
            email: format!("{CANARY}@example.com"),
            phone: PHONE.to_owned(),
            ..Contact::default()
        };
        let update = UpdateContactRequest { contact: Some(renamed), ..Default::default() };
        self.clients.contacts.clone().update_contact(update).await.unwrap();
        let consent = RecordConsentRequest {
            contact: contact.clone(),
            purpose: ConsentPurpose::OrderUpdates.into(),
            evidence: format!("{CANARY} 金丝雀 ticked the box"),
            request_id: request_id(),
        };
        self.clients.contacts.clone().record_consent(consent).await.unwrap();

        let conversation = self.conversation(&contact).await.name;
        let text = format!("亲爱的{CANARY_ZH} {CANARY}，非常抱歉。");
        let note = AddPrivateNoteRequest {
            conversation: conversation.clone(),
            text: text.clone(),
            request_id: request_id(),
        };
        self.clients.messages.clone().add_private_note(note).await.unwrap();
        let reply = SendMessageRequest { conversation, text, request_id: request_id() };
        self.clients.messages.clone().send_message(reply).await.unwrap();

        let order = self.order(COMPLAINS, &contact).await;
        let mut orders = self.clients.orders.clone();
        let pay =
            PayOrderRequest { name: order.name.clone(), amount: order.total, ..Default::default() };
        orders.pay_order(pay).await.unwrap();
        let ship = ShipOrderRequest { name: order.name, ..Default::default() };
        orders.ship_order(ship).await.unwrap();
        let dropped = self.order(COMPLAINS, &contact).await;
        let reason = format!("{CANARY_ZH} {CANARY} changed her mind");
        let cancel = CancelOrderRequest { name: dropped.name, reason, ..Default::default() };
        orders.cancel_order(cancel).await.unwrap();
    }

    /// What is turned away at the webhook's door.
    pub(super) async fn strangers_knock(&self) {
        let xml = self.xml(ASKS, Content::Text { id: 40, content: QUESTION_ZH });
        let stranger = WebhookSigner::generate(APP_ID);
        assert_eq!(self.post(&stranger.deliver(Mode::Safe, &xml, now())).await, 403);
        assert_eq!(self.post(&self.signer.deliver(Mode::Plain, &xml, now())).await, 403);
        assert_eq!(self.post(&self.signer.deliver(Mode::Safe, &xml, now() - 900)).await, 403);
        let elsewhere = WebhookSigner { app_id: CANARY.to_owned(), ..self.signer.clone() };
        assert_eq!(self.post(&elsewhere.deliver(Mode::Safe, &xml, now())).await, 403);
        let mut huge = self.signer.deliver(Mode::Safe, &xml, now());
        huge.body = CANARY.repeat(10_000);
        assert_eq!(self.post(&huge).await, 413);
        let greeting = self.signer.handshake(now(), CANARY);
        for query in [greeting, format!("echostr={CANARY}&signature={CANARY}"), CANARY.to_owned()] {
            let url = format!("{}?{query}", self.webhook);
            self.http.get(url).header("traceparent", CANARY).send().await.unwrap();
        }
        let origin = self.webhook.split("/webhooks").next().unwrap();
        for path in [CANARY.to_owned(), format!("webhooks/wechat/{CANARY}?{CANARY}={CANARY}")] {
            let url = format!("{origin}/{path}");
            assert_eq!(self.http.post(url).body(CANARY).send().await.unwrap().status(), 404);
        }
    }

    pub(super) async fn all_is_quiet(&self) {
        eventually("the source is at rest", async || {
            let request = GetSourceHealthRequest { name: self.source.name.clone() };
            let health = self.clients.sources.clone().get_source_health(request).await;
            let health = health.unwrap().into_inner();
            health.pending + health.gap + health.deliveries_pending == 0 && 11 < health.stored
        })
        .await;
    }

    async fn say(&self, openid: &str, content: Content<'_>) -> u16 {
        self.post(&self.signer.deliver(Mode::Safe, &self.xml(openid, content), now())).await
    }

    fn xml(&self, openid: &str, content: Content<'_>) -> String {
        Payload { account: "gh_000000000000", openid, at: now(), content }.xml()
    }

    async fn post(&self, webhook: &Webhook) -> u16 {
        let url = format!("{}?{}", self.webhook, webhook.query);
        self.http.post(url).body(webhook.body.clone()).send().await.unwrap().status().as_u16()
    }

    async fn contact(&self, openid: &str) -> String {
        eventually("the contact exists", async || {
            let request = ResolveIdentityRequest { key: Some(identity(openid)) };
            let found = self.clients.identities.clone().resolve_identity(request).await;
            found.ok().map(|it| it.into_inner().contact)
        })
        .await
    }

    async fn conversation(&self, contact: &str) -> Conversation {
        eventually("the conversation exists", async || {
            let filter = format!("contact = \"{contact}\"");
            let request = ListConversationsRequest { filter, ..Default::default() };
            let page = self.clients.conversations.clone().list_conversations(request).await;
            page.unwrap().into_inner().conversations.pop()
        })
        .await
    }

    async fn order(&self, openid: &str, contact: &str) -> Order {
        let line = LineItem {
            title: "Jasmine tea".to_owned(),
            quantity: 1,
            unit_price: Some(Money { currency_code: "CNY".to_owned(), minor_units: 9_900 }),
            ..LineItem::default()
        };
        let order = Order {
            buyer: Some(identity(openid)),
            contact: contact.to_owned(),
            note: format!("{CANARY} 金丝雀 rings twice"),
            line_items: vec![line],
            ..Order::default()
        };
        let request = CreateOrderRequest { order: Some(order), request_id: request_id() };
        self.clients.orders.clone().create_order(request).await.unwrap().into_inner()
    }
}

fn identity(openid: &str) -> IdentityKey {
    IdentityKey {
        channel: Channel::Wechat.into(),
        realm: APP_ID.to_owned(),
        external_id: openid.to_owned(),
    }
}

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

fn now() -> i64 {
    Clock::system().now().timestamp()
}
