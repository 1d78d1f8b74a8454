//! `ListMetricDefinitions`: what can be asked, with its meaning in words.

use proto::analytics::v1::ListMetricDefinitionsRequest;

use crate::harness::Analytics;

#[tokio::test]
async fn every_metric_has_a_version_a_formula_a_unit_and_dimensions() {
    let analytics = Analytics::start().await;

    let answer = analytics.admin.metrics.clone();
    let answer = answer.clone().list_metric_definitions(ListMetricDefinitionsRequest {}).await;

    let definitions = answer.unwrap().into_inner().metric_definitions;
    let names: Vec<&str> = definitions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "metrics/contacts",
            "metrics/conversations",
            "metrics/deliveries",
            "metrics/deliveries_failed",
            "metrics/engagement",
            "metrics/first_response_time",
            "metrics/intents",
            "metrics/messages",
            "metrics/revenue",
            "metrics/sentiment",
        ]
    );
    for definition in definitions {
        assert_eq!(definition.version, 1);
        assert!(!definition.formula.is_empty() && !definition.display_name.is_empty());
        assert!(!definition.unit.is_empty() && !definition.dimensions.is_empty());
    }
}
