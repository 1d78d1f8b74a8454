//! What `ProductService/DeleteProduct` does and refuses.

use proto::sales::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, reason};

fn delete(name: &str, etag: &str) -> pb::DeleteProductRequest {
    let (name, etag) = (name.to_owned(), etag.to_owned());
    pb::DeleteProductRequest { name, etag, request_id: String::new() }
}

#[tokio::test]
async fn a_deleted_product_frees_its_sku_and_stays_readable() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap();
    let request_id = Uuid::now_v7().to_string();
    let request = pb::DeleteProductRequest { request_id, ..delete(&product.name, &product.etag) };

    let deleted = it.calls.products.delete_product(request.clone()).await.unwrap().into_inner();
    let again = it.calls.products.delete_product(request).await.unwrap().into_inner();
    it.calls.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap();

    assert_eq!(again, deleted);
    assert!(deleted.delete_time.is_some());
    let get = pb::GetProductRequest { name: product.name.clone() };
    assert_eq!(it.calls.products.get_product(get).await.unwrap().into_inner(), deleted);
    assert_eq!(it.announced(&product.name, 2).await, ["ProductCreated", "ProductDeleted"]);
}

#[tokio::test]
async fn a_product_is_deleted_once_and_only_as_it_was_seen() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|_| ()).await.unwrap();

    let stale = it.calls.products.delete_product(delete(&product.name, "\"7\"")).await;
    it.calls.products.delete_product(delete(&product.name, "")).await.unwrap();
    let gone = it.calls.products.delete_product(delete(&product.name, "")).await;

    let (stale, gone) = (stale.unwrap_err(), gone.unwrap_err());
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "PRODUCT_CHANGED"));
    assert_eq!((gone.code(), reason(&gone).as_str()), (Code::NotFound, "PRODUCT_NOT_FOUND"));
}
