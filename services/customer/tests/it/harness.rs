//! A customer service of a test's own, and the shortest way to call it and to hear what it announced.

use std::{sync::Arc, time::Duration};

use bus::{Links, Log, Message, log::Delivered, outbox, relay};
use chassis::{
    authn::{AuthnArgs, Role},
    client::Client,
    clock::Clock,
    database::Database,
    page::PageArgs,
    server::ServerArgs,
    telemetry::TelemetryArgs,
    tenant::TenantId,
};
use customer::{Config, Migrator};
use proto::{
    Event,
    customer::v1::{
        account_service_client::AccountServiceClient, contact_service_client::ContactServiceClient,
        identity_service_client::IdentityServiceClient,
        timeline_service_client::TimelineServiceClient,
    },
    ops::v1::{
        ListConsumerGroupsRequest, consumer_group_service_client::ConsumerGroupServiceClient,
    },
};
use testkit::{Addresses, TestDatabase, TestIssuer, TestLog, eventually};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// Somebody with a token, and everything there is to call.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) contacts: ContactServiceClient<Client>,
    pub(crate) accounts: AccountServiceClient<Client>,
    pub(crate) identities: IdentityServiceClient<Client>,
    pub(crate) timeline: TimelineServiceClient<Client>,
    pub(crate) groups: ConsumerGroupServiceClient<Client>,
}

/// A running service, and an administrator of its first tenant.
pub(crate) struct Customer {
    pub(crate) admin: Caller,
    pub(crate) tenant: TenantId,
    pub(crate) issuer: TestIssuer,
    pub(crate) db: Database,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) database: TestDatabase,
    pub(crate) addresses: Addresses,
    _stop: DropGuard,
    _place: TestLog,
}

impl Customer {
    pub(crate) async fn start() -> Self {
        let (database, db) = TestDatabase::migrated::<Migrator>().await;
        let (place, log) = TestLog::start().await;
        let (listeners, addresses) = testkit::listeners().await;
        let (issuer, stop) = (TestIssuer::new(), CancellationToken::new());
        let config = Config {
            server: ServerArgs::default(),
            database: database.args(),
            authn: AuthnArgs { token_leeway: Duration::ZERO, ..issuer.args() },
            pages: PageArgs::default(),
            max_page_size: 200,
            bus: place.args().clone(),
            token: Default::default(),
            telemetry: TelemetryArgs::default(),
        };
        let tokens = issuer.service_tokens();
        let links = Links { log: log.clone(), tokens, clock: Clock::system() };
        tokio::spawn(customer::serve(config, listeners, links, stop.clone()));

        let tenant = TenantId::new(Uuid::now_v7());
        let admin = caller(addresses, issuer.token(tenant, Role::Admin));
        let _stop = stop.drop_guard();
        Self { admin, tenant, issuer, db, log, database, addresses, _stop, _place: place }
    }

    /// Somebody with any token, good or bad.
    pub(crate) fn bearer(&self, token: impl Into<String>) -> Caller {
        caller(self.addresses, token)
    }

    /// Somebody of the first tenant with that role.
    pub(crate) fn of_role(&self, role: Role) -> Caller {
        self.bearer(self.issuer.token(self.tenant, role))
    }

    /// An administrator of another tenant.
    pub(crate) fn stranger(&self) -> Caller {
        self.bearer(self.issuer.token(TenantId::new(Uuid::now_v7()), Role::Admin))
    }

    /// Publishes events of other services.
    pub(crate) async fn publish(&self, messages: &[Message]) {
        let txn = self.db.begin(self.tenant).await.unwrap();
        outbox::append(&txn, messages).await.unwrap();
        txn.commit().await.unwrap();
        relay::drain(&self.db, &self.log).await.unwrap();
    }

    /// Every record of a topic, in order of each key.
    pub(crate) async fn records(&self, topic: &str) -> Vec<Delivered> {
        self.log.ensure_topics(&[topic]).await.unwrap();
        let mut records = Vec::new();
        for position in self.log.positions("nobody", &[topic]).await.unwrap() {
            let (mut offset, partition) = (position.first, &position.partition);
            while offset < position.end {
                let read = self.log.read(partition, offset, 1_000).await.unwrap();
                offset = read.last().unwrap().offset + 1;
                records.extend(read);
            }
        }
        records
    }

    /// What the service announced of `aggregate`: the kind and version of each event, in order.
    pub(crate) async fn announced(&self, aggregate: &str) -> Vec<(String, u64)> {
        relay::drain(&self.db, &self.log).await.unwrap();
        let records = self.records("kith.customer.v1").await;
        let of_key = records.iter().map(|it| &it.record).filter(|it| {
            it.key.as_deref() == Some(aggregate.as_bytes())
                && it.header("ce_subject").unwrap() == aggregate
                && it.header("ce_tenant").unwrap() == &self.tenant.to_string()
        });
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        let announced = of_key.map(|it| {
            let kind = text(it.header("ce_type").unwrap());
            let version = text(it.header("ce_version").unwrap()).parse().unwrap();
            (kind.trim_start_matches("kith.customer.v1.").to_owned(), version)
        });
        announced.collect()
    }

    /// How many events the service announced.
    pub(crate) async fn announced_in_all(&self) -> usize {
        relay::drain(&self.db, &self.log).await.unwrap();
        self.records("kith.customer.v1").await.len()
    }

    /// The last `E` that the service announced of `aggregate`.
    pub(crate) async fn last<E: Event>(&self, aggregate: &str) -> E {
        relay::drain(&self.db, &self.log).await.unwrap();
        let mut records = self.records(E::TOPIC).await;
        records.retain(|it| it.record.key.as_deref() == Some(aggregate.as_bytes()));
        records.retain(|it| it.record.header("ce_type").unwrap() == E::TYPE);
        E::decode(records.last().unwrap().record.payload.clone().unwrap()).unwrap()
    }

    /// Waits until the service has handled everything that is in the log.
    pub(crate) async fn caught_up(&self) {
        eventually("the service to catch up with the log", || self.has_caught_up()).await;
    }

    async fn has_caught_up(&self) -> bool {
        let mut groups = self.admin.groups.clone();
        let groups = groups.list_consumer_groups(ListConsumerGroupsRequest {}).await;
        groups.is_ok_and(|it| it.into_inner().consumer_groups.iter().all(|it| it.lag_events == 0))
    }
}

fn caller(addresses: Addresses, token: impl Into<String>) -> Caller {
    let client = testkit::client(addresses.grpc, token);
    Caller {
        contacts: ContactServiceClient::new(client.clone()),
        accounts: AccountServiceClient::new(client.clone()),
        identities: IdentityServiceClient::new(client.clone()),
        timeline: TimelineServiceClient::new(client.clone()),
        groups: ConsumerGroupServiceClient::new(client),
    }
}
