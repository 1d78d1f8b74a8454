//! What is required of a request: each method names the first field that is missing.

use proto::customer::v1::{
    CreateAccountRequest, CreateContactRequest, DeleteAccountRequest, DeleteContactRequest,
    GetAccountRequest, GetContactRequest, GetIdentityRequest, IdentityKey, LinkIdentityRequest,
    ListConsentsRequest, ListIdentitiesRequest, ListTimelineEntriesRequest, RecordConsentRequest,
    ResolveIdentityRequest, UndeleteContactRequest, UnlinkIdentityRequest, UpdateAccountRequest,
    UpdateContactRequest, UpsertContactByIdentityRequest, WithdrawConsentRequest,
};

use crate::{
    harness::{Caller, Customer},
    words::{malformed, nobody},
};

#[tokio::test]
async fn a_method_about_contacts_needs_one() {
    let customer = Customer::start().await;
    let Caller { mut contacts, mut identities, mut timeline, .. } = customer.admin.clone();

    let create = contacts.create_contact(CreateContactRequest::default()).await;
    assert_eq!(malformed(create), ["contact"]);
    let get = contacts.get_contact(GetContactRequest::default()).await;
    assert_eq!(malformed(get), ["name"]);
    let update = contacts.update_contact(UpdateContactRequest::default()).await;
    assert_eq!(malformed(update), ["contact"]);
    let delete = contacts.delete_contact(DeleteContactRequest::default()).await;
    assert_eq!(malformed(delete), ["name"]);
    let undelete = contacts.undelete_contact(UndeleteContactRequest::default()).await;
    assert_eq!(malformed(undelete), ["name"]);
    let record = contacts.record_consent(RecordConsentRequest::default()).await;
    assert_eq!(malformed(record), ["contact"]);
    let withdraw = contacts.withdraw_consent(WithdrawConsentRequest::default()).await;
    assert_eq!(malformed(withdraw), ["contact"]);
    let consents = contacts.list_consents(ListConsentsRequest::default()).await;
    assert_eq!(malformed(consents), ["contact"]);
    let list = identities.list_identities(ListIdentitiesRequest::default()).await;
    assert_eq!(malformed(list), ["contact"]);
    let entries = timeline.list_timeline_entries(ListTimelineEntriesRequest::default()).await;
    assert_eq!(malformed(entries), ["contact"]);
}

#[tokio::test]
async fn a_consent_needs_a_purpose() {
    let mut customer = Customer::start().await;
    let contact = nobody("contacts");
    let record = RecordConsentRequest { contact: contact.clone(), ..Default::default() };
    let withdraw = WithdrawConsentRequest { contact, ..Default::default() };

    let record = customer.admin.contacts.record_consent(record).await;
    let withdraw = customer.admin.contacts.withdraw_consent(withdraw).await;

    assert_eq!(malformed(record), ["purpose"]);
    assert_eq!(malformed(withdraw), ["purpose"]);
}

#[tokio::test]
async fn a_method_about_accounts_needs_one() {
    let customer = Customer::start().await;
    let Caller { mut accounts, .. } = customer.admin.clone();

    let create = accounts.create_account(CreateAccountRequest::default()).await;
    assert_eq!(malformed(create), ["account"]);
    let get = accounts.get_account(GetAccountRequest::default()).await;
    assert_eq!(malformed(get), ["name"]);
    let update = accounts.update_account(UpdateAccountRequest::default()).await;
    assert_eq!(malformed(update), ["account"]);
    let delete = accounts.delete_account(DeleteAccountRequest::default()).await;
    assert_eq!(malformed(delete), ["name"]);
}

#[tokio::test]
async fn a_method_about_identities_needs_a_key_or_a_name() {
    let customer = Customer::start().await;
    let Caller { mut identities, .. } = customer.admin.clone();

    let upsert = UpsertContactByIdentityRequest::default();
    assert_eq!(malformed(identities.upsert_contact_by_identity(upsert).await), ["key"]);
    let link = LinkIdentityRequest { contact: nobody("contacts"), ..Default::default() };
    assert_eq!(malformed(identities.link_identity(link).await), ["key"]);
    let unlink = identities.unlink_identity(UnlinkIdentityRequest::default()).await;
    assert_eq!(malformed(unlink), ["name"]);
    let resolve = identities.resolve_identity(ResolveIdentityRequest::default()).await;
    assert_eq!(malformed(resolve), ["key"]);
    let empty = ResolveIdentityRequest { key: Some(IdentityKey::default()) };
    assert_eq!(malformed(identities.resolve_identity(empty).await), ["key.channel"]);
    let get = identities.get_identity(GetIdentityRequest::default()).await;
    assert_eq!(malformed(get), ["name"]);
}
