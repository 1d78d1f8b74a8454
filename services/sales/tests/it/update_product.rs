//! What `ProductService/UpdateProduct` does and refuses.

use prost_types::FieldMask;
use proto::sales::v1::{self as pb, ProductUpdated};
use tonic::Code;

use crate::harness::{Harness, cny, fields, name, reason};

fn update(product: pb::Product, paths: &[&str]) -> pb::UpdateProductRequest {
    let paths = paths.iter().map(|it| it.to_string()).collect();
    pb::UpdateProductRequest {
        product: Some(product),
        update_mask: Some(FieldMask { paths }),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn only_the_fields_of_the_mask_change() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|_| ()).await.unwrap();
    let wanted = pb::Product {
        name: product.name.clone(),
        display_name: "Other".to_owned(),
        price: cny(9_900),
        etag: product.etag.clone(),
        ..Default::default()
    };

    let answer = it.calls.products.update_product(update(wanted, &["price"])).await;

    let updated = answer.unwrap().into_inner();
    assert_eq!((updated.price.clone(), updated.display_name), (cny(9_900), product.display_name));
    assert_ne!(updated.etag, product.etag);
    let event: ProductUpdated = it.event(&product.name, 2).await;
    assert_eq!((event.changed_fields, event.price), (vec!["price".to_owned()], cny(9_900)));
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_not_announced() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|_| ()).await.unwrap();

    let same = it.calls.products.update_product(update(product.clone(), &[])).await.unwrap();
    let dearer = pb::Product { price: cny(1), ..product.clone() };
    it.calls.products.update_product(update(dearer, &["price"])).await.unwrap();

    assert_eq!(same.into_inner(), product);
    assert_eq!(it.announced(&product.name, 2).await, ["ProductCreated", "ProductUpdated"]);
}

#[tokio::test]
async fn a_stale_etag_an_unknown_path_and_a_bad_value_are_refused() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|_| ()).await.unwrap();
    let stale = pb::Product { etag: "\"7\"".to_owned(), price: cny(1), ..product.clone() };

    let stale = it.calls.products.update_product(update(stale, &["price"])).await.unwrap_err();
    let immutable = update(product.clone(), &["sku"]);
    let immutable = it.calls.products.update_product(immutable).await.unwrap_err();
    let unpriced = update(pb::Product { price: None, ..product }, &["price"]);
    let unpriced = it.calls.products.update_product(unpriced).await.unwrap_err();
    let missing = pb::Product { name: name("products"), ..Default::default() };
    let missing = it.calls.products.update_product(update(missing, &["description"])).await;
    let missing = missing.unwrap_err();

    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "PRODUCT_CHANGED"));
    assert_eq!(reason(&immutable), "MASK_PATH_UNKNOWN");
    assert_eq!(fields(&unpriced), ["product.price"]);
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "PRODUCT_NOT_FOUND"));
}
