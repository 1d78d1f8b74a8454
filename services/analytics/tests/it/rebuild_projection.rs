//! `RebuildProjection`: the same rows from offset zero, beside the ones in use, through a kill in the middle.

use chassis::authn::Role;
use proto::{
    Event,
    analytics::v1::{ProjectionRebuilt, RebuildProjectionRequest, projection::State},
    ops::v1::ListConsumerGroupsRequest,
};
use sea_orm::{ConnectionTrait, Statement};
use testkit::eventually;
use tonic::Code;
use uuid::Uuid;

use crate::{
    gated_log::GatedLog,
    harness::{Analytics, FACTS},
    query_metric::reason,
    story::{money, paid, received},
};

const SECOND: &str = "analytics.project-facts-2";

fn request(request_id: &str) -> RebuildProjectionRequest {
    RebuildProjectionRequest { name: FACTS.to_owned(), request_id: request_id.to_owned() }
}

/// Rows that are left of what the bus remembers of a group.
async fn remembered(analytics: &Analytics, group: &str) -> usize {
    let txn = analytics.db.read_system().await.unwrap();
    let mut remembered = 0;
    for table in ["inbox", "consumer_partitions"] {
        let select = format!("SELECT 1 FROM {table} WHERE consumer = '{group}'");
        let rows = Statement::from_string(analytics.db.backend(), select);
        remembered += txn.query_all_raw(rows).await.unwrap().len();
    }
    remembered
}

#[tokio::test]
async fn a_rebuild_gives_the_same_rows_and_leaves_nothing_of_the_old_ones() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let before = analytics.table(1).await;

    let rebuilt = analytics.rebuild().await;

    assert_eq!(analytics.table(2).await, before);
    assert_eq!(rebuilt.state(), State::Live);
    assert_eq!(rebuilt.row_count, i64::try_from(before.len()).unwrap());
    assert!(rebuilt.rebuild_time.is_some());
    eventually("the old generation to be gone", || async {
        analytics.table(1).await.is_empty()
            && remembered(&analytics, "analytics.project-facts").await == 0
    })
    .await;
    assert_eq!(analytics.table(2).await, before);
}

