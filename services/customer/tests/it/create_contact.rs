//! `CreateContact`: what is kept, what is refused, and that a repetition creates nothing.

use proto::customer::v1::{Contact, CreateContactRequest, GetContactRequest, UpdateContactRequest};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, mailed, malformed, named, nobody, refusal, request_id},
};

fn create(contact: Contact) -> CreateContactRequest {
    CreateContactRequest { contact: Some(contact), request_id: String::new() }
}

#[tokio::test]
async fn a_contact_is_kept_in_its_one_spelling_and_announced() {
    let mut customer = Customer::start().await;
    let account = customer.account("Analytical Engines").await;
    let wanted = Contact {
        display_name: " Ada Lovelace ".to_owned(),
        email: " Ada@Example.com ".to_owned(),
        phone: "+86 138-0013-8000".to_owned(),
        language_code: "en-GB".to_owned(),
        account: account.name.clone(),
        tags: vec!["VIP".to_owned(), "new".to_owned(), " vip".to_owned()],
        ..Default::default()
    };

    let created =
        customer.admin.contacts.create_contact(create(wanted)).await.unwrap().into_inner();

    assert_eq!(
        created,
        Contact {
            name: created.name.clone(),
            display_name: "Ada Lovelace".to_owned(),
            email: "ada@example.com".to_owned(),
            phone: "+8613800138000".to_owned(),
            language_code: "en-GB".to_owned(),
            account: account.name,
            tags: vec!["new".to_owned(), "vip".to_owned()],
            create_time: created.create_time,
            update_time: created.create_time,
            delete_time: None,
            etag: "\"1\"".to_owned(),
        },
    );
    assert!(created.create_time.is_some());
    assert_eq!(customer.announced(&created.name).await, [("ContactCreated".to_owned(), 1)]);
}

#[tokio::test]
async fn what_the_service_decides_is_not_taken_from_the_caller() {
    let mut customer = Customer::start().await;
    let theirs = Contact { name: nobody("contacts"), etag: "\"9\"".to_owned(), ..named("Ada") };

    let created = customer.contact(theirs.clone()).await;

    assert_ne!(created.name, theirs.name);
    assert_eq!(created.etag, "\"1\"");
}

#[tokio::test]
async fn a_taken_address_is_refused_and_nothing_is_announced() {
    let mut customer = Customer::start().await;
    customer.contact(mailed("ada@example.com")).await;

    let second = customer.admin.contacts.create_contact(create(mailed("ADA@example.com"))).await;

    assert_eq!(refusal(second), because(Code::AlreadyExists, "EMAIL_TAKEN"));
    assert_eq!(customer.announced_in_all().await, 1);
}

