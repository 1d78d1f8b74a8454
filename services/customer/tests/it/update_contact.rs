//! `UpdateContact`: the mask, the etag, and many writers at once.

use prost_types::FieldMask;
use proto::customer::v1::{Contact, ContactUpdated, GetContactRequest, UpdateContactRequest};
use tonic::Code;

use crate::{
    harness::{Caller, Customer},
    words::{because, mailed, malformed, named, nobody, refusal, request_id},
};

fn update(contact: Contact, mask: &[&str]) -> UpdateContactRequest {
    let paths = mask.iter().map(|path| path.to_string()).collect();
    UpdateContactRequest {
        contact: Some(contact),
        update_mask: Some(FieldMask { paths }),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn only_the_masked_fields_change_and_the_event_names_them() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(Contact { tags: vec!["vip".to_owned()], ..named("Ada") }).await;
    let wanted = Contact {
        name: ada.name.clone(),
        display_name: "Augusta".to_owned(),
        email: "not looked at".to_owned(),
        ..Default::default()
    };

    let updated = customer.admin.contacts.update_contact(update(wanted, &["display_name"])).await;

    let updated = updated.unwrap().into_inner();
    assert_eq!((updated.display_name.as_str(), updated.email.as_str()), ("Augusta", ""));
    assert_eq!((&updated.tags, updated.etag.as_str()), (&ada.tags, "\"2\""));
    assert_eq!(updated.create_time, ada.create_time);
    let announced = customer.announced(&ada.name).await;
    assert_eq!(announced[1..], [("ContactUpdated".to_owned(), 2)]);
    let event: ContactUpdated = customer.last(&ada.name).await;
    assert_eq!(event.changed_fields, ["display_name"]);
}

#[tokio::test]
async fn without_a_mask_everything_is_replaced() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(mailed("ada@example.com")).await;
    let wanted = Contact { name: ada.name, language_code: "en".to_owned(), ..named("Ada") };
    let request = UpdateContactRequest { contact: Some(wanted), ..Default::default() };

    let updated = customer.admin.contacts.update_contact(request).await.unwrap().into_inner();

    assert_eq!((updated.email.as_str(), updated.language_code.as_str()), ("", "en"));
}

#[tokio::test]
async fn changing_nothing_announces_nothing() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;

    let updated = customer.admin.contacts.update_contact(update(ada.clone(), &[])).await.unwrap();

    assert_eq!(updated.into_inner(), ada);
    assert_eq!(customer.announced(&ada.name).await.len(), 1);
}

#[tokio::test]
async fn a_mask_with_a_field_that_is_not_there_or_not_the_callers_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;

    for path in ["nickname", "create_time", "delete_time", "name", "etag", ""] {
        let request = update(ada.clone(), &["display_name", path]);
        let refused = customer.admin.contacts.update_contact(request).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "MASK_PATH_UNKNOWN"), "{path}");
    }
}

#[tokio::test]
async fn every_malformed_field_of_the_mask_is_named_at_once() {
    let mut customer = Customer::start().await;
    let wrong = Contact {
        name: "contacts/1".to_owned(),
        email: "ada".to_owned(),
        phone: "not looked at".to_owned(),
        tags: vec!["\n".to_owned()],
        ..Default::default()
    };
    let request = update(wrong, &["email", "tags"]);

    let refused = customer.admin.contacts.update_contact(request).await;

    assert_eq!(malformed(refused), ["contact.name", "contact.email", "contact.tags"]);
}

#[tokio::test]
async fn an_etag_that_is_not_the_present_one_is_refused() {
    let mut customer = Customer::start().await;
    let seen = customer.contact(named("Ada")).await;
    let first = Contact { display_name: "Augusta".to_owned(), ..seen.clone() };
    let second = Contact { display_name: "Countess".to_owned(), ..seen.clone() };
    customer.admin.contacts.update_contact(update(first, &["display_name"])).await.unwrap();

    for etag in [seen.etag.as_str(), "\"3\"", "2", "*"] {
        let request = Contact { etag: etag.to_owned(), ..second.clone() };
        let refused =
            customer.admin.contacts.update_contact(update(request, &["display_name"])).await;
        assert_eq!(refusal(refused), because(Code::Aborted, "CONTACT_CHANGED"), "{etag}");
    }
}

