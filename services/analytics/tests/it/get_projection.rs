//! `GetProjection` and `ListProjections`: how far the numbers are behind.

use proto::analytics::v1::{GetProjectionRequest, ListProjectionsRequest, projection::State};
use testkit::eventually;
use tonic::Code;

use crate::{
    gated_log::GatedLog,
    harness::{Analytics, FACTS},
    query_metric::reason,
    story::received,
};

#[tokio::test]
async fn a_projection_that_follows_the_log_has_no_lag() {
    let analytics = Analytics::start().await;
    analytics.project(&[analytics.wrote("21T10:00:00", &received(1, 1))]).await;

    let projection = analytics.projection().await.unwrap();

    assert_eq!(projection.name, FACTS);
    assert_eq!(projection.state(), State::Live);
    assert_eq!((projection.lag_events, projection.lag_seconds), (0, 0.0));
    assert_eq!((projection.generation, projection.rebuild_time), (1, None));
    // Counted as a message, as engagement, by its mood and by its intent.
    assert_eq!(projection.row_count, 4);
    let mut projections = analytics.admin.projections.clone();
    let listed = projections.list_projections(ListProjectionsRequest {}).await.unwrap();
    assert_eq!(listed.into_inner().projections, [projection]);
}

#[tokio::test]
async fn events_not_seen_yet_are_its_lag() {
    let (gate, wrap) = GatedLog::before("analytics.project-facts", 2);
    let analytics = Analytics::start_on(wrap).await;
    let messages: Vec<_> =
        (1..=5).map(|number| analytics.wrote("21T10:00:00", &received(1, number))).collect();
    analytics.publish(&messages).await;

    let behind = eventually("two of five events to be projected", || async {
        analytics.projection().await.ok().filter(|it| it.lag_events == 3)
    })
    .await;
    assert!(0.0 <= behind.lag_seconds);
    assert_eq!(analytics.admin.numbers("metrics/messages", &[]).await, ["= 2 (2)"]);

    gate.open();
    analytics.caught_up().await;
    assert_eq!(analytics.admin.numbers("metrics/messages", &[]).await, ["= 5 (5)"]);
}

#[tokio::test]
async fn projections_that_do_not_exist_are_not_found() {
    let analytics = Analytics::start().await;
    let check = async |name: &str, code: Code, expected: &str| {
        let request = GetProjectionRequest { name: name.to_owned() };
        let status = analytics.admin.projections.clone().get_projection(request).await;
        let status = status.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (code, expected.to_owned()));
    };

    check("", Code::InvalidArgument, "FIELD_REQUIRED").await;
    check("facts", Code::InvalidArgument, "INVALID_FIELD").await;
    check("projections/facts/1", Code::InvalidArgument, "INVALID_FIELD").await;
    check("projections/forecasts", Code::NotFound, "PROJECTION_NOT_FOUND").await;
}
