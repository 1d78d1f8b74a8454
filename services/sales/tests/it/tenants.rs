//! Nobody sees or moves what belongs to another tenant, and a role does only what it may.

use chassis::{authn::Role, tenant::TenantId};
use proto::sales::v1::{self as pb, order::State};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, name, reason};

#[tokio::test]
async fn a_foreign_order_is_not_there() {
    let mut it = Harness::start().await;
    let contact = name("contacts");
    let order = it.calls.place(|it| it.contact = contact.clone()).await.unwrap();
    let mut stranger = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);

    let moves = [State::Paid, State::Shipped, State::Delivered, State::Cancelled, State::Refunded];
    for state in moves {
        let status = stranger.bring(&order, state, "").await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "ORDER_NOT_FOUND"));
    }
    let mut refused = vec![stranger.get_order(&order.name).await.unwrap_err()];
    let update = pb::UpdateOrderRequest { order: Some(order.clone()), ..Default::default() };
    refused.push(stranger.orders.update_order(update).await.unwrap_err());
    let latest = pb::GetLatestOrderRequest { contact: contact.clone(), buyer: None };
    refused.push(stranger.orders.get_latest_order(latest).await.unwrap_err());
    let link = pb::LinkOrderRequest { name: order.name.clone(), contact, ..Default::default() };
    refused.push(stranger.orders.link_order(link).await.unwrap_err());
    for status in refused {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "ORDER_NOT_FOUND"));
    }

    let seen = stranger.orders.list_orders(pb::ListOrdersRequest::default()).await.unwrap();
    assert_eq!(seen.into_inner().orders, []);
    assert_eq!(it.calls.get_order(&order.name).await.unwrap(), order);
}

#[tokio::test]
async fn a_foreign_product_is_not_there_and_takes_no_sku() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap();
    let mut stranger = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);

    let get = pb::GetProductRequest { name: product.name.clone() };
    let get = stranger.products.get_product(get).await.unwrap_err();
    let update = pb::UpdateProductRequest { product: Some(product.clone()), ..Default::default() };
    let update = stranger.products.update_product(update).await.unwrap_err();
    let delete = pb::DeleteProductRequest { name: product.name.clone(), ..Default::default() };
    let delete = stranger.products.delete_product(delete).await.unwrap_err();
    let line = stranger.place(|it| it.line_items[0].product = product.name.clone()).await;

    for status in [get, update, delete, line.unwrap_err()] {
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::NotFound, "PRODUCT_NOT_FOUND")
        );
    }
    stranger.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap();
}

#[tokio::test]
async fn numbers_are_unique_within_a_tenant_only() {
    let mut it = Harness::start().await;
    let mut stranger = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);

    let ours = it.calls.place(|it| it.number = "1".to_owned()).await.unwrap();
    let theirs = stranger.place(|it| it.number = "1".to_owned()).await.unwrap();

    assert_eq!(ours.number, theirs.number);
}

#[tokio::test]
async fn a_viewer_reads_and_an_agent_sells_but_keeps_no_catalogue() {
    let mut it = Harness::start().await;
    let tenant = TenantId::new(Uuid::now_v7());
    let (mut viewer, mut agent) =
        (it.calls_of(tenant, Role::Viewer), it.calls_of(tenant, Role::Agent));
    it.calls.place(|_| ()).await.unwrap();

    let order = agent.place(|_| ()).await.unwrap();
    let by_viewer = viewer.bring(&order, State::Paid, "").await.unwrap_err();
    let by_agent = agent.create_product(|_| ()).await.unwrap_err();

    assert_eq!(viewer.get_order(&order.name).await.unwrap(), order);
    assert_eq!(
        (by_viewer.code(), by_agent.code()),
        (Code::PermissionDenied, Code::PermissionDenied)
    );
}
