//! What `ProductService/CreateProduct` and `GetProduct` do and refuse.

use proto::sales::v1::{self as pb, ProductCreated};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, cny, fields, name, reason};

#[tokio::test]
async fn a_product_is_created_once_however_often_it_is_asked_for() {
    let mut it = Harness::start().await;
    let product = pb::Product {
        sku: " TEA-01 ".to_owned(),
        display_name: "龙井".to_owned(),
        price: cny(8_800),
        ..Default::default()
    };
    let request_id = Uuid::now_v7().to_string();
    let request = pb::CreateProductRequest { product: Some(product), request_id };

    let created = it.calls.products.create_product(request.clone()).await.unwrap().into_inner();
    let again = it.calls.products.create_product(request.clone()).await.unwrap().into_inner();
    let mut other = request;
    other.product.as_mut().unwrap().display_name = "Biluochun".to_owned();
    let reused = it.calls.products.create_product(other).await.unwrap_err();

    assert_eq!(again, created);
    assert_eq!((created.sku.as_str(), created.price.clone()), ("TEA-01", cny(8_800)));
    assert_eq!(
        (reused.code(), reason(&reused).as_str()),
        (Code::InvalidArgument, "REQUEST_ID_REUSED")
    );
    let get = pb::GetProductRequest { name: created.name.clone() };
    assert_eq!(it.calls.products.get_product(get).await.unwrap().into_inner(), created);
    let event: ProductCreated = it.event(&created.name, 1).await;
    assert_eq!((event.product, event.price), (created.name, cny(8_800)));
}

#[tokio::test]
async fn a_live_products_sku_is_taken() {
    let mut it = Harness::start().await;
    it.calls.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap();

    let status = it.calls.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "SKU_TAKEN"));
}

#[tokio::test]
async fn each_malformed_field_is_named() {
    let mut it = Harness::start().await;
    async fn check(it: &mut Harness, change: impl FnOnce(&mut pb::Product), field: &str) {
        let status = it.calls.create_product(change).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(fields(&status), [field]);
    }

    check(&mut it, |it| it.sku.clear(), "product.sku").await;
    check(&mut it, |it| it.sku = "x".repeat(65), "product.sku").await;
    check(&mut it, |it| it.display_name.clear(), "product.display_name").await;
    check(&mut it, |it| it.display_name = "x".repeat(201), "product.display_name").await;
    check(&mut it, |it| it.description = "x".repeat(2_001), "product.description").await;
    check(&mut it, |it| it.price = None, "product.price").await;
    check(&mut it, |it| it.price = cny(-1), "product.price").await;
    check(&mut it, |it| it.price.as_mut().unwrap().currency_code.clear(), "product.price").await;
}

#[tokio::test]
async fn an_empty_request_and_a_bad_request_id_are_refused() {
    let mut it = Harness::start().await;
    let empty = pb::CreateProductRequest::default();
    let named = pb::CreateProductRequest {
        product: Some(pb::Product::default()),
        request_id: "first".to_owned(),
    };

    let empty = it.calls.products.create_product(empty).await.unwrap_err();
    let named = it.calls.products.create_product(named).await.unwrap_err();

    assert_eq!(
        (reason(&empty).as_str(), fields(&empty)),
        ("FIELD_REQUIRED", vec!["product".into()])
    );
    assert_eq!(fields(&named), ["request_id"]);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mut it = Harness::start().await;

    let missing = pb::GetProductRequest { name: name("products") };
    let missing = it.calls.products.get_product(missing).await.unwrap_err();
    let malformed = pb::GetProductRequest { name: "products/1".to_owned() };
    let malformed = it.calls.products.get_product(malformed).await.unwrap_err();

    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "PRODUCT_NOT_FOUND"));
    assert_eq!(fields(&malformed), ["name"]);
}
