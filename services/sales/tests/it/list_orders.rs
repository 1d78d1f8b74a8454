//! What `OrderService/ListOrders` does and refuses.

use chassis::{authn::Role, tenant::TenantId};
use prost_types::Timestamp;
use proto::sales::v1::{self as pb, order::State};
use uuid::Uuid;

use crate::harness::{Harness, name, reason};

fn list(page_size: i32, page_token: &str, filter: &str) -> pb::ListOrdersRequest {
    let (page_token, filter) = (page_token.to_owned(), filter.to_owned());
    pb::ListOrdersRequest { page_size, page_token, filter }
}

#[tokio::test]
async fn orders_come_placed_last_first_page_by_page() {
    let mut it = Harness::start().await;
    let mut names = Vec::new();
    // Two of one time are told apart by their ids.
    for seconds in [1_000, 3_000, 2_000, 2_000, 0] {
        let at = Some(Timestamp { seconds, nanos: 0 });
        names.push(it.calls.place(|it| it.place_time = at).await.unwrap().name);
    }

    let (mut token, mut found) = (String::new(), Vec::new());
    loop {
        let page = it.calls.orders.list_orders(list(2, &token, "")).await.unwrap().into_inner();
        assert!(page.orders.len() <= 2);
        found.extend(page.orders.into_iter().map(|it| it.name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }

    let expected: Vec<_> = [1, 3, 2, 0, 4].iter().map(|at| names[*at].clone()).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn filters_narrow_by_contact_state_and_number() {
    let mut it = Harness::start().await;
    let contact = name("contacts");
    let ours = it.calls.place(|it| it.contact = contact.clone()).await.unwrap();
    let paid = it.calls.order_in(State::Paid).await;
    async fn check(it: &mut Harness, filter: &str, expected: &[&pb::Order]) {
        let page = it.calls.orders.list_orders(list(0, "", filter)).await.unwrap().into_inner();
        assert_eq!(page.orders.iter().collect::<Vec<_>>(), expected, "{filter}");
    }

    check(&mut it, &format!("contact = \"{contact}\""), &[&ours]).await;
    check(&mut it, "state = \"STATE_PAID\"", &[&paid]).await;
    check(&mut it, &format!("number = \"{}\"", paid.number), &[&paid]).await;
    check(&mut it, &format!("contact = \"{contact}\" AND state = STATE_PAID"), &[]).await;
}

#[tokio::test]
async fn a_filter_or_token_that_says_nothing_here_is_refused() {
    let mut it = Harness::start().await;
    for _ in 0..2 {
        it.calls.place(|_| ()).await.unwrap();
    }
    let token = it.calls.orders.list_orders(list(1, "", "")).await.unwrap();
    let token = token.into_inner().next_page_token;

    let filters = ["contact = ada", "state = PAID", "state = STATE_UNSPECIFIED", "note = x"];
    for filter in filters.into_iter().chain(["state > STATE_PAID", "number = a AND number = b"]) {
        let status = it.calls.orders.list_orders(list(0, "", filter)).await.unwrap_err();
        assert_eq!(reason(&status), "FILTER_INVALID", "{filter}");
    }
    let other_list = list(1, &token, "state = STATE_PAID");
    let other_list = it.calls.orders.list_orders(other_list).await.unwrap_err();
    let mut stranger = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);
    let foreign = stranger.orders.list_orders(list(1, &token, "")).await.unwrap_err();

    assert_eq!(reason(&other_list), "PAGE_TOKEN_INVALID");
    assert_eq!(reason(&foreign), "PAGE_TOKEN_INVALID");
}
