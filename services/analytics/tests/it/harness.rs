//! An analytics service of a test's own, and the shortest way to tell it what happened and to ask for numbers.

use std::{collections::HashMap, sync::Arc, sync::Mutex};

use analytics::{Config, Migrator};
use bus::{Links, Log, Message, log::Delivered, outbox, relay};
use chassis::{
    authn::Role, client::Client, clock::Clock, database::Database, page::PageArgs,
    server::ServerArgs, telemetry::TelemetryArgs, tenant::TenantId,
};
use chrono::{DateTime, Utc};
use proto::{
    Event,
    analytics::v1::{
        self as pb, metric_service_client::MetricServiceClient,
        projection_service_client::ProjectionServiceClient,
    },
    ops::v1::consumer_group_service_client::ConsumerGroupServiceClient,
};
use sea_orm::{ConnectionTrait, Statement};
use testkit::{Addresses, TestDatabase, TestIssuer, TestLog, eventually};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use uuid::Uuid;

pub(crate) const FACTS: &str = "projections/facts";

/// Somebody with a token, and everything there is to call.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) metrics: MetricServiceClient<Client>,
    pub(crate) projections: ProjectionServiceClient<Client>,
    pub(crate) groups: ConsumerGroupServiceClient<Client>,
}

/// A running service, its surroundings, and an administrator of its first tenant.
pub(crate) struct Analytics {
    pub(crate) admin: Caller,
    pub(crate) tenant: TenantId,
    pub(crate) issuer: TestIssuer,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) clock: Clock,
    /// The service's database, over connections of the test's own.
    pub(crate) db: Database,
    /// Where events of other services are written before they are published.
    elsewhere: Database,
    versions: Mutex<HashMap<(TenantId, String), u64>>,
    config: Config,
    addresses: Addresses,
    stop: CancellationToken,
    serving: Option<JoinHandle<anyhow::Result<()>>>,
    _places: (TestDatabase, TestDatabase, TestLog),
}

impl Analytics {
    pub(crate) async fn start() -> Self {
        Self::start_on(|log| log).await
    }

    /// Starts with the log that `wrap` makes of the test's own.
    pub(crate) async fn start_on(wrap: impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>) -> Self {
        let (database, db) = TestDatabase::migrated::<Migrator>().await;
        let (elsewhere_place, elsewhere) = TestDatabase::migrated::<Migrator>().await;
        let (place, log) = TestLog::start().await;
        let issuer = TestIssuer::new();
        let config = Config {
            server: ServerArgs::default(),
            database: database.args(),
            authn: issuer.args(),
            pages: PageArgs::default(),
            max_page_size: 200,
            bus: place.args().clone(),
            token: Default::default(),
            telemetry: TelemetryArgs::default(),
        };
        let tenant = TenantId::new(Uuid::now_v7());
        let nowhere =
            Addresses { grpc: ([127, 0, 0, 1], 1).into(), health: ([127, 0, 0, 1], 1).into() };
        let mut analytics = Self {
            admin: caller(nowhere, ""),
            tenant,
            issuer,
            log: wrap(log),
            clock: Clock::system(),
            db,
            elsewhere,
            versions: Mutex::default(),
            config,
            addresses: nowhere,
            stop: CancellationToken::new(),
            serving: None,
            _places: (database, elsewhere_place, place),
        };
        analytics.serve().await;
        analytics
    }

    /// Starts the service on new ports.
    pub(crate) async fn serve(&mut self) {
        let (listeners, addresses) = testkit::listeners().await;
        self.addresses = addresses;
        self.admin = self.of_tenant(self.tenant, Role::Admin);
        self.stop = CancellationToken::new();
        let links = Links {
            log: Arc::clone(&self.log),
            tokens: self.issuer.service_tokens(),
            clock: self.clock.clone(),
        };
        let serving = analytics::serve(self.config.clone(), listeners, links, self.stop.clone());
        self.serving = Some(tokio::spawn(serving));
    }

