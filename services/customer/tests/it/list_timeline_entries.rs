//! `ListTimelineEntries`: newest first, page by page, of one contact.

use chrono::{DateTime, TimeDelta, Utc};
use proto::{
    customer::v1::{ListTimelineEntriesRequest, TimelineEntry},
    sales::v1::OrderPlaced,
};
use tonic::Code;

use crate::{
    harness::Customer,
    words::{because, malformed, named, nobody, refusal},
};

fn list(contact: &str) -> ListTimelineEntriesRequest {
    ListTimelineEntriesRequest { contact: contact.to_owned(), ..Default::default() }
}

/// Lets so many orders of `contact` happen, a second apart, and returns them, newest first.
async fn orders(customer: &Customer, contact: &str, count: i64) -> Vec<String> {
    let mut orders = Vec::new();
    let mut messages = Vec::new();
    for second in 0..count {
        let (order, contact) = (nobody("orders"), contact.to_owned());
        let event = OrderPlaced { order: order.clone(), contact, ..Default::default() };
        let time: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        messages.push(bus::Message::of(customer.tenant, &*order, 1, time, &event));
        orders.insert(0, order);
    }
    customer.publish(&messages).await;
    customer.caught_up().await;
    orders
}

fn resources(entries: Vec<TimelineEntry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.resource).collect()
}

#[tokio::test]
async fn the_second_page_goes_on_where_the_first_ended() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let expected = orders(&customer, &ada, 3).await;
    let timeline = &mut customer.admin.timeline;

    let first = ListTimelineEntriesRequest { page_size: 2, ..list(&ada) };
    let first = timeline.list_timeline_entries(first).await.unwrap().into_inner();
    let page_token = first.next_page_token;
    let second = ListTimelineEntriesRequest { page_size: 2, page_token, ..list(&ada) };
    let second = timeline.list_timeline_entries(second).await.unwrap().into_inner();

    assert_eq!(resources(first.timeline_entries), expected[..2]);
    assert_eq!(resources(second.timeline_entries), expected[2..]);
    assert_eq!(second.next_page_token, "");
}

#[tokio::test]
async fn a_page_token_of_another_contact_and_garbage_are_refused() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let grace = customer.contact(named("Grace")).await.name;
    orders(&customer, &ada, 2).await;
    let timeline = &mut customer.admin.timeline;
    let first = ListTimelineEntriesRequest { page_size: 1, ..list(&ada) };
    let first = timeline.list_timeline_entries(first).await.unwrap().into_inner();

    for (contact, page_token) in [(&grace, first.next_page_token), (&ada, "x".to_owned())] {
        let request = ListTimelineEntriesRequest { page_token, ..list(contact) };
        let refused = timeline.list_timeline_entries(request).await;
        assert_eq!(refusal(refused), because(Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    }
    let negative = ListTimelineEntriesRequest { page_size: -1, ..list(&ada) };
    assert_eq!(malformed(timeline.list_timeline_entries(negative).await), ["page_size"]);
}

#[tokio::test]
async fn a_contact_that_never_was_is_not_found() {
    let mut customer = Customer::start().await;

    let unknown = customer.admin.timeline.list_timeline_entries(list(&nobody("contacts"))).await;
    let wrong = customer.admin.timeline.list_timeline_entries(list("Ada")).await;

    assert_eq!(refusal(unknown), because(Code::NotFound, "CONTACT_NOT_FOUND"));
    assert_eq!(malformed(wrong), ["contact"]);
}
