//! `UpdateAccount`: the mask and the etag.

use prost_types::FieldMask;
use proto::customer::v1::{Account, AccountUpdated, CreateAccountRequest, UpdateAccountRequest};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, nobody, refusal, request_id},
};

fn update(account: Account, mask: &[&str]) -> UpdateAccountRequest {
    let paths = mask.iter().map(|path| path.to_string()).collect();
    UpdateAccountRequest {
        account: Some(account),
        update_mask: Some(FieldMask { paths }),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn only_the_masked_fields_change_and_the_event_names_them() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    let wanted = Account {
        name: engines.name.clone(),
        domain: "Engines.example".to_owned(),
        industry: "machines".to_owned(),
        ..Default::default()
    };

    let request = update(wanted, &["domain", "industry"]);
    let updated = customer.admin.accounts.update_account(request).await.unwrap().into_inner();

    assert_eq!((updated.display_name.as_str(), updated.etag.as_str()), ("Engines", "\"2\""));
    assert_eq!(updated.domain, "engines.example");
    let announced = customer.announced(&engines.name).await;
    assert_eq!(announced[1..], [("AccountUpdated".to_owned(), 2)]);
    let event: AccountUpdated = customer.last(&engines.name).await;
    assert_eq!(event.changed_fields, ["domain", "industry"]);
}

#[tokio::test]
async fn changing_nothing_announces_nothing() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;

    let updated = customer.admin.accounts.update_account(update(engines.clone(), &[])).await;

    assert_eq!(updated.unwrap().into_inner(), engines);
    assert_eq!(customer.announced(&engines.name).await.len(), 1);
}

#[tokio::test]
async fn a_mask_with_a_field_that_is_not_there_or_not_the_callers_is_refused() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;

    for path in ["owner", "create_time", "name", "etag"] {
        let refused =
            customer.admin.accounts.update_account(update(engines.clone(), &[path])).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "MASK_PATH_UNKNOWN"), "{path}");
    }
}

#[tokio::test]
async fn a_name_cannot_be_taken_away() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    let nameless = Account { display_name: String::new(), ..engines };

    let refused = customer.admin.accounts.update_account(update(nameless, &[])).await;

    assert_eq!(malformed(refused), ["account.display_name"]);
}

#[tokio::test]
async fn an_etag_that_is_not_the_present_one_is_refused() {
    let mut customer = Customer::start().await;
    let seen = customer.account("Engines").await;
    let first = Account { display_name: "Looms".to_owned(), ..seen.clone() };
    customer.admin.accounts.update_account(update(first, &[])).await.unwrap();

    let second = Account { display_name: "Mills".to_owned(), ..seen };
    let refused = customer.admin.accounts.update_account(update(second, &[])).await;

    assert_eq!(refusal(refused), because(Code::Aborted, "ACCOUNT_CHANGED"));
}

#[tokio::test]
async fn a_taken_domain_is_refused() {
    let mut customer = Customer::start().await;
    let domain = "engines.example".to_owned();
    let display_name = "Engines".to_owned();
    let account = Account { display_name, domain: domain.clone(), ..Default::default() };
    let create = CreateAccountRequest { account: Some(account), ..Default::default() };
    customer.admin.accounts.create_account(create).await.unwrap();
    let looms = customer.account("Looms").await;

    let wanted = Account { domain, ..looms };
    let refused = customer.admin.accounts.update_account(update(wanted, &["domain"])).await;

    assert_eq!(refusal(refused), because(Code::AlreadyExists, "DOMAIN_TAKEN"));
}

#[tokio::test]
async fn an_account_that_is_not_there_or_deleted_cannot_be_changed() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    customer.delete_account(&engines.name).await;

    for name in [engines.name.clone(), nobody("accounts")] {
        let wanted = Account { name, etag: String::new(), ..engines.clone() };
        let refused = customer.admin.accounts.update_account(update(wanted, &[])).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "ACCOUNT_NOT_FOUND"));
    }
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let engines = customer.account("Engines").await;
    let accounts = &mut customer.admin.accounts;
    let wanted = Account { display_name: "Looms".to_owned(), ..engines.clone() };
    let request = UpdateAccountRequest { request_id: request_id(), ..update(wanted, &[]) };
    let first = accounts.update_account(request.clone()).await.unwrap().into_inner();
    let later = Account { display_name: "Mills".to_owned(), ..first.clone() };
    accounts.update_account(update(later, &[])).await.unwrap();

    let again = accounts.update_account(request.clone()).await.unwrap().into_inner();
    let other = UpdateAccountRequest { account: Some(engines.clone()), ..request };
    let refused = accounts.update_account(other).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&engines.name).await.len(), 3);
}
