//! What a test does to the service and sees of it: calls, webhooks, events.

use bus::{Message, log::Partition, outbox, relay};
use chassis::{authn::Role, client::Client, tenant::TenantId};
use emulators::wechat::{Content, Mode, Payload, Webhook};
use proto::{
    Event,
    messaging::v1::MessageQueued,
    social::v1::{
        self as pb, connect_source_request::Credentials,
        delivery_service_client::DeliveryServiceClient,
        envelope_service_client::EnvelopeServiceClient,
        inbound_message_service_client::InboundMessageServiceClient,
        source_service_client::SourceServiceClient,
    },
};
use testkit::{client, eventually};
use uuid::Uuid;

use super::{ACCOUNT, Harness, OPENID, SECRET};

impl Harness {
    pub(crate) fn client(&self, role: Role) -> Client {
        client(self.addresses.grpc, self.issuer.token(self.tenant, role))
    }

    /// A client of somebody else.
    pub(crate) fn stranger(&self) -> Client {
        let token = self.issuer.token(TenantId::new(Uuid::new_v4()), Role::Admin);
        client(self.addresses.grpc, token)
    }

    pub(crate) fn sources(&self) -> SourceServiceClient<Client> {
        SourceServiceClient::new(self.client(Role::Admin))
    }

    pub(crate) fn envelopes(&self) -> EnvelopeServiceClient<Client> {
        EnvelopeServiceClient::new(self.client(Role::Admin))
    }

    pub(crate) fn inbound_messages(&self) -> InboundMessageServiceClient<Client> {
        InboundMessageServiceClient::new(self.client(Role::Viewer))
    }

    pub(crate) fn deliveries(&self) -> DeliveryServiceClient<Client> {
        DeliveryServiceClient::new(self.client(Role::Admin))
    }

    /// A request to connect the signer's account at the emulated provider.
    pub(crate) fn connecting(&self, mode: Mode) -> pb::ConnectSourceRequest {
        pb::ConnectSourceRequest {
            source: Some(pb::Source {
                display_name: "Shop".to_owned(),
                api_base_url: self.provider.base_url(),
                ..Default::default()
            }),
            credentials: Some(Credentials::Wechat(self.credentials(mode))),
            request_id: String::new(),
        }
    }

    pub(crate) fn credentials(&self, mode: Mode) -> pb::WeChatCredentials {
        pb::WeChatCredentials {
            app_id: self.signer.app_id.clone(),
            app_secret: SECRET.to_owned(),
            token: self.signer.token.clone(),
            encoding_aes_key: match mode {
                Mode::Plain => String::new(),
                Mode::Mixed | Mode::Safe => self.signer.encoding_aes_key.clone(),
            },
        }
    }

