//! `GetAccount`: live or deleted, and only by a name.

use proto::customer::v1::GetAccountRequest;
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, nobody, refusal},
};

fn get(name: &str) -> GetAccountRequest {
    GetAccountRequest { name: name.to_owned() }
}

#[tokio::test]
async fn an_account_is_returned_as_it_is_live_or_deleted() {
    let mut customer = Customer::start().await;
    let created = customer.account("Engines").await;

    let live = customer.admin.accounts.get_account(get(&created.name)).await.unwrap();
    let deleted = customer.delete_account(&created.name).await;
    let gone = customer.admin.accounts.get_account(get(&created.name)).await.unwrap();

    assert_eq!(live.into_inner(), created);
    assert!(deleted.delete_time.is_some());
    assert_eq!(gone.into_inner(), deleted);
}

#[tokio::test]
async fn an_account_that_never_was_is_not_found() {
    let mut customer = Customer::start().await;

    let unknown = customer.admin.accounts.get_account(get(&nobody("accounts"))).await;
    let wrong = customer.admin.accounts.get_account(get(&nobody("contacts"))).await;

    assert_eq!(refusal(unknown), because(Code::NotFound, "ACCOUNT_NOT_FOUND"));
    assert_eq!(malformed(wrong), ["name"]);
}
