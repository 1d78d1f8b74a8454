//! `GetContact`: live or deleted, and only by a name.

use proto::customer::v1::GetContactRequest;
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, refusal},
};

fn get(name: &str) -> GetContactRequest {
    GetContactRequest { name: name.to_owned() }
}

#[tokio::test]
async fn a_contact_is_returned_as_it_was_created() {
    let mut customer = Customer::start().await;
    let created = customer.contact(named("Ada")).await;

    let found = customer.admin.contacts.get_contact(get(&created.name)).await.unwrap();

    assert_eq!(found.into_inner(), created);
}

#[tokio::test]
async fn a_deleted_contact_is_still_returned() {
    let mut customer = Customer::start().await;
    let created = customer.contact(named("Ada")).await;
    let deleted = customer.delete(&created.name).await;

    let found = customer.admin.contacts.get_contact(get(&created.name)).await.unwrap();

    assert!(deleted.delete_time.is_some());
    assert_eq!(found.into_inner(), deleted);
}

#[tokio::test]
async fn a_contact_that_never_was_is_not_found() {
    let mut customer = Customer::start().await;

    let refused = customer.admin.contacts.get_contact(get(&nobody("contacts"))).await;

    assert_eq!(refusal(refused), because(Code::NotFound, "CONTACT_NOT_FOUND"));
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let mut customer = Customer::start().await;
    let other_spelling = nobody("contacts").to_uppercase().replace("CONTACTS", "contacts");

    for name in ["contacts/1", "contacts/", &nobody("accounts"), &other_spelling] {
        let refused = customer.admin.contacts.get_contact(get(name)).await;
        assert_eq!(malformed(refused), ["name"], "{name}");
    }
}
