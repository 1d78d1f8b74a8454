//! `ResolveIdentity`: who is behind a key.

use proto::customer::v1::{Channel, IdentityKey, ResolveIdentityRequest};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, openid, refusal},
};

fn resolve(key: IdentityKey) -> ResolveIdentityRequest {
    ResolveIdentityRequest { key: Some(key) }
}

#[tokio::test]
async fn a_key_leads_to_its_identity_and_so_to_its_contact() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await;

    let found = customer.admin.identities.resolve_identity(resolve(openid("oAda"))).await;

    assert_eq!(found.unwrap().into_inner(), linked);
}

#[tokio::test]
async fn a_telephone_number_is_found_in_any_spelling() {
    let mut customer = Customer::start().await;
    let number = |external_id: &str| IdentityKey {
        channel: Channel::Phone.into(),
        external_id: external_id.to_owned(),
        ..Default::default()
    };
    let ada = customer.contact(named("Ada")).await.name;
    let linked = customer.link(&ada, number("+86 138-0013-8000")).await;

    let found = customer.admin.identities.resolve_identity(resolve(number("+8613800138000"))).await;

    assert_eq!(found.unwrap().into_inner(), linked);
}

#[tokio::test]
async fn a_key_nobody_has_is_not_found() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    customer.link(&ada, openid("oAda")).await;
    let in_another_realm = IdentityKey { realm: String::new(), ..openid("oAda") };

    for key in [openid("oGrace"), openid("oada"), in_another_realm] {
        let refused = customer.admin.identities.resolve_identity(resolve(key)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "IDENTITY_NOT_FOUND"));
    }
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let mut customer = Customer::start().await;
    let unknown_channel = IdentityKey { channel: 99, ..openid("oAda") };

    let refused = customer.admin.identities.resolve_identity(resolve(unknown_channel)).await;

    assert_eq!(malformed(refused), ["key.channel"]);
}
