//! Numbers: each agrees with the rows behind it, and comes out the same when it is built again.

use std::collections::BTreeMap;

use proto::analytics::v1::{
    DrillDownRequest, GetProjectionRequest, ListMetricDefinitionsRequest, ListProjectionsRequest,
    MetricPoint, QueryMetricRequest, RebuildProjectionRequest, projection::State,
};
use testkit::eventually;

use crate::world::{World, request_id};

#[tokio::test]
async fn every_metric_agrees_with_its_rows_and_survives_a_rebuild() {
    let world = World::start().await;
    let order = world.order("oCounted").await;
    world.pay(&order).await;
    world.write("oCounted", "我的订单没有到达，请帮我查询订单状态。").await;
    world.write("oOther", "I would like a refund, the teapot arrived broken.").await;
    world.messages("oCounted", 2).await;
    world.quiet(2).await;
    caught_up(&world).await;

    let before = numbers(&world).await;
    let value = |metric: &str| -> f64 { before[metric].iter().map(|point| point.value).sum() };
    assert_eq!(value("metrics/messages"), 3.0, "{before:?}");
    assert_eq!(value("metrics/revenue"), 25_600.0, "{before:?}");
    assert!(0.0 < value("metrics/first_response_time"), "{before:?}");
    assert!(!before["metrics/sentiment"].is_empty() && !before["metrics/engagement"].is_empty());

    let projection = projection(&world).await;
    let rebuild = RebuildProjectionRequest { name: projection.clone(), request_id: request_id() };
    world.clients.projections.clone().rebuild_projection(rebuild).await.unwrap();
    eventually("the rebuilt projection is in use", async || {
        let request = GetProjectionRequest { name: projection.clone() };
        let answer = world.clients.projections.clone().get_projection(request).await.unwrap();
        let found = answer.into_inner();
        found.state() == State::Live && 1 < found.generation
    })
    .await;
    caught_up(&world).await;

    assert_eq!(numbers(&world).await, before);
}

/// Every metric by day and dimension; each point is checked against the rows behind it.
async fn numbers(world: &World) -> BTreeMap<String, Vec<MetricPoint>> {
    let mut metrics = world.clients.metrics.clone();
    let request = ListMetricDefinitionsRequest {};
    let definitions = metrics.list_metric_definitions(request).await.unwrap().into_inner();
    let (start, end) = ("2026-01-01".to_owned(), "2026-12-31".to_owned());
    let mut numbers = BTreeMap::new();
    for definition in definitions.metric_definitions {
        let query = |group_by: Vec<String>| QueryMetricRequest {
            metric: definition.name.clone(),
            start_date: start.clone(),
            end_date: end.clone(),
            group_by,
            filter: String::new(),
        };
        let whole = metrics.query_metric(query(vec![])).await.unwrap().into_inner().points;
        let drill = DrillDownRequest {
            metric: definition.name.clone(),
            start_date: start.clone(),
            end_date: end.clone(),
            page_size: 200,
            ..DrillDownRequest::default()
        };
        let rows = metrics.drill_down(drill).await.unwrap().into_inner().rows;
        let counted: i64 = whole.iter().map(|point| point.row_count).sum();
        assert_eq!(counted, i64::try_from(rows.len()).unwrap(), "{}", definition.name);

        let group_by = std::iter::once("date".to_owned()).chain(definition.dimensions).collect();
        let points = metrics.query_metric(query(group_by)).await.unwrap().into_inner().points;
        numbers.insert(definition.name, points);
    }
    numbers
}

async fn caught_up(world: &World) {
    // An event may still be on its way to the log: nothing may be left several times in a row.
    for _ in 0..5 {
        eventually("the projections have caught up", async || {
            let request = ListProjectionsRequest {};
            let answer = world.clients.projections.clone().list_projections(request).await.unwrap();
            answer.into_inner().projections.iter().all(|it| it.lag_events == 0)
        })
        .await;
    }
}

async fn projection(world: &World) -> String {
    let answer =
        world.clients.projections.clone().list_projections(ListProjectionsRequest {}).await;
    answer.unwrap().into_inner().projections.remove(0).name
}
