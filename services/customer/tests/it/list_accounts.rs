//! `ListAccounts`: live ones, newest first, page by page, narrowed by a filter.

use proto::customer::v1::{Account, CreateAccountRequest, ListAccountsRequest};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, refusal},
};

async fn account(customer: &mut Customer, domain: &str, industry: &str) -> String {
    let account = Account {
        display_name: "Engines".to_owned(),
        domain: domain.to_owned(),
        industry: industry.to_owned(),
        ..Default::default()
    };
    let request = CreateAccountRequest { account: Some(account), ..Default::default() };
    customer.admin.accounts.create_account(request).await.unwrap().into_inner().name
}

#[tokio::test]
async fn the_second_page_goes_on_where_the_first_ended_without_deleted_ones() {
    let mut customer = Customer::start().await;
    let mut expected = Vec::new();
    for _ in 0..4 {
        expected.insert(0, account(&mut customer, "", "").await);
    }
    customer.delete_account(&expected.remove(1)).await;

    let first = ListAccountsRequest { page_size: 2, ..Default::default() };
    let first = customer.admin.accounts.list_accounts(first).await.unwrap().into_inner();
    let page_token = first.next_page_token;
    let second = ListAccountsRequest { page_token, ..Default::default() };
    let second = customer.admin.accounts.list_accounts(second).await.unwrap().into_inner();

    let names = |accounts: Vec<Account>| accounts.into_iter().map(|it| it.name).collect::<Vec<_>>();
    assert_eq!(names(first.accounts), expected[..2]);
    assert_eq!(names(second.accounts), expected[2..]);
    assert_eq!(second.next_page_token, "");
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let mut customer = Customer::start().await;
    let engines = account(&mut customer, "engines.example", "machines").await;
    let looms = account(&mut customer, "", "machines").await;

    for (filter, expected) in [
        ("domain = \"Engines.example\"", vec![&engines]),
        ("industry = \"machines\"", vec![&looms, &engines]),
        ("industry = machines AND domain = engines.example", vec![&engines]),
        ("industry = retail", vec![]),
    ] {
        let request = ListAccountsRequest { filter: filter.to_owned(), ..Default::default() };
        let page = customer.admin.accounts.list_accounts(request).await.unwrap().into_inner();
        let names: Vec<_> = page.accounts.iter().map(|account| &account.name).collect();
        assert_eq!(names, expected, "{filter}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused() {
    let mut customer = Customer::start().await;

    for filter in ["display_name = x", "industry > x", "industry = a AND industry = b"] {
        let request = ListAccountsRequest { filter: filter.to_owned(), ..Default::default() };
        let refused = customer.admin.accounts.list_accounts(request).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "FILTER_INVALID"), "{filter}");
    }
}

#[tokio::test]
async fn a_page_token_of_another_tenant_or_filter_and_garbage_are_refused() {
    let mut customer = Customer::start().await;
    for _ in 0..2 {
        account(&mut customer, "", "").await;
    }
    let first = ListAccountsRequest { page_size: 1, ..Default::default() };
    let first = customer.admin.accounts.list_accounts(first).await.unwrap().into_inner();
    let next = ListAccountsRequest { page_token: first.next_page_token, ..Default::default() };

    let stranger = customer.stranger().accounts.list_accounts(next.clone()).await;
    let filter = "industry = x".to_owned();
    let filtered = ListAccountsRequest { filter, ..next };
    let filtered = customer.admin.accounts.list_accounts(filtered).await;
    let garbage = ListAccountsRequest { page_token: "x".to_owned(), ..Default::default() };
    let garbage = customer.admin.accounts.list_accounts(garbage).await;
    let negative = ListAccountsRequest { page_size: -1, ..Default::default() };
    let negative = customer.admin.accounts.list_accounts(negative).await;

    for refused in [stranger, filtered, garbage] {
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    }
    assert_eq!(malformed(negative), ["page_size"]);
}
