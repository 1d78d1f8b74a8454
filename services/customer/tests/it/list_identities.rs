//! `ListIdentities`: of one contact, oldest first, page by page.

use proto::customer::v1::ListIdentitiesRequest;
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, openid, refusal},
};

fn list(contact: &str) -> ListIdentitiesRequest {
    ListIdentitiesRequest { contact: contact.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn the_second_page_goes_on_where_the_first_ended() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    let mut expected = Vec::new();
    for external_id in ["o1", "o2", "o3"] {
        expected.push(customer.link(&ada, openid(external_id)).await);
    }
    customer.link(&grace, openid("oGrace")).await;
    let identities = &mut customer.admin.identities;

    let first = ListIdentitiesRequest { page_size: 2, ..list(&ada) };
    let first = identities.list_identities(first).await.unwrap().into_inner();
    let page_token = first.next_page_token;
    let second = ListIdentitiesRequest { page_size: 2, page_token, ..list(&ada) };
    let second = identities.list_identities(second).await.unwrap().into_inner();

    assert_eq!((&first.identities[..], &second.identities[..]), expected.split_at(2));
    assert_eq!(second.next_page_token, "");
}

#[tokio::test]
async fn a_contact_that_never_was_is_not_found() {
    let mut customer = Customer::start().await;

    let unknown = customer.admin.identities.list_identities(list(&nobody("contacts"))).await;
    let wrong = customer.admin.identities.list_identities(list("Ada")).await;

    assert_eq!(refusal(unknown), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    assert_eq!(malformed(wrong), ["contact"]);
}

#[tokio::test]
async fn a_page_token_of_another_contact_and_garbage_are_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    for external_id in ["o1", "o2"] {
        customer.link(&ada, openid(external_id)).await;
    }
    let identities = &mut customer.admin.identities;
    let first = ListIdentitiesRequest { page_size: 1, ..list(&ada) };
    let page_token = identities.list_identities(first).await.unwrap().into_inner().next_page_token;

    for (contact, page_token) in [(&grace, page_token), (&ada, "x".to_owned())] {
        let request = ListIdentitiesRequest { page_token, ..list(contact) };
        let refused = identities.list_identities(request).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    }
    let negative = ListIdentitiesRequest { page_size: -1, ..list(&ada) };
    assert_eq!(malformed(identities.list_identities(negative).await), ["page_size"]);
}
