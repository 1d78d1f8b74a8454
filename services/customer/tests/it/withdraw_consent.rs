//! `WithdrawConsent`: a contact no longer agrees.

use proto::customer::v1::{
    ConsentPurpose, RecordConsentRequest, WithdrawConsentRequest, consent::State,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, refusal, request_id},
};

fn withdraw(contact: &str) -> WithdrawConsentRequest {
    WithdrawConsentRequest {
        contact: contact.to_owned(),
        purpose: ConsentPurpose::Marketing.into(),
        evidence: "wrote STOP".to_owned(),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn a_withdrawn_consent_replaces_the_one_before_and_is_announced() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let purpose = ConsentPurpose::Marketing.into();
    let agree = RecordConsentRequest { contact: ada.clone(), purpose, ..Default::default() };
    customer.admin.contacts.record_consent(agree).await.unwrap();

    let consent = customer.admin.contacts.withdraw_consent(withdraw(&ada)).await.unwrap();

    let consent = consent.into_inner();
    assert_eq!((consent.state(), consent.evidence.as_str()), (State::Withdrawn, "wrote STOP"));
    let announced = customer.announced(&ada).await;
    let expected = [("ConsentRecorded".to_owned(), 2), ("ConsentWithdrawn".to_owned(), 3)];
    assert_eq!(announced[1..], expected);
}

#[tokio::test]
async fn a_contact_that_is_not_there_or_deleted_cannot_withdraw() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    customer.delete(&ada).await;

    for contact in [ada, nobody("contacts")] {
        let refused = customer.admin.contacts.withdraw_consent(withdraw(&contact)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    }
}

#[tokio::test]
async fn every_malformed_field_is_named_at_once() {
    let mut customer = Customer::start().await;
    let wrong =
        WithdrawConsentRequest { purpose: 99, evidence: "\0".to_owned(), ..withdraw("Ada") };

    let refused = customer.admin.contacts.withdraw_consent(wrong).await;

    assert_eq!(malformed(refused), ["contact", "purpose", "evidence"]);
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let request = WithdrawConsentRequest { request_id: request_id(), ..withdraw(&ada) };
    let contacts = &mut customer.admin.contacts;
    let first = contacts.withdraw_consent(request.clone()).await.unwrap().into_inner();
    let purpose = ConsentPurpose::Marketing.into();
    let agree = RecordConsentRequest { contact: ada.clone(), purpose, ..Default::default() };
    contacts.record_consent(agree).await.unwrap();

    let again = contacts.withdraw_consent(request.clone()).await.unwrap().into_inner();
    let evidence = String::new();
    let refused = contacts.withdraw_consent(WithdrawConsentRequest { evidence, ..request }).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&ada).await.len(), 3);
}
