//! `ListConsents`: the present state of each purpose, and nothing for what nobody asked.

use proto::customer::v1::{
    ConsentPurpose, ListConsentsRequest, RecordConsentRequest, WithdrawConsentRequest,
    consent::State,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, refusal},
};

fn list(contact: &str) -> ListConsentsRequest {
    ListConsentsRequest { contact: contact.to_owned() }
}

#[tokio::test]
async fn each_purpose_stands_once_as_it_is_at_present() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    for purpose in [ConsentPurpose::OrderUpdates, ConsentPurpose::Marketing] {
        let (contact, purpose) = (ada.clone(), purpose.into());
        let agree = RecordConsentRequest { contact, purpose, ..Default::default() };
        customer.admin.contacts.record_consent(agree).await.unwrap();
    }
    let (contact, purpose) = (ada.clone(), ConsentPurpose::Marketing.into());
    let withdraw = WithdrawConsentRequest { contact, purpose, ..Default::default() };
    customer.admin.contacts.withdraw_consent(withdraw).await.unwrap();

    let consents = customer.admin.contacts.list_consents(list(&ada)).await.unwrap().into_inner();

    let consents: Vec<_> =
        consents.consents.iter().map(|consent| (consent.purpose(), consent.state())).collect();
    assert_eq!(
        consents,
        [
            (ConsentPurpose::Marketing, State::Withdrawn),
            (ConsentPurpose::OrderUpdates, State::Granted)
        ],
    );
}

#[tokio::test]
async fn the_absence_of_a_consent_is_an_empty_list() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;

    let consents = customer.admin.contacts.list_consents(list(&ada)).await.unwrap();

    assert!(consents.into_inner().consents.is_empty());
}

#[tokio::test]
async fn a_contact_that_never_was_is_not_found() {
    let mut customer = Customer::start().await;

    let unknown = customer.admin.contacts.list_consents(list(&nobody("contacts"))).await;
    let wrong = customer.admin.contacts.list_consents(list("Ada")).await;

    assert_eq!(refusal(unknown), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    assert_eq!(malformed(wrong), ["contact"]);
}
