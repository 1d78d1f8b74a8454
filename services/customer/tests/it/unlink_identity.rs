//! `UnlinkIdentity`: taken away once, and free for another.

use proto::customer::v1::UnlinkIdentityRequest;
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, openid, refusal, request_id},
};

fn unlink(name: &str) -> UnlinkIdentityRequest {
    UnlinkIdentityRequest { name: name.to_owned(), request_id: String::new() }
}

#[tokio::test]
async fn an_identity_taken_away_is_free_for_another() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await;

    let unlinked = customer.admin.identities.unlink_identity(unlink(&linked.name)).await.unwrap();

    assert_eq!(unlinked.into_inner(), linked);
    assert_eq!(customer.link(&grace, openid("oAda")).await.contact, grace);
    let announced = customer.announced(&ada).await;
    assert_eq!(announced[2..], [("IdentityUnlinked".to_owned(), 3)]);
}

#[tokio::test]
async fn an_identity_that_is_not_there_is_not_found() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    let gone = customer.link(&ada, openid("oGone")).await.name;
    customer.admin.identities.unlink_identity(unlink(&gone)).await.unwrap();
    let linked = customer.link(&ada, openid("oAda")).await.name;
    let under_another = linked.replace(&ada, &grace);
    let of_nobody = linked.replace(&ada, &nobody("contacts"));

    for name in [gone, under_another, of_nobody, nobody(&format!("{ada}/identities"))] {
        let refused = customer.admin.identities.unlink_identity(unlink(&name)).await;
        assert_eq!(refusal(refused), because(Code::NotFound, "IDENTITY_NOT_FOUND"));
    }
}

#[tokio::test]
async fn the_identities_of_a_deleted_contact_are_gone() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await;
    customer.delete(&ada).await;

    let refused = customer.admin.identities.unlink_identity(unlink(&linked.name)).await;

    assert_eq!(refusal(refused), because(Code::NotFound, "IDENTITY_NOT_FOUND"));
}

#[tokio::test]
async fn of_eight_who_take_it_away_at_once_one_succeeds() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await.name;
    let attempts = (0..8).map(|_| {
        let (mut identities, name) = (customer.admin.identities.clone(), linked.clone());
        tokio::spawn(async move { identities.unlink_identity(unlink(&name)).await })
    });

    let mut unlinked = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => unlinked += 1,
            refused => assert_eq!(refusal(refused), because(Code::NotFound, "IDENTITY_NOT_FOUND")),
        }
    }

    assert_eq!(unlinked, 1);
    assert_eq!(customer.announced(&ada).await.len(), 3);
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_body_is_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let linked = customer.link(&ada, openid("oAda")).await;
    let request = UnlinkIdentityRequest { request_id: request_id(), ..unlink(&linked.name) };
    customer.admin.identities.unlink_identity(request.clone()).await.unwrap();
    let again_linked = customer.link(&ada, openid("oAda")).await;

    let again = customer.admin.identities.unlink_identity(request.clone()).await.unwrap();
    let other = UnlinkIdentityRequest { name: again_linked.name, ..request };
    let refused = customer.admin.identities.unlink_identity(other).await;

    assert_eq!(again.into_inner(), linked);
    assert_eq!(refusal(refused), because(Code::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(customer.announced(&ada).await.len(), 4);
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let mut customer = Customer::start().await;

    for name in [nobody("contacts"), "contacts/1/identities/2".to_owned(), nobody("identities")] {
        let refused = customer.admin.identities.unlink_identity(unlink(&name)).await;
        assert_eq!(malformed(refused), ["name"]);
    }
}
