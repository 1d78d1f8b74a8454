//! `DeleteContact`: softly, and what was the contact's becomes free.

use proto::customer::v1::{
    DeleteContactRequest, ResolveIdentityRequest, UpsertContactByIdentityRequest,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, mailed, malformed, named, nobody, openid, refusal, request_id},
};

fn delete(name: &str) -> DeleteContactRequest {
    DeleteContactRequest { name: name.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_deleted_contact_frees_its_address_and_its_identities() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(mailed("ada@example.com")).await;
    customer.link(&ada.name, openid("oAda")).await;

    let deleted = customer.admin.contacts.delete_contact(delete(&ada.name)).await.unwrap();

    assert!(deleted.into_inner().delete_time.is_some());
    let resolve = ResolveIdentityRequest { key: Some(openid("oAda")) };
    let gone = customer.admin.identities.resolve_identity(resolve).await;
    assert_eq!(refusal(gone), because(Code::NotFound, "IDENTITY_NOT_FOUND"));
    let successor = customer.contact(mailed("ada@example.com")).await;
    let upsert = UpsertContactByIdentityRequest { key: Some(openid("oAda")), ..Default::default() };
    let met = customer.admin.identities.upsert_contact_by_identity(upsert).await.unwrap();
    assert!(met.get_ref().created);
    assert_ne!(met.into_inner().contact.unwrap().name, successor.name);
    let announced = customer.announced(&ada.name).await;
    assert_eq!(announced.last(), Some(&("ContactDeleted".to_owned(), 3)));
}

#[tokio::test]
async fn a_contact_is_deleted_once() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;
    customer.delete(&ada.name).await;

    for name in [ada.name.clone(), nobody("contacts")] {
        let refused = customer.admin.contacts.delete_contact(delete(&name)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    }
    assert_eq!(customer.announced(&ada.name).await.len(), 2);
}

#[tokio::test]
async fn an_etag_that_is_not_the_present_one_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;
    let stale = DeleteContactRequest { etag: "\"2\"".to_owned(), ..delete(&ada.name) };
    let present = DeleteContactRequest { etag: ada.etag, ..delete(&ada.name) };

    let refused = customer.admin.contacts.delete_contact(stale).await;
    let deleted = customer.admin.contacts.delete_contact(present).await;

    assert_eq!(refusal(refused), because(Code::Aborted, "CONTACT_CHANGED"));
    assert!(deleted.is_ok());
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;
    let request = DeleteContactRequest { request_id: request_id(), ..delete(&ada.name) };
    let contacts = &mut customer.admin.contacts;
    let first = contacts.delete_contact(request.clone()).await.unwrap().into_inner();

    let again = contacts.delete_contact(request.clone()).await.unwrap().into_inner();
    let other = DeleteContactRequest { etag: ada.etag, ..request };
    let refused = contacts.delete_contact(other).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let mut customer = Customer::start().await;
    let request = DeleteContactRequest { request_id: "x".to_owned(), ..delete("contacts/1") };

    let refused = customer.admin.contacts.delete_contact(request).await;

    assert_eq!(malformed(refused), ["request_id", "name"]);
}
