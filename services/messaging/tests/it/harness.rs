//! A messaging service of a test's own, its clients, what it announced, and a voice for the others.

use std::{sync::Arc, time::Duration};

use bus::{Links, Log, Message, log::Partition};
use chassis::{authn::Role, client::Client, clock::Clock, database::Database, tenant::TenantId};
use clap::Parser;
use messaging::Config;
use proto::{
    Event,
    messaging::v1::{
        self as pb, auto_reply_rule_service_client::AutoReplyRuleServiceClient,
        conversation_service_client::ConversationServiceClient,
        inbox_service_client::InboxServiceClient, message_service_client::MessageServiceClient,
    },
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use testkit::{Addresses, TestDatabase, TestIssuer, TestLog, eventually};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::Status;
use tonic_types::StatusExt;
use uuid::Uuid;

const PARTITIONS: i32 = 3;

/// A running service.
pub(crate) struct Harness {
    /// Calls of an administrator of `tenant`.
    pub(crate) calls: Calls,
    pub(crate) tenant: TenantId,
    pub(crate) clock: Clock,
    addresses: Addresses,
    issuer: TestIssuer,
    log: Arc<dyn Log>,
    others: Database,
    _stop_on_drop: DropGuard,
    _places: (TestDatabase, TestDatabase, TestLog),
}

/// The clients of one caller.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) inboxes: InboxServiceClient<Client>,
    pub(crate) conversations: ConversationServiceClient<Client>,
    pub(crate) messages: MessageServiceClient<Client>,
    pub(crate) rules: AutoReplyRuleServiceClient<Client>,
}

/// The outbox of the other services, through which a test says what they would.
struct Others;

#[async_trait::async_trait]
impl MigratorTrait for Others {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        bus::migrations()
    }
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::start_at(Clock::system()).await
    }

    pub(crate) async fn start_at(clock: Clock) -> Self {
        let database = TestDatabase::new().await;
        let (outside, others) = TestDatabase::migrated::<Others>().await;
        let (place, log) = TestLog::start().await;
        let (listeners, addresses) = testkit::listeners().await;
        let issuer = TestIssuer::new();
        let nowhere = "http://127.0.0.1:1";
        let mut config = Config::parse_from([
            "messaging",
            &format!("--customer-url={nowhere}"),
            &format!("--sales-url={nowhere}"),
            &format!("--social-ingest-url={nowhere}"),
            &format!("--database-url={}", database.url()),
        ]);
        config.database = database.args();
        config.authn = issuer.args();
        config.snooze_check_interval = Duration::from_millis(20);
        let links =
            Links { log: log.clone(), tokens: issuer.service_tokens(), clock: clock.clone() };
        let stop = CancellationToken::new();
        tokio::spawn(messaging::serve(config, listeners, links, stop.clone()));

        let tenant = TenantId::new(Uuid::now_v7());
        let calls = Calls::new(addresses, &issuer, tenant, Role::Admin);
        Self {
            calls,
            tenant,
            clock,
            addresses,
            issuer,
            log,
            others,
            _stop_on_drop: stop.drop_guard(),
            _places: (database, outside, place),
        }
    }

    /// Calls of somebody else.
    pub(crate) fn calls_of(&self, tenant: TenantId, role: Role) -> Calls {
        Calls::new(self.addresses, &self.issuer, tenant, role)
    }

    /// Says that `event` happened to `aggregate`, as its service would.
    pub(crate) async fn publish<E: Event>(&self, aggregate: &str, event: &E) {
        let message = Message::of(self.tenant, aggregate, 1, self.clock.now(), event);
        let txn = self.others.begin(self.tenant).await.unwrap();
        bus::outbox::append(&txn, &[message]).await.unwrap();
        txn.commit().await.unwrap();
        bus::relay::drain(&self.others, &self.log).await.unwrap();
    }

    /// Waits until `count` events of `aggregate` are announced and returns the short names of their
    /// types. Their versions must be 1, 2, 3 and so on.
    pub(crate) async fn announced(&self, aggregate: &str, count: usize) -> Vec<String> {
        let events = self.records(aggregate, count).await;
        let text = |record: &bus::log::Record, name| {
            String::from_utf8(record.header(name).unwrap().to_vec()).unwrap()
        };
        let versions: Vec<String> = events.iter().map(|it| text(it, "ce_version")).collect();
        let expected: Vec<String> = (1..=versions.len()).map(|it| it.to_string()).collect();
        assert_eq!(versions, expected);
        let kinds = events.iter().map(|it| text(it, "ce_type"));
        kinds.map(|it| it.trim_start_matches("kith.messaging.v1.").to_owned()).collect()
    }

    /// Waits for the event of type `E` among the first `count` of `aggregate`: the last of them.
    pub(crate) async fn event<E: Event>(&self, aggregate: &str, count: usize) -> E {
        let records = self.records(aggregate, count).await;
        let is_it = |it: &&bus::log::Record| it.header("ce_type").unwrap() == E::TYPE.as_bytes();
        let found = records.iter().rfind(is_it).expect("it was announced");
        E::decode(found.payload.clone().unwrap()).unwrap()
    }

    async fn records(&self, aggregate: &str, count: usize) -> Vec<bus::log::Record> {
        eventually("events to be announced", || async {
            let mut found = Vec::new();
            for number in 0..PARTITIONS {
                let partition = Partition::new("kith.messaging.v1", number);
                let read = self.log.read(&partition, 0, 1_000).await.unwrap_or_default();
                found.extend(read.into_iter().map(|it| it.record));
            }
            found.retain(|it| it.header("ce_subject").is_some_and(|it| it == aggregate.as_bytes()));
            (count <= found.len()).then_some(found)
        })
        .await
    }

    /// An open conversation with a thread behind it.
    pub(crate) async fn conversation(&self) -> pb::Conversation {
        let mut calls = self.calls.clone();
        let inbox = calls.inbox().await;
        calls.open(&inbox.name, Some(name("threads"))).await.unwrap()
    }

    /// The text-only view of a message as it is now.
    pub(crate) async fn message(&self, name: &str) -> pb::Message {
        let request = pb::GetMessageRequest { name: name.to_owned() };
        self.calls.messages.clone().get_message(request).await.unwrap().into_inner()
    }
}

