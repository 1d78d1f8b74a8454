//! Every metric: what the story comes to, and that each number is what its rows add up to.

use proto::analytics::v1::{self as pb, ListMetricDefinitionsRequest};

use crate::{
    harness::{Analytics, question},
    story::contact,
};

#[tokio::test]
async fn messages_are_counted_by_day_direction_and_author() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;

    assert_eq!(
        analytics.admin.numbers("metrics/messages", &["date", "direction"]).await,
        [
            "2026-11-20 DIRECTION_INCOMING = 1 (1)",
            "2026-11-20 DIRECTION_OUTGOING = 1 (1)",
            "2026-11-21 DIRECTION_INCOMING = 2 (2)",
            "2026-11-21 DIRECTION_OUTGOING = 1 (1)",
        ]
    );
    assert_eq!(
        analytics.admin.numbers("metrics/messages", &["author"]).await,
        ["AUTHOR_AGENT = 1 (1)", "AUTHOR_CONTACT = 3 (3)", "AUTHOR_RULE = 1 (1)"]
    );
    assert_eq!(analytics.admin.numbers("metrics/messages", &[]).await, ["= 5 (5)"]);
}

#[tokio::test]
async fn times_and_moods_are_averaged() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let admin = &analytics.admin;

    assert_eq!(admin.numbers("metrics/first_response_time", &[]).await, ["= 16.875 (2)"]);
    assert_eq!(
        admin.numbers("metrics/first_response_time", &["author"]).await,
        ["AUTHOR_AGENT = 30.25 (1)", "AUTHOR_RULE = 3.5 (1)"]
    );
    assert_eq!(admin.numbers("metrics/sentiment", &[]).await, ["= 0.15 (2)"]);
    assert_eq!(
        admin.numbers("metrics/sentiment", &["date", "language"]).await,
        ["2026-11-20 zh = -0.5 (1)", "2026-11-21 en = 0.8 (1)"]
    );
}

#[tokio::test]
async fn money_of_two_currencies_is_never_added() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let admin = &analytics.admin;

    assert_eq!(admin.numbers("metrics/revenue", &[]).await, ["CNY = 1050 (3)", "USD = 1999 (1)"]);
    assert_eq!(
        admin.numbers("metrics/revenue", &["date"]).await,
        ["2026-11-20 CNY = 25600 (1)", "2026-11-21 USD = 1999 (1)", "2026-11-22 CNY = -24550 (2)",]
    );
    let refunds = question("metrics/revenue", &[], r#"kind = "PAID_BACK""#);
    assert_eq!(admin.numbers_of(&refunds).await.unwrap(), ["CNY = -25600 (1)"]);
}

#[tokio::test]
async fn engagement_is_counted_for_each_contact() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;

    let numbers = analytics.admin.numbers("metrics/engagement", &["contact", "kind"]).await;

    let (first, second) = (contact(1), contact(2));
    assert_eq!(
        numbers,
        [
            format!("{first} MESSAGE_RECEIVED = 1 (1)"),
            format!("{first} MESSAGE_SENT = 1 (1)"),
            format!("{first} ORDER_PLACED = 1 (1)"),
            format!("{second} MESSAGE_RECEIVED = 2 (2)"),
            format!("{second} MESSAGE_SENT = 1 (1)"),
            format!("{second} ORDER_PLACED = 1 (1)"),
        ]
    );
}

#[tokio::test]
async fn what_else_happened_is_counted_once() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let admin = &analytics.admin;

    assert_eq!(admin.numbers("metrics/contacts", &["language"]).await, ["zh = 1 (1)"]);
    assert_eq!(
        admin.numbers("metrics/conversations", &["channel"]).await,
        ["CHANNEL_WECHAT = 1 (1)"]
    );
    assert_eq!(
        admin.numbers("metrics/deliveries", &["outcome"]).await,
        ["FAILED = 1 (1)", "SENT = 1 (1)", "UNKNOWN = 1 (1)"]
    );
    assert_eq!(
        admin.numbers("metrics/deliveries_failed", &["reason"]).await,
        ["WINDOW_CLOSED = 1 (1)"]
    );
    assert_eq!(
        admin.numbers("metrics/intents", &["intent", "channel"]).await,
        ["CHANNEL_WECHAT order_status = 1 (1)", "CHANNEL_TELEGRAM praise = 1 (1)"]
    );
}

#[tokio::test]
async fn every_number_is_what_the_rows_behind_it_add_up_to() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let mut metrics = analytics.admin.metrics.clone();
    let definitions = metrics.list_metric_definitions(ListMetricDefinitionsRequest {}).await;

    let mut rows_in_all = 0;
    for definition in definitions.unwrap().into_inner().metric_definitions {
        let group_by: Vec<&str> = definition.dimensions.iter().map(String::as_str).collect();
        let question = question(&definition.name, &group_by, "");
        let points = metrics.query_metric(question).await.unwrap().into_inner().points;
        assert!(!points.is_empty(), "{}", definition.name);
        for point in points {
            let rows = analytics.admin.rows(&definition.name, &filter(&point), 2).await;
            let total: f64 = rows.iter().map(|row| row.value).sum();
            let is_mean = matches!(definition.unit.as_str(), "s" | "[-1,1]");
            let expected = if is_mean { total / rows.len() as f64 } else { total };
            assert_eq!(point.value, expected, "{} {point:?}", definition.name);
            assert_eq!(point.row_count, i64::try_from(rows.len()).unwrap());
            assert!(rows.iter().all(|row| row.dimensions == point.dimensions));
            rows_in_all += point.row_count;
        }
    }
    assert_eq!(rows_in_all, analytics.projection().await.unwrap().row_count);
}

/// The filter that leaves exactly the rows of a point.
fn filter(point: &pb::MetricPoint) -> String {
    let terms = point.dimensions.iter().map(|(name, label)| format!("{name} = \"{label}\""));
    terms.collect::<Vec<_>>().join(" AND ")
}