#[tokio::test]
async fn a_taken_address_is_refused() {
    let mut customer = Customer::start().await;
    customer.contact(mailed("ada@example.com")).await;
    let grace = customer.contact(mailed("grace@example.com")).await;
    let wanted = Contact { email: "ada@example.com".to_owned(), ..grace };

    let refused = customer.admin.contacts.update_contact(update(wanted, &["email"])).await;

    assert_eq!(refusal(refused), because(Code::AlreadyExists, "EMAIL_TAKEN"));
}

#[tokio::test]
async fn an_address_given_up_is_free() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(mailed("ada@example.com")).await;
    let without = Contact { email: String::new(), ..ada };
    customer.admin.contacts.update_contact(update(without, &["email"])).await.unwrap();

    let successor = customer.contact(mailed("ada@example.com")).await;

    assert_eq!(successor.email, "ada@example.com");
}

#[tokio::test]
async fn a_contact_that_is_not_there_or_deleted_cannot_be_changed() {
    let mut customer = Customer::start().await;
    let deleted = customer.contact(named("Ada")).await;
    customer.delete(&deleted.name).await;

    for name in [nobody("contacts"), deleted.name] {
        let wanted = Contact { name, ..named("Grace") };
        let refused = customer.admin.contacts.update_contact(update(wanted, &[])).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    }
}

#[tokio::test]
async fn only_another_account_has_to_be_there() {
    let mut customer = Customer::start().await;
    let account = customer.account("Analytical Engines").await;
    let ada = customer.contact(Contact { account: account.name.clone(), ..named("Ada") }).await;
    customer.delete_account(&account.name).await;

    let renamed = Contact { display_name: "Augusta".to_owned(), ..ada.clone() };
    let kept = customer.admin.contacts.update_contact(update(renamed, &[])).await.unwrap();
    let moved = Contact { account: nobody("accounts"), etag: String::new(), ..ada };
    let refused = customer.admin.contacts.update_contact(update(moved, &["account"])).await;

    assert_eq!(kept.into_inner().account, account.name);
    assert_eq!(refusal(refused), because(Code::NotFound, "ACCOUNT_NOT_FOUND"));
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;
    let contacts = &mut customer.admin.contacts;
    let renamed = Contact { display_name: "Augusta".to_owned(), ..ada.clone() };
    let request = UpdateContactRequest { request_id: request_id(), ..update(renamed, &[]) };
    let first = contacts.update_contact(request.clone()).await.unwrap().into_inner();
    let later = Contact { etag: String::new(), ..named("Countess") };
    let later = Contact { name: ada.name.clone(), ..later };
    contacts.update_contact(update(later, &["display_name"])).await.unwrap();

    let again = contacts.update_contact(request.clone()).await.unwrap().into_inner();
    let other = UpdateContactRequest { update_mask: None, ..request };
    let refused = contacts.update_contact(other).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&ada.name).await.len(), 3);
}

#[tokio::test]
async fn sixteen_writers_with_etags_lose_no_update() {
    const WRITERS: usize = 16;
    const UPDATES: usize = 20;
    let mut customer = Customer::start().await;
    let counter = customer.contact(named("0")).await;

    let writers = (0..WRITERS).map(|_| {
        let (caller, name) = (customer.admin.clone(), counter.name.clone());
        tokio::spawn(async move { count_up(caller, &name, UPDATES).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }

    let get = GetContactRequest { name: counter.name.clone() };
    let counted = customer.admin.contacts.get_contact(get).await.unwrap().into_inner();
    assert_eq!(counted.display_name, (WRITERS * UPDATES).to_string());
    let versions: Vec<u64> =
        customer.announced(&counter.name).await.into_iter().map(|(_, version)| version).collect();
    assert_eq!(versions, (1..=1 + (WRITERS * UPDATES) as u64).collect::<Vec<_>>());
}

/// Reads and writes one more, again and again, until so many writes have succeeded.
async fn count_up(mut caller: Caller, name: &str, updates: usize) {
    let mut succeeded = 0;
    while succeeded < updates {
        let get = GetContactRequest { name: name.to_owned() };
        let mut contact = caller.contacts.get_contact(get).await.unwrap().into_inner();
        let count: usize = contact.display_name.parse().unwrap();
        contact.display_name = (count + 1).to_string();
        match caller.contacts.update_contact(update(contact, &["display_name"])).await {
            Ok(_) => succeeded += 1,
            refused => assert_eq!(refusal(refused), because(Code::Aborted, "CONTACT_CHANGED")),
        }
    }
}