#[tokio::test]
async fn any_number_of_contacts_have_no_address() {
    let mut customer = Customer::start().await;

    let first = customer.contact(named("")).await;
    let second = customer.contact(named("")).await;

    assert_ne!(first.name, second.name);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_refused() {
    let mut customer = Customer::start().await;
    let of_nobody = Contact { account: nobody("accounts"), ..named("Ada") };

    let refused = customer.admin.contacts.create_contact(create(of_nobody)).await;

    assert_eq!(refusal(refused), because(Code::NotFound, "ACCOUNT_NOT_FOUND"));
}

#[tokio::test]
async fn every_malformed_field_is_named_at_once() {
    let mut customer = Customer::start().await;
    let wrong = Contact {
        display_name: "字".repeat(201),
        email: "ada@localhost".to_owned(),
        phone: "13800138000".to_owned(),
        language_code: "中文".to_owned(),
        account: "companies/1".to_owned(),
        tags: vec![String::new()],
        ..Default::default()
    };
    let request = CreateContactRequest { contact: Some(wrong), request_id: "first".to_owned() };

    let refused = customer.admin.contacts.create_contact(request).await;

    assert_eq!(
        malformed(refused),
        [
            "request_id",
            "contact.display_name",
            "contact.email",
            "contact.phone",
            "contact.language_code",
            "contact.account",
            "contact.tags"
        ],
    );
}

#[tokio::test]
async fn what_is_too_much_or_cannot_be_stored_is_refused() {
    let mut customer = Customer::start().await;
    let too_many = Contact { tags: (0..51).map(|it| it.to_string()).collect(), ..named("") };
    let too_long = Contact { tags: vec!["x".repeat(65)], ..named("") };

    for (wrong, field) in [
        (too_many, "contact.tags"),
        (too_long, "contact.tags"),
        (named("A\0da"), "contact.display_name"),
        (mailed(&format!("{}@example.com", "a".repeat(250))), "contact.email"),
    ] {
        let refused = customer.admin.contacts.create_contact(create(wrong)).await;
        assert_eq!(malformed(refused), [field]);
    }
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_though_the_contact_has_changed() {
    let mut customer = Customer::start().await;
    let request =
        CreateContactRequest { contact: Some(mailed("ada@example.com")), request_id: request_id() };
    let contacts = &mut customer.admin.contacts;
    let first = contacts.create_contact(request.clone()).await.unwrap().into_inner();
    let renamed = Contact { display_name: "Ada".to_owned(), ..first.clone() };
    let update = UpdateContactRequest { contact: Some(renamed), ..Default::default() };
    contacts.update_contact(update).await.unwrap();

    let again = contacts.create_contact(request).await.unwrap().into_inner();

    assert_eq!(again, first);
    let get = GetContactRequest { name: first.name.clone() };
    assert_eq!(contacts.get_contact(get).await.unwrap().into_inner().display_name, "Ada");
    let kinds = ["ContactCreated", "ContactUpdated"].map(str::to_owned);
    assert_eq!(
        customer.announced(&first.name).await,
        kinds.into_iter().zip(1..).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_request_id_with_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let mut request =
        CreateContactRequest { contact: Some(named("Ada")), request_id: request_id() };
    customer.admin.contacts.create_contact(request.clone()).await.unwrap();
    request.contact = Some(named("Grace"));

    let refused = customer.admin.contacts.create_contact(request).await;

    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn a_refused_request_leaves_its_id_free() {
    let mut customer = Customer::start().await;
    let taken = customer.contact(mailed("ada@example.com")).await;
    let request =
        CreateContactRequest { contact: Some(mailed("ada@example.com")), request_id: request_id() };
    let refused = customer.admin.contacts.create_contact(request.clone()).await;
    assert_eq!(refusal(refused), because(Code::AlreadyExists, "EMAIL_TAKEN"));
    customer.delete(&taken.name).await;

    let created = customer.admin.contacts.create_contact(request).await.unwrap().into_inner();

    assert_ne!(created.name, taken.name);
}

#[tokio::test]
async fn of_sixteen_who_create_one_address_at_once_one_succeeds() {
    let customer = Customer::start().await;
    let attempts = (0..16).map(|_| {
        let mut contacts = customer.admin.contacts.clone();
        tokio::spawn(
            async move { contacts.create_contact(create(mailed("ada@example.com"))).await },
        )
    });

    let mut created = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => created += 1,
            refused => assert_eq!(refusal(refused), because(Code::AlreadyExists, "EMAIL_TAKEN")),
        }
    }

    assert_eq!(created, 1);
    assert_eq!(customer.announced_in_all().await, 1);
}

#[tokio::test]
async fn sixteen_repetitions_at_once_are_one_contact_and_one_answer() {
    let customer = Customer::start().await;
    let request = CreateContactRequest { contact: Some(named("Ada")), request_id: request_id() };
    let attempts = (0..16).map(|_| {
        let (mut contacts, request) = (customer.admin.contacts.clone(), request.clone());
        tokio::spawn(async move { contacts.create_contact(request).await.unwrap().into_inner() })
    });

    let mut answers = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        answers.push(attempt.await.unwrap());
    }

    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(customer.announced_in_all().await, 1);
}
