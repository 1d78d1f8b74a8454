//! `RecordConsent`: a contact agrees, and everybody who must know hears of it.

use proto::customer::v1::{
    Consent, ConsentPurpose, ConsentRecorded, RecordConsentRequest, consent::State,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, refusal, request_id},
};

fn record(contact: &str) -> RecordConsentRequest {
    RecordConsentRequest {
        contact: contact.to_owned(),
        purpose: ConsentPurpose::OrderUpdates.into(),
        evidence: "ticked at checkout".to_owned(),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn a_consent_is_kept_with_its_evidence_and_announced() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;

    let consent = customer.admin.contacts.record_consent(record(&ada)).await.unwrap().into_inner();

    assert_eq!(
        consent,
        Consent {
            contact: ada.clone(),
            purpose: ConsentPurpose::OrderUpdates.into(),
            state: State::Granted.into(),
            evidence: "ticked at checkout".to_owned(),
            update_time: consent.update_time,
        },
    );
    let announced = customer.announced(&ada).await;
    assert_eq!(announced[1..], [("ConsentRecorded".to_owned(), 2)]);
    let event: ConsentRecorded = customer.last(&ada).await;
    assert_eq!(event.purpose(), ConsentPurpose::OrderUpdates);
}

#[tokio::test]
async fn a_contact_that_is_not_there_or_deleted_cannot_agree() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    customer.delete(&ada).await;

    for contact in [ada, nobody("contacts")] {
        let refused = customer.admin.contacts.record_consent(record(&contact)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    }
}

#[tokio::test]
async fn every_malformed_field_is_named_at_once() {
    let mut customer = Customer::start().await;
    let wrong = RecordConsentRequest {
        purpose: 99,
        evidence: "x".repeat(501),
        request_id: "x".to_owned(),
        ..record("Ada")
    };

    let refused = customer.admin.contacts.record_consent(wrong).await;

    assert_eq!(malformed(refused), ["request_id", "contact", "purpose", "evidence"]);
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let request = RecordConsentRequest { request_id: request_id(), ..record(&ada) };
    let contacts = &mut customer.admin.contacts;
    let first = contacts.record_consent(request.clone()).await.unwrap().into_inner();
    let later = RecordConsentRequest { evidence: "on the phone".to_owned(), ..record(&ada) };
    contacts.record_consent(later).await.unwrap();

    let again = contacts.record_consent(request.clone()).await.unwrap().into_inner();
    let purpose = ConsentPurpose::Marketing.into();
    let refused = contacts.record_consent(RecordConsentRequest { purpose, ..request }).await;

    assert_eq!(again, first);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&ada).await.len(), 3);
}
