//! `LinkIdentity`: a key belongs to one live contact of a tenant at most.

use proto::customer::v1::{
    Channel, Identity, IdentityKey, IdentityLinked, LinkIdentityRequest, UnlinkIdentityRequest,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, openid, refusal, request_id},
};

fn link(contact: &str, key: IdentityKey) -> LinkIdentityRequest {
    LinkIdentityRequest { contact: contact.to_owned(), key: Some(key), request_id: String::new() }
}

#[tokio::test]
async fn an_identity_is_kept_under_its_contact_and_announced_without_its_key() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;

    let identity = customer.admin.identities.link_identity(link(&ada, openid("oAda"))).await;

    let identity = identity.unwrap().into_inner();
    assert_eq!(
        identity,
        Identity {
            name: identity.name.clone(),
            contact: ada.clone(),
            key: Some(openid("oAda")),
            link_time: identity.link_time,
        },
    );
    assert!(identity.name.starts_with(&format!("{ada}/identities/")));
    let announced = customer.announced(&ada).await;
    assert_eq!(announced[1..], [("IdentityLinked".to_owned(), 2)]);
    let event: IdentityLinked = customer.last(&ada).await;
    assert_eq!((event.identity.as_str(), event.channel()), (&*identity.name, Channel::Wechat));
}

#[tokio::test]
async fn linking_it_again_to_the_same_contact_changes_nothing() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let first = customer.link(&ada, openid("oAda")).await;

    let second = customer.link(&ada, openid("oAda")).await;

    assert_eq!(second, first);
    assert_eq!(customer.announced(&ada).await.len(), 2);
}

#[tokio::test]
async fn an_identity_of_another_live_contact_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    customer.link(&ada, openid("oAda")).await;

    let refused = customer.admin.identities.link_identity(link(&grace, openid("oAda"))).await;
    customer.delete(&ada).await;
    let taken_over = customer.admin.identities.link_identity(link(&grace, openid("oAda"))).await;

    assert_eq!(refusal(refused), because(Code::AlreadyExists, "IDENTITY_TAKEN"));
    assert_eq!(taken_over.unwrap().into_inner().contact, grace);
}

#[tokio::test]
async fn a_contact_that_is_not_there_or_deleted_gets_no_identity() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    customer.delete(&ada).await;

    for contact in [ada, nobody("contacts")] {
        let refused = customer.admin.identities.link_identity(link(&contact, openid("o"))).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    }
}

#[tokio::test]
async fn of_sixteen_contacts_that_claim_one_identity_at_once_one_gets_it() {
    let mut customer = Customer::start().await;
    let mut claims = Vec::new();
    for _ in 0..16 {
        let contact = customer.contact(named("Ada")).await.name;
        let mut identities = customer.admin.identities.clone();
        claims.push(async move { identities.link_identity(link(&contact, openid("oAda"))).await });
    }

    let mut linked = 0;
    for claim in claims.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
        match claim.await.unwrap() {
            Ok(_) => linked += 1,
            refused => assert_eq!(refusal(refused), because(Code::AlreadyExists, "IDENTITY_TAKEN")),
        }
    }

    assert_eq!(linked, 1);
    assert_eq!(customer.announced_in_all().await, 17);
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let request = LinkIdentityRequest { request_id: request_id(), ..link(&ada, openid("oAda")) };
    let identities = &mut customer.admin.identities;
    let first = identities.link_identity(request.clone()).await.unwrap().into_inner();
    let unlink = UnlinkIdentityRequest { name: first.name.clone(), ..Default::default() };
    identities.unlink_identity(unlink).await.unwrap();

    let again = identities.link_identity(request.clone()).await.unwrap().into_inner();
    let other = LinkIdentityRequest { key: Some(openid("oGrace")), ..request };
    let refused = identities.link_identity(other).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&ada).await.len(), 3);
}

#[tokio::test]
async fn every_malformed_field_is_named_at_once() {
    let mut customer = Customer::start().await;
    let wrong = LinkIdentityRequest { request_id: "x".to_owned(), ..link("Ada", openid(" ")) };

    let refused = customer.admin.identities.link_identity(wrong).await;

    assert_eq!(malformed(refused), ["request_id", "contact", "key.external_id"]);
}
