//! `QueryMetric`: days in UTC, groups, filters, and every question that is refused.

use analytics::{
    domain::{Fact, Generation, Happening, Label, facts},
    store::{self, facts::Origin},
};
use proto::analytics::v1 as pb;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::{
    harness::{Analytics, question, time},
    story::{contact, money, paid, received},
};

async fn refused(analytics: &Analytics, question: &pb::QueryMetricRequest) -> (Code, String) {
    let status = analytics.admin.numbers_of(question).await.unwrap_err();
    (status.code(), reason(&status))
}

pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn a_day_begins_and_ends_at_midnight_in_utc() {
    let analytics = Analytics::start().await;
    let moments = ["20T23:59:59.999999", "21T00:00:00", "21T23:59:59.999999", "22T00:00:00"];
    let messages = moments.iter().zip(1..);
    let messages = messages.map(|(at, number)| analytics.wrote(at, &received(1, number)));
    analytics.project(&messages.collect::<Vec<_>>()).await;

    let mut question = question("metrics/messages", &["date"], "");
    assert_eq!(
        analytics.admin.numbers_of(&question).await.unwrap(),
        ["2026-11-20 = 1 (1)", "2026-11-21 = 2 (2)", "2026-11-22 = 1 (1)"]
    );
    question.start_date = "2026-11-21".into();
    question.end_date = "2026-11-21".into();
    assert_eq!(analytics.admin.numbers_of(&question).await.unwrap(), ["2026-11-21 = 2 (2)"]);
}

#[tokio::test]
async fn without_rows_there_are_no_points() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let mut question = question("metrics/sentiment", &[], "");
    question.start_date = "2026-11-23".into();

    assert_eq!(analytics.admin.numbers_of(&question).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_filter_leaves_out_what_it_does_not_mean() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let check = async |filter: &str, expected: &[&str]| {
        let question = question("metrics/messages", &["channel"], filter);
        assert_eq!(analytics.admin.numbers_of(&question).await.unwrap(), expected, "{filter}");
    };

    check(r#"channel = "CHANNEL_TELEGRAM""#, &["CHANNEL_TELEGRAM = 1 (1)"]).await;
    check("channel != CHANNEL_TELEGRAM", &["CHANNEL_WECHAT = 4 (4)"]).await;
    check(
        "channel = CHANNEL_WECHAT AND direction = DIRECTION_OUTGOING",
        &["CHANNEL_WECHAT = 2 (2)"],
    )
    .await;
    check(r#"channel = "it's; DROP TABLE facts""#, &[]).await;
    check("channel = CHANNEL_WECHAT AND channel = CHANNEL_TELEGRAM", &[]).await;
}

#[tokio::test]
async fn sums_beyond_64_bits_are_still_numbers() {
    let analytics = Analytics::start().await;
    let most = money("CNY", i64::MAX);
    let paid: Vec<_> = (1..=3)
        .map(|order| analytics.paid("21T10:00:00", &paid(order, "", most.clone())))
        .collect();
    analytics.project(&paid).await;

    let mut metrics = analytics.admin.metrics.clone();
    let answer = metrics.query_metric(question("metrics/revenue", &[], "")).await.unwrap();

    assert_eq!(answer.into_inner().points[0].value, 3.0 * 2f64.powi(63));
}

#[tokio::test]
async fn bad_days_are_refused_by_name() {
    let analytics = Analytics::start().await;
    let check = async |start: &str, end: &str, field: &str| {
        let mut question = question("metrics/messages", &[], "");
        question.start_date = start.into();
        question.end_date = end.into();
        let status = analytics.admin.numbers_of(&question).await.unwrap_err();
        let details = status.get_error_details();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, field);
    };

    check("", "2026-11-21", "start_date").await;
    check("2026-11-21", "", "end_date").await;
    check("21.11.2026", "2026-11-21", "start_date").await;
    check("2026-02-30", "2026-11-21", "start_date").await;
    check("2026-11-21", "2026-11-21T00:00:00Z", "end_date").await;
    check("2026-11-21", "2026-11-20", "end_date").await;
    check("2026-01-01", "2027-01-03", "end_date").await;
}

#[tokio::test]
async fn metrics_and_dimensions_that_do_not_exist_are_refused() {
    let analytics = Analytics::start().await;
    let invalid = Code::InvalidArgument;
    let check = async |metric: &str, group_by: &[&str], filter: &str, code: Code, reason: &str| {
        let question = question(metric, group_by, filter);
        assert_eq!(refused(&analytics, &question).await, (code, reason.to_owned()), "{question:?}");
    };

    check("", &[], "", invalid, "FIELD_REQUIRED").await;
    check("messages", &[], "", invalid, "INVALID_FIELD").await;
    check("metrics/", &[], "", invalid, "INVALID_FIELD").await;
    check("metrics/ada@example.com", &[], "", invalid, "INVALID_FIELD").await;
    check("metrics/happiness", &[], "", Code::NotFound, "METRIC_NOT_FOUND").await;
    check("metrics/messages", &["weather"], "", invalid, "DIMENSION_UNKNOWN").await;
    check("metrics/messages", &["currency"], "", invalid, "DIMENSION_UNKNOWN").await;
    check("metrics/messages", &["tenant_id"], "", invalid, "DIMENSION_UNKNOWN").await;
    check("metrics/messages", &[], "weather = x", invalid, "DIMENSION_UNKNOWN").await;
    check("metrics/messages", &[], "currency = CNY", invalid, "DIMENSION_UNKNOWN").await;
    check("metrics/messages", &[], "channel > A", invalid, "FILTER_INVALID").await;
    check("metrics/messages", &[], "channel =", invalid, "FILTER_INVALID").await;
    check("metrics/messages", &[], "channel = \"a\0\"", invalid, "FILTER_INVALID").await;
}

#[tokio::test]
async fn more_than_ten_thousand_points_are_refused() {
    let analytics = Analytics::start().await;
    let txn = analytics.db.begin(analytics.tenant).await.unwrap();
    for number in 1..=10_001 {
        let origin = Origin { event_id: Uuid::from_u128(number), event_time: time("21T10:00:00") };
        let contact = contact(u32::try_from(number).unwrap());
        let created = Happening::ContactCreated {
            contact: analytics::domain::ContactId::parse(&contact).unwrap(),
            language: Label::parse(&format!("x-{number}")).unwrap(),
        };
        let facts: Vec<Fact> = facts(&created);
        store::facts::append(&txn, analytics.tenant, Generation::FIRST, origin, &facts)
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();

    let mut by_language = question("metrics/contacts", &["language"], "");
    assert_eq!(
        refused(&analytics, &by_language).await,
        (Code::InvalidArgument, "TOO_MANY_POINTS".to_owned())
    );
    by_language.filter = "language != x-10001".into();
    assert_eq!(analytics.admin.numbers_of(&by_language).await.unwrap().len(), 10_000);
    assert_eq!(analytics.admin.numbers("metrics/contacts", &[]).await, ["= 10001 (10001)"]);
}

#[tokio::test]
async fn a_name_asked_for_twice_groups_once() {
    let analytics = Analytics::start().await;
    analytics.project(&[analytics.paid("21T10:00:00", &paid(1, "", money("CNY", 7)))]).await;

    let group_by = ["date", "currency", "date", "currency"];
    let numbers = analytics.admin.numbers("metrics/revenue", &group_by).await;

    assert_eq!(numbers, ["2026-11-21 CNY = 7 (1)"]);
}