#[tokio::test]
async fn a_rebuild_is_announced_once_with_the_rows_it_has() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let rows = i64::try_from(analytics.table(1).await.len()).unwrap();

    analytics.rebuild().await;
    analytics.rebuild().await;

    let announced = eventually("both to be announced", || async {
        let records = analytics.records(ProjectionRebuilt::TOPIC).await;
        Some(records).filter(|it| it.len() == 2)
    })
    .await;
    let announced = announced.iter().map(|it| {
        let record = &it.record;
        let version = String::from_utf8(record.header("ce_version").unwrap().to_vec()).unwrap();
        assert_eq!(record.key.as_deref(), Some(FACTS.as_bytes()));
        assert_eq!(record.header("ce_type").unwrap(), ProjectionRebuilt::TYPE);
        assert_eq!(record.header("ce_tenant").unwrap(), &analytics.tenant.to_string());
        let rebuilt =
            <ProjectionRebuilt as prost::Message>::decode(record.payload.clone().unwrap());
        (version, rebuilt.unwrap())
    });
    let expected = [("1", 2), ("2", 3)].map(|(version, generation)| {
        let projection = FACTS.to_owned();
        (version.to_owned(), ProjectionRebuilt { projection, generation, row_count: rows })
    });
    assert_eq!(announced.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn readers_see_the_old_rows_until_the_new_ones_have_caught_up() {
    let (gate, wrap) = GatedLog::before(SECOND, 3);
    let analytics = Analytics::start_on(wrap).await;
    analytics.project(&analytics.story()).await;
    let before = analytics.admin.numbers("metrics/messages", &["date"]).await;

    let mut projections = analytics.admin.projections.clone();
    let asked = projections.rebuild_projection(request("")).await.unwrap().into_inner();
    assert_eq!((asked.state(), asked.generation), (State::Rebuilding, 1));
    eventually("some rows of the new generation", || async {
        !analytics.table(2).await.is_empty()
    })
    .await;

    let during = analytics.projection().await.unwrap();
    assert_eq!((during.state(), during.generation), (State::Rebuilding, 1));
    assert_eq!(analytics.admin.numbers("metrics/messages", &["date"]).await, before);
    analytics.project(&[analytics.wrote("22T10:00:00", &received(1, 9))]).await;
    let extended = analytics.admin.numbers("metrics/messages", &["date"]).await;
    assert_eq!(extended.len(), before.len() + 1);
    let status = projections.rebuild_projection(request("")).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(reason(&status), "REBUILD_RUNNING");

    gate.open();
    analytics.rebuilt(2).await;
    assert_eq!(analytics.admin.numbers("metrics/messages", &["date"]).await, extended);
}

#[tokio::test]
async fn a_rebuild_survives_a_kill_in_the_middle() {
    let (gate, wrap) = GatedLog::before(SECOND, 5);
    let mut analytics = Analytics::start_on(wrap).await;
    analytics.project(&analytics.story()).await;
    let before = analytics.table(1).await;
    analytics.admin.projections.clone().rebuild_projection(request("")).await.unwrap();
    let partly = eventually("some rows of the new generation", || async {
        Some(analytics.table(2).await).filter(|it| !it.is_empty())
    })
    .await;
    assert!(partly.len() < before.len());

    analytics.kill().await;
    gate.open();
    analytics.serve().await;

    analytics.rebuilt(2).await;
    assert_eq!(analytics.table(2).await, before);
    analytics.project(&[analytics.paid("22T15:00:00", &paid(9, "", money("CNY", 1)))]).await;
    assert_eq!(analytics.table(2).await.len(), before.len() + 1);
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_and_another_under_its_id_is_refused() {
    let analytics = Analytics::start().await;
    let mut projections = analytics.admin.projections.clone();
    let request_id = Uuid::now_v7().to_string();

    let first = projections.rebuild_projection(request(&request_id)).await.unwrap().into_inner();
    analytics.rebuilt(2).await;
    let again = projections.rebuild_projection(request(&request_id)).await.unwrap().into_inner();

    assert_eq!(again, first);
    assert_eq!(analytics.projection().await.unwrap().generation, 2);
    let malformed = projections.rebuild_projection(request("soon")).await.unwrap_err();
    assert_eq!(reason(&malformed), "INVALID_FIELD");
    let unknown = RebuildProjectionRequest { name: "projections/forecasts".into(), request_id };
    let unknown = projections.rebuild_projection(unknown).await.unwrap_err();
    assert_eq!((unknown.code(), reason(&unknown)), (Code::NotFound, "PROJECTION_NOT_FOUND".into()));
}

#[tokio::test]
async fn only_who_may_change_everything_may_rebuild() {
    let analytics = Analytics::start().await;

    for role in [Role::Agent, Role::Viewer] {
        let caller = analytics.of_tenant(analytics.tenant, role);
        let status = caller.projections.clone().rebuild_projection(request("")).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied);
    }
    assert_eq!(analytics.projection().await.unwrap().state(), State::Live);
}

#[tokio::test]
async fn the_operator_sees_the_group_of_the_generation_that_runs() {
    let analytics = Analytics::start().await;
    let groups = async || {
        let mut groups = analytics.admin.groups.clone();
        let listed = groups.list_consumer_groups(ListConsumerGroupsRequest {}).await.unwrap();
        let names = listed.into_inner().consumer_groups.into_iter().map(|it| it.name);
        names.collect::<Vec<_>>()
    };
    analytics.caught_up().await;
    eventually("the first group", || async {
        groups().await == ["consumerGroups/analytics.project-facts"]
    })
    .await;

    analytics.rebuild().await;

    eventually("the second group", || async {
        groups().await == ["consumerGroups/analytics.project-facts-2"]
    })
    .await;
}
