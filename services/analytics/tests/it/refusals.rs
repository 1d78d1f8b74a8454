//! Who may not ask: nobody without a good token, and every role may read.

use chassis::authn::Role;
use proto::analytics::v1::{ListMetricDefinitionsRequest, ListProjectionsRequest};
use tonic::Code;

use crate::harness::{Analytics, drill, question};

#[tokio::test]
async fn without_a_good_token_nothing_is_answered() {
    let analytics = Analytics::start().await;

    for token in ["", "nonsense"] {
        let caller = analytics.bearer(token);
        let mut metrics = caller.metrics.clone();
        let question = question("metrics/messages", &[], "");
        let codes = [
            metrics.query_metric(question).await.unwrap_err().code(),
            metrics.drill_down(drill("metrics/messages", "")).await.unwrap_err().code(),
            metrics
                .list_metric_definitions(ListMetricDefinitionsRequest {})
                .await
                .unwrap_err()
                .code(),
            caller
                .projections
                .clone()
                .list_projections(ListProjectionsRequest {})
                .await
                .unwrap_err()
                .code(),
        ];
        assert_eq!(codes, [Code::Unauthenticated; 4]);
    }
}

#[tokio::test]
async fn every_role_may_read_numbers() {
    let analytics = Analytics::start().await;

    for role in [Role::Admin, Role::Agent, Role::Viewer] {
        let caller = analytics.of_tenant(analytics.tenant, role);
        assert!(caller.numbers("metrics/messages", &["date"]).await.is_empty());
        assert!(caller.rows("metrics/messages", "", 10).await.is_empty());
    }
}
