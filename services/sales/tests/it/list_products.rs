//! What `ProductService/ListProducts` does and refuses.

use proto::sales::v1 as pb;

use crate::harness::{Harness, fields, reason};

fn list(page_size: i32, page_token: &str, filter: &str) -> pb::ListProductsRequest {
    let (page_token, filter) = (page_token.to_owned(), filter.to_owned());
    pb::ListProductsRequest { page_size, page_token, filter }
}

#[tokio::test]
async fn live_products_come_newest_first_page_by_page() {
    let mut it = Harness::start().await;
    let mut names = Vec::new();
    for _ in 0..4 {
        names.push(it.calls.create_product(|_| ()).await.unwrap().name);
    }
    let gone = names.remove(1);
    let delete = pb::DeleteProductRequest { name: gone, ..Default::default() };
    it.calls.products.delete_product(delete).await.unwrap();
    names.reverse();

    let first = it.calls.products.list_products(list(2, "", "")).await.unwrap().into_inner();
    let second = list(2, &first.next_page_token, "");
    let second = it.calls.products.list_products(second).await.unwrap().into_inner();

    let all = first.products.iter().chain(&second.products).map(|it| it.name.clone());
    assert_eq!(all.collect::<Vec<_>>(), names);
    assert_eq!((first.products.len(), second.next_page_token.as_str()), (2, ""));
}

#[tokio::test]
async fn a_filter_finds_one_sku_and_refuses_what_it_does_not_know() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|it| it.sku = "TEA-01".to_owned()).await.unwrap();
    it.calls.create_product(|_| ()).await.unwrap();

    let found = it.calls.products.list_products(list(0, "", "sku = \"TEA-01\"")).await.unwrap();
    assert_eq!(found.into_inner().products, [product]);

    for filter in ["price = 1", "sku != \"x\"", "sku = a AND sku = b", "sku"] {
        let status = it.calls.products.list_products(list(0, "", filter)).await.unwrap_err();
        assert_eq!(reason(&status), "FILTER_INVALID", "{filter}");
    }
    let token = it.calls.products.list_products(list(0, "x", "")).await.unwrap_err();
    assert_eq!(reason(&token), "PAGE_TOKEN_INVALID");
    let size = it.calls.products.list_products(list(-1, "", "")).await.unwrap_err();
    assert_eq!(fields(&size), ["page_size"]);
}
