//! Who may call: a good token, and a role with the permission.

use std::time::Duration;

use chassis::authn::Role;
use proto::customer::v1::{
    CreateContactRequest, GetContactRequest, ListContactsRequest,
    contact_service_client::ContactServiceClient,
};
use testkit::{TestIssuer, eventually};
use tonic::{Code, transport::Endpoint};

use crate::{
    harness::Customer,
    words::{because, named, refusal},
};

/// `{"alg":"none"}` and `{"alg":"HS256"}`.
const OTHER_ALGORITHMS: [&str; 2] = ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9"];

/// `{"iss":"https://elsewhere.example"}`.
const OTHER_ISSUER: &str = "eyJpc3MiOiJodHRwczovL2Vsc2V3aGVyZS5leGFtcGxlIn0";

#[tokio::test]
async fn a_call_without_a_token_is_nobodys() {
    let customer = Customer::start().await;
    let channel = Endpoint::from_shared(customer.addresses.uri()).unwrap().connect_lazy();
    let mut contacts = ContactServiceClient::new(channel);

    let refused = contacts.list_contacts(ListContactsRequest::default()).await;

    assert_eq!(refusal(refused), because(Code::Unauthenticated, "TOKEN_MISSING"));
}

#[tokio::test]
async fn a_token_that_is_not_ours_identifies_nobody() {
    let customer = Customer::start().await;
    let good = customer.issuer.token(customer.tenant, Role::Admin);
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let foreign_key = TestIssuer::new().token(customer.tenant, Role::Admin);
    let [none, hs256] = OTHER_ALGORITHMS;

    for (token, reason) in [
        ("nonsense".to_owned(), "TOKEN_MALFORMED"),
        (foreign_key, "KEY_UNKNOWN"),
        (format!("{header}.{OTHER_ISSUER}.{signature}"), "ISSUER_UNKNOWN"),
        (format!("{none}.{claims}."), "ALGORITHM_NOT_ALLOWED"),
        (format!("{hs256}.{claims}.{signature}"), "ALGORITHM_NOT_ALLOWED"),
    ] {
        let mut caller = customer.bearer(token);
        let refused = caller.contacts.list_contacts(ListContactsRequest::default()).await;
        assert_eq!(refusal(refused), because(Code::Unauthenticated, reason));
    }
}

#[tokio::test]
async fn an_expired_token_identifies_nobody() {
    let customer = Customer::start().await;
    let tenant = customer.tenant.to_string();
    let caller =
        customer.bearer(customer.issuer.issuer().token(&tenant, Role::Admin, Duration::ZERO));

    eventually("the token to expire", async || {
        let mut contacts = caller.contacts.clone();
        match contacts.list_contacts(ListContactsRequest::default()).await {
            Ok(_) => false,
            refused => refusal(refused) == because(Code::Unauthenticated, "TOKEN_EXPIRED"),
        }
    })
    .await;
}

#[tokio::test]
async fn a_viewer_reads_and_creates_nothing() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await;
    let mut viewer = customer.of_role(Role::Viewer);

    let read = viewer.contacts.get_contact(GetContactRequest { name: ada.name }).await;
    let create = CreateContactRequest { contact: Some(named("Grace")), ..Default::default() };
    let refused = viewer.contacts.create_contact(create).await;

    assert!(read.is_ok());
    assert_eq!(refusal(refused), because(Code::PermissionDenied, "PERMISSION_DENIED"));
}
