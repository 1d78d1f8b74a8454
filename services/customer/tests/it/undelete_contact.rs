//! `UndeleteContact`: back, unless another took the place meanwhile.

use proto::customer::v1::{ListIdentitiesRequest, UndeleteContactRequest};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, mailed, malformed, named, nobody, openid, refusal, request_id},
};

fn undelete(name: &str) -> UndeleteContactRequest {
    UndeleteContactRequest { name: name.to_owned(), request_id: String::new() }
}

#[tokio::test]
async fn a_deleted_contact_comes_back_without_its_identities() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(mailed("ada@example.com")).await;
    customer.link(&ada.name, openid("oAda")).await;
    customer.delete(&ada.name).await;

    let back = customer.admin.contacts.undelete_contact(undelete(&ada.name)).await.unwrap();

    let back = back.into_inner();
    assert_eq!((back.email.as_str(), back.delete_time), ("ada@example.com", None));
    let list = ListIdentitiesRequest { contact: ada.name.clone(), ..Default::default() };
    let identities = customer.admin.identities.list_identities(list).await.unwrap();
    assert!(identities.into_inner().identities.is_empty());
    let announced = customer.announced(&ada.name).await;
    assert_eq!(announced.last(), Some(&("ContactUndeleted".to_owned(), 4)));
}

#[tokio::test]
async fn an_address_taken_meanwhile_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(mailed("ada@example.com")).await;
    customer.delete(&ada.name).await;
    customer.contact(mailed("ada@example.com")).await;

    let refused = customer.admin.contacts.undelete_contact(undelete(&ada.name)).await;

    assert_eq!(refusal(refused), because(Code::AlreadyExists, "EMAIL_TAKEN"));
    assert_eq!(customer.announced(&ada.name).await.len(), 2);
}

#[tokio::test]
async fn a_live_contact_and_one_that_never_was_are_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;

    let live = customer.admin.contacts.undelete_contact(undelete(&ada.name)).await;
    let unknown = customer.admin.contacts.undelete_contact(undelete(&nobody("contacts"))).await;
    let malformed_name = customer.admin.contacts.undelete_contact(undelete("Ada")).await;

    assert_eq!(refusal(live), because(Code::FailedPrecondition, "CONTACT_NOT_DELETED"));
    assert_eq!(refusal(unknown), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    assert_eq!(malformed(malformed_name), ["name"]);
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_though_the_contact_is_deleted_again() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;
    customer.delete(&ada.name).await;
    let request = UndeleteContactRequest { request_id: request_id(), ..undelete(&ada.name) };
    let first = customer.admin.contacts.undelete_contact(request.clone()).await.unwrap();
    customer.delete(&ada.name).await;

    let again = customer.admin.contacts.undelete_contact(request.clone()).await.unwrap();
    let other = UndeleteContactRequest { name: nobody("contacts"), ..request };
    let refused = customer.admin.contacts.undelete_contact(other).await;

    assert_eq!(again.into_inner(), first.into_inner());
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&ada.name).await.len(), 4);
}
