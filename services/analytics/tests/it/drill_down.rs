//! `DrillDown`: the rows behind a number, newest first, page by page, to nobody else.

use chassis::{authn::Role, tenant::TenantId};
use proto::analytics::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::{
    harness::{Analytics, Caller, drill},
    query_metric::reason,
    story::{contact, money, named, paid, received},
};

async fn refused(caller: &Caller, request: pb::DrillDownRequest) -> (Code, String) {
    let status = caller.metrics.clone().drill_down(request).await.unwrap_err();
    (status.code(), reason(&status))
}

#[tokio::test]
async fn rows_come_newest_first_and_no_page_repeats_one() {
    let analytics = Analytics::start().await;
    // Several in one moment, so that a page may end between them.
    let moments = ["20T10:00:00", "21T10:00:00", "21T10:00:00", "21T10:00:00", "22T10:00:00.5"];
    let events: Vec<_> = moments
        .iter()
        .zip(1..)
        .map(|(at, order)| analytics.paid(at, &paid(order, "", money("CNY", order.into()))))
        .collect();
    analytics.project(&events).await;

    let whole = analytics.admin.rows("metrics/revenue", "", 200).await;
    for size in 1..=5 {
        assert_eq!(analytics.admin.rows("metrics/revenue", "", size).await, whole, "{size}");
    }

    let times: Vec<_> = whole.iter().map(|row| row.event_time.unwrap()).collect();
    assert!(
        times.is_sorted_by(
            |newer, older| (older.seconds, older.nanos) <= (newer.seconds, newer.nanos)
        )
    );
    let mut ids: Vec<_> = whole.iter().map(|row| row.event_id.clone()).collect();
    ids.sort();
    let mut expected: Vec<_> = events.iter().map(|event| event.id.to_string()).collect();
    expected.sort();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_row_tells_what_happened_to_what_and_whom() {
    let analytics = Analytics::start().await;
    let event = analytics.paid("21T10:00:00.125", &paid(1, &contact(7), money("CNY", 1_050)));
    analytics.project(std::slice::from_ref(&event)).await;

    let rows = analytics.admin.rows("metrics/revenue", "currency = CNY", 50).await;

    let dimensions = [("currency", "CNY"), ("kind", "PAID")];
    let expected = pb::MetricRow {
        event_id: event.id.to_string(),
        resource: named("orders", 1),
        contact: contact(7),
        event_time: Some("2026-11-21T10:00:00.125Z".parse().unwrap()),
        value: 1_050.0,
        dimensions: dimensions.map(|(name, label)| (name.to_owned(), label.to_owned())).into(),
    };
    assert_eq!(rows, [expected]);
}

#[tokio::test]
async fn a_page_has_fifty_rows_unless_asked_and_two_hundred_at_most() {
    let analytics = Analytics::start().await;
    let messages: Vec<_> =
        (1..=201).map(|number| analytics.wrote("21T10:00:00", &received(1, number))).collect();
    analytics.project(&messages).await;
    let rows = async |page_size: i32| {
        let request = pb::DrillDownRequest { page_size, ..drill("metrics/messages", "") };
        let page = analytics.admin.metrics.clone().drill_down(request).await.unwrap();
        page.into_inner().rows.len()
    };

    assert_eq!(rows(0).await, 50);
    assert_eq!(rows(1_000).await, 200);
    let negative = pb::DrillDownRequest { page_size: -1, ..drill("metrics/messages", "") };
    assert_eq!(
        refused(&analytics.admin, negative).await,
        (Code::InvalidArgument, "INVALID_FIELD".to_owned())
    );
}

#[tokio::test]
async fn a_page_token_continues_only_the_list_it_came_from() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let first = pb::DrillDownRequest { page_size: 1, ..drill("metrics/messages", "") };
    let page = analytics.admin.metrics.clone().drill_down(first.clone()).await.unwrap();
    let page_token = page.into_inner().next_page_token;
    let next = pb::DrillDownRequest { page_token, ..first };
    let stranger = analytics.of_tenant(TenantId::new(Uuid::now_v7()), Role::Admin);
    let is_refused = async |caller: &Caller, request: pb::DrillDownRequest| {
        let expected = (Code::InvalidArgument, "PAGE_TOKEN_INVALID".to_owned());
        assert_eq!(refused(caller, request).await, expected);
    };

    is_refused(&stranger, next.clone()).await;
    is_refused(
        &analytics.admin,
        pb::DrillDownRequest { metric: "metrics/intents".into(), ..next.clone() },
    )
    .await;
    is_refused(
        &analytics.admin,
        pb::DrillDownRequest { start_date: "2026-11-20".into(), ..next.clone() },
    )
    .await;
    is_refused(
        &analytics.admin,
        pb::DrillDownRequest { filter: "channel = CHANNEL_WECHAT".into(), ..next.clone() },
    )
    .await;
    is_refused(&analytics.admin, pb::DrillDownRequest { page_token: "x".into(), ..next.clone() })
        .await;
    analytics.admin.metrics.clone().drill_down(next).await.unwrap();
}

#[tokio::test]
async fn what_a_number_refuses_its_rows_refuse_too() {
    let analytics = Analytics::start().await;
    let invalid = Code::InvalidArgument;
    let check = async |request: pb::DrillDownRequest, code: Code, reason: &str| {
        assert_eq!(refused(&analytics.admin, request).await, (code, reason.to_owned()));
    };

    check(drill("metrics/happiness", ""), Code::NotFound, "METRIC_NOT_FOUND").await;
    check(drill("metrics/messages", "currency = CNY"), invalid, "DIMENSION_UNKNOWN").await;
    check(drill("metrics/messages", "channel < x"), invalid, "FILTER_INVALID").await;
    let mut request = drill("metrics/messages", "");
    request.end_date = "2028-01-01".into();
    check(request, invalid, "INVALID_FIELD").await;
}
