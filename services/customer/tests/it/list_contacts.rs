//! `ListContacts`: newest first, page by page, narrowed by a filter.

use proto::customer::v1::{Contact, ListContactsRequest};
use tonic::Code;

use crate::{
    harness::{Caller, Customer},
    words::{because, mailed, malformed, named, refusal},
};

fn filtered(filter: &str) -> ListContactsRequest {
    ListContactsRequest { filter: filter.to_owned(), ..Default::default() }
}

fn tagged(tags: &[&str]) -> Contact {
    Contact { tags: tags.iter().map(|tag| tag.to_string()).collect(), ..named("") }
}

async fn names(caller: &mut Caller, request: ListContactsRequest) -> Vec<String> {
    let page = caller.contacts.list_contacts(request).await.unwrap().into_inner();
    page.contacts.into_iter().map(|contact| contact.name).collect()
}

/// Creates so many contacts, and returns their names, newest first.
async fn contacts(customer: &mut Customer, count: usize) -> Vec<String> {
    let mut names = Vec::new();
    for _ in 0..count {
        names.insert(0, customer.contact(named("Ada")).await.name);
    }
    names
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let mut customer = Customer::start().await;
    let expected = contacts(&mut customer, 5).await;

    let (mut found, mut sizes, mut page_token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let request = ListContactsRequest { page_size: 2, page_token, ..Default::default() };
        let page = customer.admin.contacts.list_contacts(request).await.unwrap().into_inner();
        sizes.push(page.contacts.len());
        found.extend(page.contacts.into_iter().map(|contact| contact.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }

    assert_eq!(found, expected);
    assert_eq!(sizes, [2, 2, 1]);
}

#[tokio::test]
async fn a_page_goes_on_where_it_ended_though_contacts_come_and_go() {
    let mut customer = Customer::start().await;
    let expected = contacts(&mut customer, 4).await;
    let first = ListContactsRequest { page_size: 2, ..Default::default() };
    let page = customer.admin.contacts.list_contacts(first).await.unwrap().into_inner();
    customer.contact(named("Newest")).await;
    customer.delete(&expected[1]).await;

    let page_token = page.next_page_token;
    let second = ListContactsRequest { page_size: 50, page_token, ..Default::default() };

    assert_eq!(names(&mut customer.admin, second).await, expected[2..]);
}

#[tokio::test]
async fn a_page_token_of_another_tenant_or_filter_and_garbage_are_refused() {
    let mut customer = Customer::start().await;
    contacts(&mut customer, 2).await;
    let first = ListContactsRequest { page_size: 1, ..Default::default() };
    let page = customer.admin.contacts.list_contacts(first).await.unwrap().into_inner();
    let page_token = page.next_page_token;
    let garbage = "AAAA".repeat(20);

    let next = ListContactsRequest { page_token: page_token.clone(), ..Default::default() };
    let filter = "tag = vip".to_owned();
    let other_filter = ListContactsRequest { filter, ..next.clone() };
    let deleted_too = ListContactsRequest { show_deleted: true, ..next.clone() };
    for request in [
        other_filter,
        deleted_too,
        ListContactsRequest { page_token: garbage, ..Default::default() },
        ListContactsRequest { page_token: "?".to_owned(), ..Default::default() },
    ] {
        let refused = customer.admin.contacts.list_contacts(request).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    }
    let refused = customer.stranger().contacts.list_contacts(next.clone()).await;
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    assert!(customer.admin.contacts.list_contacts(next).await.is_ok());
}

#[tokio::test]
async fn a_negative_page_size_is_refused_and_a_large_one_lowered() {
    let mut customer = Customer::start().await;
    contacts(&mut customer, 3).await;

    let negative = ListContactsRequest { page_size: -1, ..Default::default() };
    let refused = customer.admin.contacts.list_contacts(negative).await;
    let large = ListContactsRequest { page_size: i32::MAX, ..Default::default() };

    assert_eq!(malformed(refused), ["page_size"]);
    assert_eq!(names(&mut customer.admin, large).await.len(), 3);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let mut customer = Customer::start().await;
    let account = customer.account("Analytical Engines").await.name;
    let ada = Contact {
        account: account.clone(),
        language_code: "en".to_owned(),
        tags: vec!["vip".to_owned(), "maths".to_owned()],
        ..mailed("ada@example.com")
    };
    let ada = customer.contact(ada).await.name;
    let grace = Contact { language_code: "zh".to_owned(), ..tagged(&["vip"]) };
    let grace = customer.contact(grace).await.name;

    for (filter, expected) in [
        (format!("account = \"{account}\""), vec![&ada]),
        ("language_code = zh".to_owned(), vec![&grace]),
        ("tag = \"VIP\"".to_owned(), vec![&grace, &ada]),
        ("tag = vip AND tag = maths".to_owned(), vec![&ada]),
        ("email = \"ADA@example.com\"".to_owned(), vec![&ada]),
        ("email = \"ada\"".to_owned(), vec![]),
        ("tag = vip AND language_code = zh".to_owned(), vec![&grace]),
        (String::new(), vec![&grace, &ada]),
    ] {
        let found = names(&mut customer.admin, filtered(&filter)).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_label_is_found_whole_whatever_is_in_it() {
    let mut customer = Customer::start().await;
    let odd = [r#"a","b"#, "100%", "under_score", r"back\slash", "'quoted'", "客户"];
    let mut expected = Vec::new();
    for tag in odd {
        expected.push(customer.contact(tagged(&[tag, "other"])).await.name);
    }
    customer.contact(tagged(&["a", "b", "100 percent", "underXscore", "backslash"])).await;

    for (tag, expected) in odd.iter().zip(&expected) {
        let filter = format!("tag = \"{}\"", tag.replace('\\', r"\\").replace('"', "\\\""));
        let found = names(&mut customer.admin, filtered(&filter)).await;
        assert_eq!(found, std::slice::from_ref(expected), "{tag}");
    }
    for part in ["%", "_", "score", ","] {
        let filter = format!("tag = \"{part}\"");
        assert!(names(&mut customer.admin, filtered(&filter)).await.is_empty(), "{part}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused() {
    let mut customer = Customer::start().await;

    for filter in [
        "tenant = x",
        "phone = x",
        "tag",
        "tag : vip",
        "tag != vip",
        "account = \"Ada\"",
        "language_code = en AND language_code = zh",
        "tag = vip OR tag = new",
    ] {
        let refused = customer.admin.contacts.list_contacts(filtered(filter)).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "FILTER_INVALID"), "{filter}");
    }
}

#[tokio::test]
async fn deleted_contacts_are_listed_only_when_asked_for() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    customer.delete(&ada).await;

    let live = names(&mut customer.admin, ListContactsRequest::default()).await;
    let all = ListContactsRequest { show_deleted: true, ..Default::default() };
    let all = names(&mut customer.admin, all).await;

    assert_eq!(live, std::slice::from_ref(&grace));
    assert_eq!(all, [grace, ada]);
}
