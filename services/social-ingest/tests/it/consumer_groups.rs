//! `ConsumerGroupService` of this service: what its handlers could not do is there to see.

use chassis::authn::Role;
use emulators::wechat::Mode;
use proto::ops::v1::{
    ListConsumerGroupsRequest, ListParkedKeysRequest,
    consumer_group_service_client::ConsumerGroupServiceClient,
};
use testkit::eventually;
use uuid::Uuid;

use crate::harness::{Harness, queued};

#[tokio::test]
async fn every_handler_is_a_group() {
    let it = Harness::start().await;
    let mut groups = ConsumerGroupServiceClient::new(it.client(Role::Admin));

    let listed = groups.list_consumer_groups(ListConsumerGroupsRequest {}).await.unwrap();

    let mut names: Vec<_> =
        listed.into_inner().consumer_groups.into_iter().map(|it| it.name).collect();
    names.sort();
    let expected = ["accept-delivery", "decode-envelope", "record-answer", "record-projection"];
    assert_eq!(names, expected.map(|it| format!("consumerGroups/social-ingest.{it}")));
}

#[tokio::test]
async fn a_reply_to_a_thread_that_does_not_exist_is_parked() {
    let it = Harness::start().await;
    it.connect(Mode::Plain).await;
    let mut groups = ConsumerGroupServiceClient::new(it.client(Role::Admin));
    let message = format!("conversations/{}/messages/{}", Uuid::now_v7(), Uuid::now_v7());
    let thread = format!("threads/{}", Uuid::now_v7());

    it.publish(&message, 1, &queued(&message, &thread, 1)).await;

    let request = ListParkedKeysRequest {
        consumer_group: "consumerGroups/social-ingest.accept-delivery".to_owned(),
        ..Default::default()
    };
    let parked = eventually("the key to be parked", || {
        let (mut groups, request) = (groups.clone(), request.clone());
        async move { groups.list_parked_keys(request).await.unwrap().into_inner().parked_keys.pop() }
    })
    .await;
    assert_eq!(parked.aggregate, message);
    assert_eq!(parked.event_type, "kith.messaging.v1.MessageQueued");
    let _ = &mut groups;
}
