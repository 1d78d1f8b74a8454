//! What the others hear: every event once, in order, under the key of its aggregate.

use proto::customer::v1::{
    Contact, ContactCreated, ContactUpdated, GetContactRequest, UndeleteContactRequest,
    UpdateContactRequest,
};

use crate::{
    harness::Customer,
    words::{named, openid},
};

#[tokio::test]
async fn the_life_of_a_contact_is_told_in_order_without_gap() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    customer.link(&ada, openid("oAda")).await;
    customer.delete(&ada).await;
    let undelete = UndeleteContactRequest { name: ada.clone(), ..Default::default() };
    customer.admin.contacts.undelete_contact(undelete).await.unwrap();

    let announced = customer.announced(&ada).await;

    let kinds = ["ContactCreated", "IdentityLinked", "ContactDeleted", "ContactUndeleted"];
    let expected: Vec<_> = kinds.map(str::to_owned).into_iter().zip(1..).collect();
    assert_eq!(announced, expected);
    let get = GetContactRequest { name: ada };
    let etag = customer.admin.contacts.get_contact(get).await.unwrap().into_inner().etag;
    assert_eq!(etag, "\"4\"");
}

#[tokio::test]
async fn an_event_says_what_others_may_know() {
    let mut customer = Customer::start().await;
    let account = customer.account("Engines").await.name;
    let ada = Contact { account: account.clone(), language_code: "en".to_owned(), ..named("Ada") };
    let ada = customer.contact(ada).await;
    let changed = Contact { language_code: "zh".to_owned(), account: String::new(), ..ada.clone() };
    let update = UpdateContactRequest { contact: Some(changed), ..Default::default() };
    customer.admin.contacts.update_contact(update).await.unwrap();

    let created: ContactCreated = customer.last(&ada.name).await;
    let updated: ContactUpdated = customer.last(&ada.name).await;

    let language_code = "en".to_owned();
    assert_eq!(created, ContactCreated { contact: ada.name.clone(), language_code, account });
    assert_eq!(
        updated,
        ContactUpdated {
            contact: ada.name,
            changed_fields: vec!["language_code".to_owned(), "account".to_owned()],
            language_code: "zh".to_owned(),
            account: String::new(),
        },
    );
}