    /// Takes the service away in the middle of whatever it does, and waits until nothing of it is left.
    pub(crate) async fn kill(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        let _ = serving.await;
        for generation in ["", "-2"] {
            let group = format!("analytics.project-facts{generation}");
            eventually("the group to be free", || async {
                match self.log.subscribe(&group, &["kith.sales.v1"]).await {
                    Ok(subscription) => {
                        subscription.close().await;
                        true
                    }
                    Err(_) => false,
                }
            })
            .await;
        }
    }

    /// Somebody with any token, good or bad.
    pub(crate) fn bearer(&self, token: impl Into<String>) -> Caller {
        caller(self.addresses, token)
    }

    /// Somebody of that tenant with that role.
    pub(crate) fn of_tenant(&self, tenant: TenantId, role: Role) -> Caller {
        self.bearer(self.issuer.token(tenant, role))
    }

    /// Words an event of the first tenant, with the version that follows.
    pub(crate) fn happened<E: Event>(&self, at: &str, aggregate: &str, event: &E) -> Message {
        self.happened_to(self.tenant, at, aggregate, event)
    }

    /// Words an event of a tenant, with the version that follows.
    pub(crate) fn happened_to<E: Event>(
        &self,
        tenant: TenantId,
        at: &str,
        aggregate: &str,
        event: &E,
    ) -> Message {
        let mut versions = self.versions.lock().unwrap();
        let version = versions.entry((tenant, aggregate.to_owned())).or_default();
        *version += 1;
        Message::of(tenant, aggregate, *version, time(at), event)
    }

    /// Publishes events of other services.
    pub(crate) async fn publish(&self, messages: &[Message]) {
        let txn = self.elsewhere.begin_system().await.unwrap();
        outbox::append(&txn, messages).await.unwrap();
        txn.commit().await.unwrap();
        relay::drain(&self.elsewhere, &self.log).await.unwrap();
    }

    /// Publishes events and waits until they are projected.
    pub(crate) async fn project(&self, messages: &[Message]) {
        self.publish(messages).await;
        self.caught_up().await;
    }

    /// Waits until everything that is in the log is projected.
    pub(crate) async fn caught_up(&self) {
        eventually("the projection to catch up", || async {
            self.projection().await.is_ok_and(|it| it.lag_events == 0)
        })
        .await;
    }

    pub(crate) async fn projection(&self) -> Result<pb::Projection, Status> {
        let request = pb::GetProjectionRequest { name: FACTS.to_owned() };
        let answer = self.admin.projections.clone().get_projection(request).await?;
        Ok(answer.into_inner())
    }

    /// Asks for a rebuild and waits until it is in use.
    pub(crate) async fn rebuild(&self) -> pb::Projection {
        let request =
            pb::RebuildProjectionRequest { name: FACTS.to_owned(), request_id: String::new() };
        let asked = self.admin.projections.clone().rebuild_projection(request).await.unwrap();
        self.rebuilt(asked.into_inner().generation + 1).await
    }

    /// Waits until a generation is in use.
    pub(crate) async fn rebuilt(&self, generation: i32) -> pb::Projection {
        eventually("the rebuilt projection to be in use", || async {
            self.projection().await.ok().filter(|it| it.generation == generation)
        })
        .await
    }

    /// Every row of a generation, in order.
    pub(crate) async fn table(&self, generation: i32) -> Vec<String> {
        table(&self.db, generation).await
    }

    /// Every record of a topic, in order of each key.
    pub(crate) async fn records(&self, topic: &str) -> Vec<Delivered> {
        let mut records = Vec::new();
        for position in self.log.positions("nobody", &[topic]).await.unwrap() {
            let limit = usize::try_from(position.end - position.first).unwrap();
            let read = self.log.read(&position.partition, position.first, limit).await.unwrap();
            records.extend(read);
        }
        records
    }
}

