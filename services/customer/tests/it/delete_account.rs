//! `DeleteAccount`: softly; its domain becomes free and its contacts stay.

use proto::customer::v1::{
    Account, Contact, CreateAccountRequest, DeleteAccountRequest, GetContactRequest,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, refusal, request_id},
};

fn delete(name: &str) -> DeleteAccountRequest {
    DeleteAccountRequest { name: name.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_deleted_account_frees_its_domain_and_its_contacts_stay() {
    let mut customer = Customer::start().await;
    let account = Account {
        display_name: "Engines".to_owned(),
        domain: "engines.example".to_owned(),
        ..Default::default()
    };
    let create = CreateAccountRequest { account: Some(account), ..Default::default() };
    let engines = customer.admin.accounts.create_account(create.clone()).await.unwrap();
    let engines = engines.into_inner();
    let ada = customer.contact(Contact { account: engines.name.clone(), ..named("Ada") }).await;

    let deleted = customer.admin.accounts.delete_account(delete(&engines.name)).await.unwrap();

    assert!(deleted.into_inner().delete_time.is_some());
    let get = GetContactRequest { name: ada.name.clone() };
    assert_eq!(customer.admin.contacts.get_contact(get).await.unwrap().into_inner(), ada);
    assert!(customer.admin.accounts.create_account(create).await.is_ok());
    let announced = customer.announced(&engines.name).await;
    assert_eq!(announced[1..], [("AccountDeleted".to_owned(), 2)]);
}

#[tokio::test]
async fn an_account_is_deleted_once() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    customer.delete_account(&engines.name).await;

    for name in [engines.name.clone(), nobody("accounts")] {
        let refused = customer.admin.accounts.delete_account(delete(&name)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "ACCOUNT_NOT_FOUND"));
    }
    assert_eq!(customer.announced(&engines.name).await.len(), 2);
}

#[tokio::test]
async fn an_etag_that_is_not_the_present_one_is_refused() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    let stale = DeleteAccountRequest { etag: "\"2\"".to_owned(), ..delete(&engines.name) };

    let refused = customer.admin.accounts.delete_account(stale).await;

    assert_eq!(refusal(refused), because(Code::Aborted, "ACCOUNT_CHANGED"));
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    let accounts = &mut customer.admin.accounts;
    let request = DeleteAccountRequest { request_id: request_id(), ..delete(&engines.name) };
    let first = accounts.delete_account(request.clone()).await.unwrap().into_inner();

    let again = accounts.delete_account(request.clone()).await.unwrap().into_inner();
    let other = DeleteAccountRequest { name: nobody("accounts"), ..request };
    let refused = accounts.delete_account(other).await;
    let wrong = accounts.delete_account(delete("Engines")).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(malformed(wrong), ["name"]);
}
