//! `CreateAccount`: what is kept, what is refused, and that a repetition creates nothing.

use proto::customer::v1::{Account, CreateAccountRequest, UpdateAccountRequest};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, refusal, request_id},
};

fn create(display_name: &str, domain: &str) -> CreateAccountRequest {
    let (display_name, domain) = (display_name.to_owned(), domain.to_owned());
    let account = Account { display_name, domain, ..Default::default() };
    CreateAccountRequest { account: Some(account), request_id: String::new() }
}

#[tokio::test]
async fn an_account_is_kept_in_its_one_spelling_and_announced() {
    let mut customer = Customer::start().await;
    let mut request = create(" Analytical Engines ", "Engines.Example");
    request.account.as_mut().unwrap().industry = "machines".to_owned();

    let created = customer.admin.accounts.create_account(request).await.unwrap().into_inner();

    assert_eq!(
        created,
        Account {
            name: created.name.clone(),
            display_name: "Analytical Engines".to_owned(),
            domain: "engines.example".to_owned(),
            industry: "machines".to_owned(),
            create_time: created.create_time,
            update_time: created.create_time,
            delete_time: None,
            etag: "\"1\"".to_owned(),
        },
    );
    assert_eq!(customer.announced(&created.name).await, [("AccountCreated".to_owned(), 1)]);
}

#[tokio::test]
async fn a_taken_domain_is_refused_and_none_is_free() {
    let mut customer = Customer::start().await;
    let accounts = &mut customer.admin.accounts;
    accounts.create_account(create("Engines", "engines.example")).await.unwrap();

    let taken = accounts.create_account(create("Other", "ENGINES.example")).await;
    let without = accounts.create_account(create("Other", "")).await;
    let without_too = accounts.create_account(create("Another", "")).await;

    assert_eq!(refusal(taken), because(Code::AlreadyExists, "DOMAIN_TAKEN"));
    assert!(without.is_ok() && without_too.is_ok());
}

#[tokio::test]
async fn every_malformed_field_is_named_at_once() {
    let mut customer = Customer::start().await;
    let mut wrong = create(" ", "localhost");
    wrong.account.as_mut().unwrap().industry = "x".repeat(101);
    wrong.request_id = "x".to_owned();

    let refused = customer.admin.accounts.create_account(wrong).await;

    assert_eq!(
        malformed(refused),
        ["request_id", "account.display_name", "account.domain", "account.industry"]
    );
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let accounts = &mut customer.admin.accounts;
    let request = CreateAccountRequest { request_id: request_id(), ..create("Engines", "") };
    let first = accounts.create_account(request.clone()).await.unwrap().into_inner();
    let renamed = Account { display_name: "Looms".to_owned(), ..first.clone() };
    let update = UpdateAccountRequest { account: Some(renamed), ..Default::default() };
    accounts.update_account(update).await.unwrap();

    let again = accounts.create_account(request.clone()).await.unwrap().into_inner();
    let other =
        CreateAccountRequest { request_id: request.request_id, ..create("Engines", "a.example") };
    let refused = accounts.create_account(other).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced_in_all().await, 2);
}
