//! `UpsertContactByIdentity`: one contact per identity, whoever asks first and however many ask.

use std::collections::BTreeSet;

use proto::customer::v1::{
    Channel, DeleteContactRequest, IdentityKey, UnlinkIdentityRequest,
    UpsertContactByIdentityRequest,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, openid, refusal, request_id},
};

fn upsert(key: IdentityKey) -> UpsertContactByIdentityRequest {
    UpsertContactByIdentityRequest {
        key: Some(key),
        display_name: "Ada".to_owned(),
        language_code: "en".to_owned(),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn who_was_never_met_becomes_a_contact_with_an_identity() {
    let mut customer = Customer::start().await;

    let met = customer.admin.identities.upsert_contact_by_identity(upsert(openid("oAda"))).await;

    let met = met.unwrap().into_inner();
    let contact = met.contact.unwrap();
    assert!(met.created && met.identity.starts_with(&format!("{}/identities/", contact.name)));
    assert_eq!((contact.display_name.as_str(), contact.language_code.as_str()), ("Ada", "en"));
    assert_eq!(contact.etag, "\"2\"");
    let expected = [("ContactCreated".to_owned(), 1), ("IdentityLinked".to_owned(), 2)];
    assert_eq!(customer.announced(&contact.name).await, expected);
}

#[tokio::test]
async fn who_was_met_before_is_found_and_left_as_they_are() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Augusta")).await;
    let linked = customer.link(&ada.name, openid("oAda")).await;

    let met = customer.admin.identities.upsert_contact_by_identity(upsert(openid("oAda"))).await;

    let met = met.unwrap().into_inner();
    let contact = met.contact.unwrap();
    assert_eq!((met.created, &met.identity, &contact.name), (false, &linked.name, &ada.name));
    assert_eq!(contact.display_name, "Augusta");
    assert_eq!(customer.announced(&ada.name).await.len(), 2);
}

#[tokio::test]
async fn one_id_on_two_channels_or_in_two_realms_is_two_people() {
    let mut customer = Customer::start().await;
    let here = openid("1");
    let elsewhere = IdentityKey { realm: "wx0000000000000002".to_owned(), ..here.clone() };
    let other_channel = IdentityKey { channel: Channel::Telegram.into(), ..here.clone() };

    let mut contacts = BTreeSet::new();
    for key in [here, elsewhere, other_channel] {
        let met = customer.admin.identities.upsert_contact_by_identity(upsert(key)).await.unwrap();
        contacts.insert(met.into_inner().contact.unwrap().name);
    }

    assert_eq!(contacts.len(), 3);
}

#[tokio::test]
async fn an_address_in_another_spelling_or_realm_is_the_same_person() {
    let mut customer = Customer::start().await;
    let address = |realm: &str, external_id: &str| IdentityKey {
        channel: Channel::Email.into(),
        realm: realm.to_owned(),
        external_id: external_id.to_owned(),
    };
    let identities = &mut customer.admin.identities;

    let first = identities.upsert_contact_by_identity(upsert(address("", "ada@example.com"))).await;
    let second =
        identities.upsert_contact_by_identity(upsert(address("shop", " Ada@Example.com"))).await;

    let (first, second) = (first.unwrap().into_inner(), second.unwrap().into_inner());
    assert_eq!((first.identity, second.created), (second.identity, false));
}

#[tokio::test]
async fn sixteen_at_once_with_one_key_make_one_contact() {
    let customer = Customer::start().await;
    let callers = (0..16).map(|_| {
        let mut identities = customer.admin.identities.clone();
        let request =
            UpsertContactByIdentityRequest { request_id: request_id(), ..upsert(openid("oAda")) };
        tokio::spawn(async move { identities.upsert_contact_by_identity(request).await.unwrap() })
    });

    let (mut contacts, mut created) = (BTreeSet::new(), 0);
    for caller in callers.collect::<Vec<_>>() {
        let met = caller.await.unwrap().into_inner();
        contacts.insert(met.contact.unwrap().name);
        created += usize::from(met.created);
    }

    assert_eq!((contacts.len(), created), (1, 1));
    assert_eq!(customer.announced_in_all().await, 2);
    let expected = [("ContactCreated".to_owned(), 1), ("IdentityLinked".to_owned(), 2)];
    assert_eq!(customer.announced(contacts.first().unwrap()).await, expected);
}

#[tokio::test]
async fn whoever_is_met_while_being_deleted_is_somebody_live_each_time() {
    const CALLERS: usize = 8;
    const ROUNDS: usize = 10;
    let customer = Customer::start().await;
    let callers = (0..CALLERS).map(|caller| {
        let mut admin = customer.admin.clone();
        tokio::spawn(async move {
            let mut met = BTreeSet::new();
            for _ in 0..ROUNDS {
                let answer =
                    admin.identities.upsert_contact_by_identity(upsert(openid("oAda"))).await;
                let contact = answer.unwrap().into_inner().contact.unwrap();
                assert_eq!(contact.delete_time, None);
                if caller % 2 == 0 {
                    let name = contact.name.clone();
                    let delete = DeleteContactRequest { name, ..Default::default() };
                    if let Err(refused) = admin.contacts.delete_contact(delete).await {
                        assert_eq!(refused.code(), Code::NotFound);
                    }
                }
                met.insert(contact.name);
            }
            met
        })
    });

    let mut met = BTreeSet::new();
    for caller in callers.collect::<Vec<_>>() {
        met.extend(caller.await.unwrap());
    }

    for contact in &met {
        let versions: Vec<u64> =
            customer.announced(contact).await.into_iter().map(|(_, version)| version).collect();
        assert_eq!(versions, (1..=versions.len() as u64).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_though_the_identity_is_gone() {
    let mut customer = Customer::start().await;
    let request =
        UpsertContactByIdentityRequest { request_id: request_id(), ..upsert(openid("oAda")) };
    let identities = &mut customer.admin.identities;
    let first = identities.upsert_contact_by_identity(request.clone()).await.unwrap().into_inner();
    let unlink = UnlinkIdentityRequest { name: first.identity.clone(), ..Default::default() };
    identities.unlink_identity(unlink).await.unwrap();

    let again = identities.upsert_contact_by_identity(request.clone()).await.unwrap().into_inner();
    let other = UpsertContactByIdentityRequest { display_name: "Grace".to_owned(), ..request };
    let refused = identities.upsert_contact_by_identity(other).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn every_malformed_field_is_named_at_once() {
    let mut customer = Customer::start().await;
    let key = IdentityKey {
        channel: Channel::Shop.into(),
        realm: "x".repeat(129),
        external_id: String::new(),
    };
    let wrong = UpsertContactByIdentityRequest {
        key: Some(key),
        display_name: "x".repeat(201),
        language_code: "?".to_owned(),
        request_id: "x".to_owned(),
    };

    let refused = customer.admin.identities.upsert_contact_by_identity(wrong).await;

    assert_eq!(
        malformed(refused),
        ["request_id", "key.realm", "key.external_id", "display_name", "language_code"]
    );
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let mut customer = Customer::start().await;
    let long = IdentityKey { external_id: "x".repeat(257), ..openid("") };
    let no_channel = IdentityKey { channel: 0, ..openid("oAda") };
    let unknown_channel = IdentityKey { channel: 99, ..openid("oAda") };
    let long_realm = IdentityKey { realm: "x".repeat(129), ..openid("oAda") };

    for (key, field) in [
        (openid(""), "key.external_id"),
        (openid("a\0"), "key.external_id"),
        (long, "key.external_id"),
        (no_channel, "key.channel"),
        (unknown_channel, "key.channel"),
        (long_realm, "key.realm"),
    ] {
        let refused = customer.admin.identities.upsert_contact_by_identity(upsert(key)).await;
        assert_eq!(malformed(refused), [field]);
    }
}
