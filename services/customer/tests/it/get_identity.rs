//! `GetIdentity`: by its full name only.

use proto::customer::v1::GetIdentityRequest;
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, openid, refusal},
};

fn get(name: &str) -> GetIdentityRequest {
    GetIdentityRequest { name: name.to_owned() }
}

#[tokio::test]
async fn an_identity_is_returned_with_its_key() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await;

    let found = customer.admin.identities.get_identity(get(&linked.name)).await.unwrap();

    assert_eq!(found.into_inner(), linked);
}

#[tokio::test]
async fn an_identity_that_is_not_there_or_under_another_contact_is_not_found() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await.name;

    for name in [linked.replace(&ada, &grace), nobody(&format!("{ada}/identities"))] {
        let refused = customer.admin.identities.get_identity(get(&name)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "IDENTITY_NOT_FOUND"));
    }
    customer.delete(&ada).await;
    let refused = customer.admin.identities.get_identity(get(&linked)).await;
    assert_eq!(refusal(refused), because(Code::NotFound, "IDENTITY_NOT_FOUND"));
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let mut customer = Customer::start().await;

    let refused = customer.admin.identities.get_identity(get(&nobody("contacts"))).await;

    assert_eq!(malformed(refused), ["name"]);
}
