//! Tenants know nothing of one another: what another has is told apart from what never was by nobody.

use std::fmt::Debug;

use prost_types::FieldMask;
use proto::customer::v1::{
    Account, ConsentPurpose, Contact, CreateAccountRequest, CreateContactRequest,
    DeleteAccountRequest, DeleteContactRequest, GetAccountRequest, GetContactRequest,
    GetIdentityRequest, LinkIdentityRequest, ListAccountsRequest, ListConsentsRequest,
    ListContactsRequest, ListIdentitiesRequest, ListTimelineEntriesRequest, RecordConsentRequest,
    ResolveIdentityRequest, UndeleteContactRequest, UnlinkIdentityRequest, UpdateAccountRequest,
    UpdateContactRequest, UpsertContactByIdentityRequest, WithdrawConsentRequest,
};
use tonic::{Response, Status};
use tonic_types::StatusExt;

use crate::{
    harness::{Caller, Customer},
    words::{mailed, named, nobody, openid, request_id},
};

/// Asserts that `call` tells the same of what is another tenant's as of what never was.
async fn hides<T: Debug>(
    theirs: &str,
    reason: &str,
    mut call: impl AsyncFnMut(String) -> Result<Response<T>, Status>,
) {
    let (collection, _) = theirs.rsplit_once('/').unwrap();
    let unknown = nobody(collection);
    let of_theirs = call(theirs.to_owned()).await.expect_err("it is another tenant's");
    let of_unknown = call(unknown.clone()).await.expect_err("it never was");

    let told = |status: &Status, name: &str| {
        let details = format!("{:?}", status.get_error_details()).replace(name, "it");
        (status.code(), status.message().replace(name, "it"), details)
    };
    assert_eq!(told(&of_theirs, theirs), told(&of_unknown, &unknown));
    assert_eq!(of_theirs.code(), tonic::Code::NotFound);
    assert_eq!(of_theirs.get_details_error_info().unwrap().reason, reason);
}

fn mask(path: &str) -> Option<FieldMask> {
    Some(FieldMask { paths: vec![path.to_owned()] })
}