impl Calls {
    fn new(addresses: Addresses, issuer: &TestIssuer, tenant: TenantId, role: Role) -> Self {
        let client = testkit::client(addresses.grpc, issuer.token(tenant, role));
        Self {
            inboxes: InboxServiceClient::new(client.clone()),
            conversations: ConversationServiceClient::new(client.clone()),
            messages: MessageServiceClient::new(client.clone()),
            rules: AutoReplyRuleServiceClient::new(client),
        }
    }

    /// Creates an inbox as `change` makes it of a usual one.
    pub(crate) async fn create_inbox(
        &mut self,
        change: impl FnOnce(&mut pb::Inbox),
    ) -> Result<pb::Inbox, Status> {
        let mut inbox = usual_inbox();
        change(&mut inbox);
        let request = pb::CreateInboxRequest { inbox: Some(inbox), request_id: String::new() };
        self.inboxes.create_inbox(request).await.map(tonic::Response::into_inner)
    }

    /// A usual inbox.
    pub(crate) async fn inbox(&mut self) -> pb::Inbox {
        self.create_inbox(|_| ()).await.unwrap()
    }

    /// Opens a conversation.
    pub(crate) async fn open(
        &mut self,
        inbox: &str,
        thread: Option<String>,
    ) -> Result<pb::Conversation, Status> {
        let conversation = pb::Conversation {
            inbox: inbox.to_owned(),
            contact: name("contacts"),
            thread: thread.unwrap_or_default(),
            ..Default::default()
        };
        let request = pb::OpenConversationRequest {
            conversation: Some(conversation),
            request_id: String::new(),
        };
        self.conversations.open_conversation(request).await.map(tonic::Response::into_inner)
    }

    /// Sets where a conversation stands.
    pub(crate) async fn set_status(
        &mut self,
        name: &str,
        status: pb::conversation::Status,
    ) -> Result<pb::Conversation, Status> {
        let request = pb::SetConversationStatusRequest {
            name: name.to_owned(),
            status: status.into(),
            ..Default::default()
        };
        self.conversations.set_conversation_status(request).await.map(tonic::Response::into_inner)
    }

    /// Sends a message of an agent.
    pub(crate) async fn send(
        &mut self,
        conversation: &str,
        text: &str,
    ) -> Result<pb::Message, Status> {
        let request = pb::SendMessageRequest {
            conversation: conversation.to_owned(),
            text: text.to_owned(),
            request_id: String::new(),
        };
        self.messages.send_message(request).await.map(tonic::Response::into_inner)
    }

    /// Creates a rule as `change` makes it of one that replies to thanks.
    pub(crate) async fn create_rule(
        &mut self,
        change: impl FnOnce(&mut pb::AutoReplyRule),
    ) -> Result<pb::AutoReplyRule, Status> {
        let mut rule = usual_rule();
        change(&mut rule);
        let request = pb::CreateAutoReplyRuleRequest {
            auto_reply_rule: Some(rule),
            request_id: String::new(),
        };
        self.rules.create_auto_reply_rule(request).await.map(tonic::Response::into_inner)
    }
}

/// An inbox of WeChat with a source of its own, where rules answer.
pub(crate) fn usual_inbox() -> pb::Inbox {
    pb::Inbox {
        display_name: "Shop".to_owned(),
        channel: proto::customer::v1::Channel::Wechat.into(),
        source: name("sources"),
        auto_reply: true,
        ..Default::default()
    }
}

/// An enabled rule that replies to thanks in both languages.
pub(crate) fn usual_rule() -> pb::AutoReplyRule {
    let replies = [("zh", "不客气"), ("en", "You are welcome")];
    pb::AutoReplyRule {
        display_name: "Thanks".to_owned(),
        intent: "thanks".to_owned(),
        action: pb::auto_reply_rule::Action::Reply.into(),
        replies: replies.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
        enabled: true,
        ..Default::default()
    }
}

/// A resource name that nobody has used.
pub(crate) fn name(collection: &str) -> String {
    format!("{collection}/{}", Uuid::now_v7())
}

/// The reason of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|it| it.reason).unwrap_or_default()
}

/// The fields that a refusal names.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|it| it.field_violations);
    violations.into_iter().flatten().map(|it| it.field).collect()
}
