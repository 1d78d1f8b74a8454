//! What `InboxService/DeleteInbox` does and refuses.

use proto::messaging::v1 as pb;
use tonic::Code;

use crate::harness::{Calls, Harness, name, reason};

async fn delete(calls: &mut Calls, name: &str, etag: &str) -> Result<pb::Inbox, tonic::Status> {
    let request = pb::DeleteInboxRequest {
        name: name.to_owned(),
        etag: etag.to_owned(),
        request_id: String::new(),
    };
    calls.inboxes.delete_inbox(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_deleted_inbox_can_be_read_but_is_not_listed_and_frees_its_source() {
    let mut it = Harness::start().await;
    let created = it.calls.inbox().await;

    let deleted = delete(&mut it.calls, &created.name, &created.etag).await.unwrap();

    assert!(deleted.delete_time.is_some());
    let request = pb::GetInboxRequest { name: created.name.clone() };
    assert_eq!(it.calls.inboxes.get_inbox(request).await.unwrap().into_inner(), deleted);
    let listed = it.calls.inboxes.list_inboxes(pb::ListInboxesRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().inboxes, []);
    it.calls.create_inbox(|inbox| inbox.source = created.source.clone()).await.unwrap();
    assert_eq!(it.announced(&created.name, 2).await, ["InboxCreated", "InboxDeleted"]);
}

#[tokio::test]
async fn an_inbox_is_deleted_once_and_only_as_it_was_seen() {
    let mut it = Harness::start().await;
    let created = it.calls.inbox().await;

    let stale = delete(&mut it.calls, &created.name, "\"9\"").await.unwrap_err();
    delete(&mut it.calls, &created.name, "").await.unwrap();
    let again = delete(&mut it.calls, &created.name, "").await.unwrap_err();
    let missing = delete(&mut it.calls, &name("inboxes"), "").await.unwrap_err();

    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "INBOX_CHANGED"));
    for status in [again, missing] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "INBOX_NOT_FOUND"));
    }
}
