//! Personal data goes where it was asked for: never onto the log, never into a refusal.

use proto::customer::v1::{
    Channel, ConsentPurpose, Contact, CreateContactRequest, IdentityKey, LinkIdentityRequest,
    ListContactsRequest, RecordConsentRequest, ResolveIdentityRequest, UndeleteContactRequest,
    UnlinkIdentityRequest, UpdateContactRequest, UpsertContactByIdentityRequest,
    WithdrawConsentRequest,
};
use tonic::Status;

use crate::{
    harness::Customer,
    words::{mailed, nobody, openid},
};

/// Stands in every personal text below.
const CANARY: &str = "canary";
const NUMBER: &str = "+447700900123";

fn private(suffix: &str) -> Contact {
    Contact {
        display_name: format!("{CANARY} {suffix}"),
        email: format!("{CANARY}-{suffix}@example.com"),
        phone: NUMBER.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn the_log_holds_no_personal_data() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(private("ada")).await;
    let renamed = Contact { name: ada.name.clone(), ..private("augusta") };
    let update = UpdateContactRequest { contact: Some(renamed), ..Default::default() };
    customer.admin.contacts.update_contact(update).await.unwrap();
    let (contact, evidence) = (ada.name.clone(), format!("{CANARY} said so"));
    let purpose = ConsentPurpose::Marketing.into();
    let agree = RecordConsentRequest { contact, purpose, evidence, ..Default::default() };
    customer.admin.contacts.record_consent(agree.clone()).await.unwrap();
    let RecordConsentRequest { contact, purpose, evidence, request_id } = agree;
    let withdraw = WithdrawConsentRequest { contact, purpose, evidence, request_id };
    customer.admin.contacts.withdraw_consent(withdraw).await.unwrap();
    let linked = customer.link(&ada.name, openid(CANARY)).await;
    let unlink = UnlinkIdentityRequest { name: linked.name, ..Default::default() };
    customer.admin.identities.unlink_identity(unlink).await.unwrap();
    let upsert = UpsertContactByIdentityRequest {
        key: Some(openid(CANARY)),
        display_name: CANARY.to_owned(),
        ..Default::default()
    };
    customer.admin.identities.upsert_contact_by_identity(upsert).await.unwrap();
    customer.delete(&ada.name).await;
    let undelete = UndeleteContactRequest { name: ada.name.clone(), ..Default::default() };
    customer.admin.contacts.undelete_contact(undelete).await.unwrap();
    assert_eq!(customer.announced(&ada.name).await.len(), 8);

    for record in customer.records("kith.customer.v1").await {
        let record = record.record;
        let headers = record.headers.iter().flat_map(|(name, value)| [name.as_bytes(), value]);
        let parts = headers.chain(record.key.as_deref()).chain(record.payload.as_deref());
        for part in parts {
            let text = String::from_utf8_lossy(part);
            assert!(!text.contains(CANARY) && !text.contains(NUMBER), "{text}");
        }
    }
}

#[tokio::test]
async fn a_refusal_repeats_nothing_of_what_was_said() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(private("ada")).await;
    let grace = customer.contact(mailed("grace@example.com")).await;
    customer.link(&ada.name, openid(CANARY)).await;
    let contacts = &mut customer.admin.contacts;
    let identities = &mut customer.admin.identities;

    let mut refusals = Vec::new();
    let mut keep = |refused: Option<Status>| refusals.push(refused.unwrap());
    let again = CreateContactRequest { contact: Some(private("ada")), ..Default::default() };
    keep(contacts.create_contact(again).await.err());
    let wrong = Contact {
        display_name: CANARY.repeat(40),
        email: CANARY.to_owned(),
        phone: CANARY.to_owned(),
        language_code: format!("{CANARY}!"),
        account: CANARY.to_owned(),
        ..Default::default()
    };
    let wrong = CreateContactRequest { contact: Some(wrong), request_id: CANARY.to_owned() };
    keep(contacts.create_contact(wrong).await.err());
    let contact = Some(Contact { email: ada.email.clone(), ..grace.clone() });
    keep(
        contacts.update_contact(UpdateContactRequest { contact, ..Default::default() }).await.err(),
    );
    for filter in [format!("{CANARY} = 1"), format!("email : \"{CANARY}\""), CANARY.to_owned()] {
        let list = ListContactsRequest { filter, ..Default::default() };
        keep(contacts.list_contacts(list).await.err());
    }
    let list = ListContactsRequest { page_token: CANARY.to_owned(), ..Default::default() };
    keep(contacts.list_contacts(list).await.err());
    let taken = LinkIdentityRequest {
        contact: grace.name,
        key: Some(openid(CANARY)),
        ..Default::default()
    };
    keep(identities.link_identity(taken).await.err());
    let unknown = ResolveIdentityRequest { key: Some(openid(&format!("{CANARY}2"))) };
    keep(identities.resolve_identity(unknown).await.err());
    let no_number = IdentityKey {
        channel: Channel::Phone.into(),
        external_id: CANARY.to_owned(),
        ..Default::default()
    };
    keep(identities.resolve_identity(ResolveIdentityRequest { key: Some(no_number) }).await.err());
    let purpose = ConsentPurpose::Marketing.into();
    let (contact, evidence) = (nobody("contacts"), CANARY.to_owned());
    let agree = RecordConsentRequest { contact, purpose, evidence, ..Default::default() };
    keep(contacts.record_consent(agree).await.err());

    for status in refusals {
        let details = String::from_utf8_lossy(status.details()).into_owned();
        let told = format!("{} {details} {status:?}", status.message());
        assert!(!told.contains(CANARY) && !told.contains(NUMBER), "{told}");
    }
}