    pub(crate) async fn connect(&self, mode: Mode) -> pb::Source {
        self.sources().connect_source(self.connecting(mode)).await.unwrap().into_inner()
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    /// A document in which the usual person does `content` now.
    pub(crate) fn xml(&self, content: Content<'_>) -> String {
        Payload { account: ACCOUNT, openid: OPENID, at: self.now(), content }.xml()
    }

    /// Delivers a document to a source as the provider would, and returns what it answers.
    pub(crate) async fn deliver(
        &self,
        source: &pb::Source,
        mode: Mode,
        xml: &str,
    ) -> (u16, String) {
        let webhook = self.signer.deliver(mode, xml, self.now());
        self.post(source, &webhook).await
    }

    pub(crate) async fn post(&self, source: &pb::Source, webhook: &Webhook) -> (u16, String) {
        self.post_to(&source.webhook_path, webhook).await
    }

    pub(crate) async fn post_to(&self, path: &str, webhook: &Webhook) -> (u16, String) {
        let url = format!("http://{}{path}?{}", self.webhooks, webhook.query);
        let answer = self.http.post(url).body(webhook.body.clone()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The usual person writes `text`; returns the message it became.
    pub(crate) async fn write(
        &self,
        source: &pb::Source,
        id: u64,
        text: &str,
    ) -> pb::InboundMessage {
        self.write_as(OPENID, source, id, text).await
    }

    /// Somebody writes `text`; returns the message it became.
    pub(crate) async fn write_as(
        &self,
        openid: &str,
        source: &pb::Source,
        id: u64,
        text: &str,
    ) -> pb::InboundMessage {
        let content = Content::Text { id, content: text };
        let xml = Payload { account: ACCOUNT, openid, at: self.now(), content }.xml();
        assert_eq!(self.deliver(source, Mode::Plain, &xml).await, (200, "success".to_owned()));
        eventually("the message to be decoded", || async {
            self.written(source).await.into_iter().find(|it| it.text == text)
        })
        .await
    }

    /// What came in at a source, newest first.
    pub(crate) async fn written(&self, source: &pb::Source) -> Vec<pb::InboundMessage> {
        let request = pb::ListInboundMessagesRequest {
            filter: format!("source = \"{}\"", source.name),
            ..Default::default()
        };
        let listed = self.inbound_messages().list_inbound_messages(request).await;
        listed.unwrap().into_inner().inbound_messages
    }

    pub(crate) async fn envelopes_of(&self, source: &pb::Source) -> Vec<pb::Envelope> {
        let request =
            pb::ListEnvelopesRequest { source: source.name.clone(), ..Default::default() };
        self.envelopes().list_envelopes(request).await.unwrap().into_inner().envelopes
    }

    pub(crate) async fn health(&self, source: &pb::Source) -> pb::SourceHealth {
        let request = pb::GetSourceHealthRequest { name: source.name.clone() };
        self.sources().get_source_health(request).await.unwrap().into_inner()
    }

    /// Publishes an event of another service.
    pub(crate) async fn publish<E: Event>(&self, aggregate: &str, version: u64, event: &E) {
        let message = Message::of(self.tenant, aggregate, version, self.clock.now(), event);
        self.publish_message(message).await;
    }

    pub(crate) async fn publish_message(&self, message: Message) {
        let txn = self.elsewhere.begin(self.tenant).await.unwrap();
        outbox::append(&txn, &[message]).await.unwrap();
        txn.commit().await.unwrap();
        relay::drain(&self.elsewhere, &self.log).await.unwrap();
    }

    /// Messaging queues a reply that says `text`, in the one conversation of the thread; returns the message's name.
    pub(crate) async fn queue(&self, thread: &str, text: &str) -> String {
        let conversation = thread.replace("threads/", "conversations/");
        let message = format!("{conversation}/messages/{}", Uuid::now_v7());
        self.texts.put(&message, Ok(text));
        let event = queued(&message, thread, 1);
        let version = self.texts.count_of(&conversation);
        self.publish(&conversation, version, &event).await;
        message
    }

    /// Waits until the newest delivery of a message is in one of these states.
    pub(crate) async fn delivered(
        &self,
        message: &str,
        states: &[pb::delivery::State],
    ) -> pb::Delivery {
        eventually("the delivery to get that far", || async {
            let found = self.deliveries_of(message).await.into_iter().next();
            found.filter(|it| states.contains(&it.state()))
        })
        .await
    }

    pub(crate) async fn deliveries_of(&self, message: &str) -> Vec<pb::Delivery> {
        let request = pb::ListDeliveriesRequest {
            filter: format!("message = \"{message}\""),
            ..Default::default()
        };
        self.deliveries().list_deliveries(request).await.unwrap().into_inner().deliveries
    }

    /// The events this service has published, by aggregate and version: `(type, aggregate, version)`.
    pub(crate) async fn announced(&self) -> Vec<(String, String, u64)> {
        let mut found = Vec::new();
        for record in self.records().await {
            let text =
                |name: &str| String::from_utf8(record.header(name).unwrap().to_vec()).unwrap();
            let kind = text("ce_type").rsplit('.').next().unwrap().to_owned();
            found.push((kind, text("ce_subject"), text("ce_version").parse().unwrap()));
        }
        found.sort_by(|a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
        found
    }

    /// Waits until an aggregate has announced these events, in this order, and returns nothing else of it.
    pub(crate) async fn announces(&self, aggregate: &str, kinds: &[&str]) {
        eventually(&format!("{aggregate} to announce {kinds:?}"), || async {
            let announced = self.announced().await;
            let of_it = announced.iter().filter(|(_, subject, _)| subject == aggregate);
            let expected = kinds.iter().zip(1u64..).map(|(kind, version)| (*kind, version));
            of_it.map(|(kind, _, version)| (kind.as_str(), *version)).eq(expected)
        })
        .await;
    }

    pub(crate) async fn records(&self) -> Vec<bus::log::Record> {
        let topic = pb::SourceConnected::TOPIC;
        self.log.ensure_topics(&[topic]).await.unwrap();
        let mut found = Vec::new();
        for number in 0..3 {
            let partition = Partition::new(topic, number);
            let delivered = self.log.read(&partition, 0, 10_000).await.unwrap();
            found.extend(delivered.into_iter().map(|it| it.record));
        }
        found
    }
}

pub(crate) fn queued(message: &str, thread: &str, attempt: i32) -> MessageQueued {
    MessageQueued {
        message: message.to_owned(),
        conversation: message.split("/messages/").next().unwrap().to_owned(),
        thread: thread.to_owned(),
        attempt,
        ..Default::default()
    }
}

/// The reason of an error, and the field it names if it names one.
pub(crate) fn reason(status: &tonic::Status) -> (tonic::Code, String, String) {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let field = details.bad_request().map(|it| it.field_violations[0].field.clone());
    let reason = details.error_info().map(|it| it.reason.clone()).unwrap_or_default();
    (status.code(), reason, field.unwrap_or_default())
}