#[tokio::test]
async fn every_method_of_contacts_hides_those_of_another_tenant() {
    const NOT_FOUND: &str = "CONTACT_NOT_FOUND";
    let mut customer = Customer::start().await;
    let ada = customer.contact(mailed("ada@example.com")).await.name;
    let deleted = customer.contact(named("Grace")).await.name;
    customer.delete(&deleted).await;
    let purpose: i32 = ConsentPurpose::Marketing.into();
    let Caller { mut contacts, mut identities, mut timeline, .. } = customer.stranger();

    for theirs in [&ada, &deleted] {
        hides(theirs, NOT_FOUND, async |name| {
            contacts.get_contact(GetContactRequest { name }).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |name| {
            let contact = Some(Contact { name, ..named("Mine") });
            let request = UpdateContactRequest { contact, ..Default::default() };
            contacts.update_contact(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |name| {
            let request = DeleteContactRequest { name, ..Default::default() };
            contacts.delete_contact(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |name| {
            let request = UndeleteContactRequest { name, ..Default::default() };
            contacts.undelete_contact(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |contact| {
            let request = RecordConsentRequest { contact, purpose, ..Default::default() };
            contacts.record_consent(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |contact| {
            let request = WithdrawConsentRequest { contact, purpose, ..Default::default() };
            contacts.withdraw_consent(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |contact| {
            contacts.list_consents(ListConsentsRequest { contact }).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |contact| {
            let key = Some(openid("oMine"));
            let request = LinkIdentityRequest { contact, key, ..Default::default() };
            identities.link_identity(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |contact| {
            let request = ListIdentitiesRequest { contact, ..Default::default() };
            identities.list_identities(request).await
        })
        .await;
        hides(theirs, NOT_FOUND, async |contact| {
            let request = ListTimelineEntriesRequest { contact, ..Default::default() };
            timeline.list_timeline_entries(request).await
        })
        .await;
    }
    let list = ListContactsRequest { show_deleted: true, ..Default::default() };
    assert!(contacts.list_contacts(list).await.unwrap().into_inner().contacts.is_empty());
}

#[tokio::test]
async fn every_method_of_accounts_hides_those_of_another_tenant() {
    const NOT_FOUND: &str = "ACCOUNT_NOT_FOUND";
    let mut customer = Customer::start().await;
    let theirs = customer.account("Engines").await.name;
    let Caller { mut contacts, mut accounts, .. } = customer.stranger();
    let mine = CreateContactRequest { contact: Some(named("Mine")), ..Default::default() };
    let mine = contacts.create_contact(mine).await.unwrap().into_inner();

    hides(&theirs, NOT_FOUND, async |name| accounts.get_account(GetAccountRequest { name }).await)
        .await;
    hides(&theirs, NOT_FOUND, async |name| {
        let account = Some(Account { name, ..Default::default() });
        let request =
            UpdateAccountRequest { account, update_mask: mask("industry"), ..Default::default() };
        accounts.update_account(request).await
    })
    .await;
    hides(&theirs, NOT_FOUND, async |name| {
        let request = DeleteAccountRequest { name, ..Default::default() };
        accounts.delete_account(request).await
    })
    .await;
    hides(&theirs, NOT_FOUND, async |account| {
        let contact = Some(Contact { account, ..named("Mine") });
        contacts.create_contact(CreateContactRequest { contact, ..Default::default() }).await
    })
    .await;
    hides(&theirs, NOT_FOUND, async |account| {
        let contact = Some(Contact { account, ..mine.clone() });
        contacts.update_contact(UpdateContactRequest { contact, ..Default::default() }).await
    })
    .await;
    let list = accounts.list_accounts(ListAccountsRequest::default()).await.unwrap();
    assert!(list.into_inner().accounts.is_empty());
    let filter = format!("account = \"{theirs}\"");
    let list = ListContactsRequest { filter, ..Default::default() };
    assert!(contacts.list_contacts(list).await.unwrap().into_inner().contacts.is_empty());
}

#[tokio::test]
async fn every_method_of_identities_hides_those_of_another_tenant() {
    const NOT_FOUND: &str = "IDENTITY_NOT_FOUND";
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let theirs = customer.link(&ada, openid("oAda")).await.name;
    let Caller { mut identities, .. } = customer.stranger();

    hides(&theirs, NOT_FOUND, async |name| {
        identities.get_identity(GetIdentityRequest { name }).await
    })
    .await;
    hides(&theirs, NOT_FOUND, async |name| {
        let request = UnlinkIdentityRequest { name, ..Default::default() };
        identities.unlink_identity(request).await
    })
    .await;
    hides("openids/oAda", NOT_FOUND, async |name| {
        let key = Some(openid(name.trim_start_matches("openids/")));
        identities.resolve_identity(ResolveIdentityRequest { key }).await
    })
    .await;
    let upsert = UpsertContactByIdentityRequest { key: Some(openid("oAda")), ..Default::default() };
    let mine = identities.upsert_contact_by_identity(upsert).await.unwrap().into_inner();
    assert!(mine.created && mine.contact.unwrap().name != ada);
}

#[tokio::test]
async fn what_is_unique_is_unique_in_a_tenant_only() {
    let mut customer = Customer::start().await;
    let mut stranger = customer.stranger();
    let request_id = request_id();
    let contact = CreateContactRequest {
        contact: Some(mailed("ada@example.com")),
        request_id: request_id.clone(),
    };
    let display_name = "Engines".to_owned();
    let domain = "engines.example".to_owned();
    let account = Some(Account { display_name, domain, ..Default::default() });
    let account = CreateAccountRequest { account, request_id };

    for caller in [&mut customer.admin, &mut stranger] {
        assert!(caller.contacts.create_contact(contact.clone()).await.is_ok());
        assert!(caller.accounts.create_account(account.clone()).await.is_ok());
    }

    let ours = customer.admin.contacts.create_contact(contact.clone()).await.unwrap();
    let theirs = stranger.contacts.create_contact(contact).await.unwrap();
    assert_ne!(ours.into_inner().name, theirs.into_inner().name);
}