impl Drop for Analytics {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Caller {
    /// The points of a metric on the days of the story, as `date label… = value (rows)`.
    pub(crate) async fn numbers(&self, metric: &str, group_by: &[&str]) -> Vec<String> {
        self.numbers_of(&question(metric, group_by, "")).await.unwrap()
    }

    /// The points that answer a question.
    pub(crate) async fn numbers_of(
        &self,
        question: &pb::QueryMetricRequest,
    ) -> Result<Vec<String>, Status> {
        let answer = self.metrics.clone().query_metric(question.clone()).await?.into_inner();
        let point = |point: pb::MetricPoint| {
            let mut words: Vec<String> = point.dimensions.into_values().collect();
            words.insert(0, point.date);
            let number = format!("{} = {} ({})", words.join(" "), point.value, point.row_count);
            number.trim_start().to_owned()
        };
        Ok(answer.points.into_iter().map(point).collect())
    }

    /// Every row behind a number, page by page.
    pub(crate) async fn rows(
        &self,
        metric: &str,
        filter: &str,
        page_size: i32,
    ) -> Vec<pb::MetricRow> {
        let mut request = drill(metric, filter);
        request.page_size = page_size;
        let mut rows = Vec::new();
        loop {
            let page = self.metrics.clone().drill_down(request.clone()).await.unwrap();
            let page = page.into_inner();
            assert!(page.rows.len() <= usize::try_from(page_size).unwrap());
            rows.extend(page.rows);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return rows;
            }
        }
    }
}

/// A question about the days of the story.
pub(crate) fn question(metric: &str, group_by: &[&str], filter: &str) -> pb::QueryMetricRequest {
    pb::QueryMetricRequest {
        metric: metric.to_owned(),
        start_date: "2026-11-19".to_owned(),
        end_date: "2026-11-23".to_owned(),
        group_by: group_by.iter().map(|it| (*it).to_owned()).collect(),
        filter: filter.to_owned(),
    }
}

/// The same question about the rows.
pub(crate) fn drill(metric: &str, filter: &str) -> pb::DrillDownRequest {
    let pb::QueryMetricRequest { metric, start_date, end_date, .. } = question(metric, &[], "");
    let filter = filter.to_owned();
    pb::DrillDownRequest { metric, start_date, end_date, filter, ..Default::default() }
}

/// A time in November 2026, `21T09:30:00`.
pub(crate) fn time(at: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("2026-11-{at}Z")).unwrap().with_timezone(&Utc)
}

/// Every row of a generation as the table holds it, without the generation, in order of its key.
pub(crate) async fn table(db: &Database, generation: i32) -> Vec<String> {
    const UUIDS: [&str; 2] = ["tenant_id", "event_id"];
    const TEXTS: [&str; 14] = [
        "metric",
        "day",
        "resource",
        "author",
        "channel",
        "contact",
        "currency",
        "direction",
        "intent",
        "kind",
        "language",
        "outcome",
        "reason",
        "sentiment",
    ];
    let txn = db.read_system().await.unwrap();
    let select = format!("SELECT * FROM facts WHERE generation = {generation}");
    let rows = txn.query_all_raw(Statement::from_string(db.backend(), select)).await;
    let row = |row: &sea_orm::QueryResult| {
        let uuids = UUIDS.map(|it| row.try_get::<Uuid>("", it).unwrap().to_string());
        let texts = TEXTS.map(|it| row.try_get::<String>("", it).unwrap());
        let time: DateTime<Utc> = row.try_get("", "event_time").unwrap();
        let value: i64 = row.try_get("", "value").unwrap();
        format!("{} {} {time} {value}", uuids.join(" "), texts.join("|"))
    };
    let mut table: Vec<String> = rows.unwrap().iter().map(row).collect();
    table.sort();
    table
}

fn caller(addresses: Addresses, token: impl Into<String>) -> Caller {
    let client = testkit::client(addresses.grpc, token);
    Caller {
        metrics: MetricServiceClient::new(client.clone()),
        projections: ProjectionServiceClient::new(client.clone()),
        groups: ConsumerGroupServiceClient::new(client),
    }
}
