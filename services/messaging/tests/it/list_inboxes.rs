//! What `InboxService/ListInboxes` does and refuses.

use proto::messaging::v1 as pb;
use tonic::Code;

use crate::harness::{Harness, reason};

#[tokio::test]
async fn inboxes_come_newest_first_page_by_page() {
    let mut it = Harness::start().await;
    let mut created = Vec::new();
    for _ in 0..3 {
        created.push(it.calls.inbox().await.name);
    }
    created.reverse();

    let first = pb::ListInboxesRequest { page_size: 2, ..Default::default() };
    let first = it.calls.inboxes.list_inboxes(first).await.unwrap().into_inner();
    let second = pb::ListInboxesRequest { page_token: first.next_page_token, ..Default::default() };
    let second = it.calls.inboxes.list_inboxes(second).await.unwrap().into_inner();

    let listed: Vec<String> =
        first.inboxes.into_iter().chain(second.inboxes).map(|inbox| inbox.name).collect();
    assert_eq!(listed, created);
    assert_eq!(second.next_page_token, "");
}

#[tokio::test]
async fn a_filter_narrows_the_list_and_a_bad_one_is_refused() {
    let mut it = Harness::start().await;
    let wechat = it.calls.inbox().await;
    let email = proto::customer::v1::Channel::Email.into();
    it.calls.create_inbox(|inbox| inbox.channel = email).await.unwrap();
    let mut list = async |filter: String| {
        let request = pb::ListInboxesRequest { filter, ..Default::default() };
        it.calls.inboxes.list_inboxes(request).await.map(tonic::Response::into_inner)
    };

    let by_channel = list(r#"channel = "CHANNEL_WECHAT""#.to_owned()).await.unwrap();
    let by_source = list(format!("source = \"{}\"", wechat.source)).await.unwrap();

    for listed in [by_channel, by_source] {
        let names: Vec<String> = listed.inboxes.into_iter().map(|inbox| inbox.name).collect();
        assert_eq!(names, [wechat.name.as_str()]);
    }
    for filter in ["colour = red", "channel = CHANNEL_X", "channel > CHANNEL_WECHAT", "source = x"]
    {
        let status = list(filter.to_owned()).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason(&status), "FILTER_INVALID");
    }
}

#[tokio::test]
async fn a_page_token_continues_only_its_own_list() {
    let mut it = Harness::start().await;
    for _ in 0..2 {
        it.calls.inbox().await;
    }
    let first = pb::ListInboxesRequest { page_size: 1, ..Default::default() };
    let token = it.calls.inboxes.list_inboxes(first).await.unwrap().into_inner().next_page_token;

    let other_filter = pb::ListInboxesRequest {
        page_token: token.clone(),
        filter: "channel = CHANNEL_WECHAT".to_owned(),
        ..Default::default()
    };
    let other_list = pb::ListConversationsRequest { page_token: token, ..Default::default() };
    let negative = pb::ListInboxesRequest { page_size: -1, ..Default::default() };

    let other_filter = it.calls.inboxes.list_inboxes(other_filter).await.unwrap_err();
    let other_list = it.calls.conversations.list_conversations(other_list).await.unwrap_err();
    let negative = it.calls.inboxes.list_inboxes(negative).await.unwrap_err();
    assert_eq!(reason(&other_filter), "PAGE_TOKEN_INVALID");
    assert_eq!(reason(&other_list), "PAGE_TOKEN_INVALID");
    assert_eq!(negative.code(), Code::InvalidArgument);
}
