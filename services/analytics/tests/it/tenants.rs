//! Tenants: numbers, rows and counts of one are nothing to another.

use chassis::{authn::Role, tenant::TenantId};
use proto::analytics::v1::GetProjectionRequest;
use uuid::Uuid;

use crate::{
    harness::{Analytics, FACTS},
    story::{contact, money, paid, received},
};

#[tokio::test]
async fn every_tenant_sees_its_own_numbers_and_rows_only() {
    let analytics = Analytics::start().await;
    let other = TenantId::new(Uuid::now_v7());
    let theirs = paid(1, &contact(1), money("CNY", 999));
    analytics
        .project(&[
            analytics.paid("21T10:00:00", &paid(1, &contact(1), money("CNY", 100))),
            analytics.happened_to(other, "21T10:00:00", &theirs.order, &theirs),
            analytics.wrote("21T10:00:00", &received(1, 1)),
        ])
        .await;
    let stranger = analytics.of_tenant(other, Role::Admin);
    let nobody = analytics.of_tenant(TenantId::new(Uuid::now_v7()), Role::Admin);

    assert_eq!(analytics.admin.numbers("metrics/revenue", &[]).await, ["CNY = 100 (1)"]);
    assert_eq!(stranger.numbers("metrics/revenue", &[]).await, ["CNY = 999 (1)"]);
    assert_eq!(stranger.numbers("metrics/messages", &[]).await, [""; 0]);
    assert_eq!(stranger.rows("metrics/revenue", "", 10).await.len(), 1);
    assert!(nobody.numbers("metrics/revenue", &[]).await.is_empty());
    assert!(nobody.rows("metrics/revenue", "", 10).await.is_empty());
    for (caller, rows) in [(&analytics.admin, 5), (&stranger, 1), (&nobody, 0)] {
        let request = GetProjectionRequest { name: FACTS.to_owned() };
        let projection = caller.projections.clone().get_projection(request).await.unwrap();
        assert_eq!(projection.into_inner().row_count, rows);
    }
}

#[tokio::test]
async fn a_rebuild_covers_every_tenant() {
    let analytics = Analytics::start().await;
    let other = TenantId::new(Uuid::now_v7());
    let theirs = paid(2, "", money("EUR", 7));
    analytics
        .project(&[
            analytics.paid("21T10:00:00", &paid(1, "", money("CNY", 100))),
            analytics.happened_to(other, "21T10:00:00", &theirs.order, &theirs),
        ])
        .await;

    analytics.rebuild().await;

    let stranger = analytics.of_tenant(other, Role::Viewer);
    assert_eq!(analytics.admin.numbers("metrics/revenue", &[]).await, ["CNY = 100 (1)"]);
    assert_eq!(stranger.numbers("metrics/revenue", &[]).await, ["EUR = 7 (1)"]);
}
