//! What `InboxService/UpdateInbox` does and refuses.

use prost_types::FieldMask;
use proto::messaging::v1 as pb;
use tonic::Code;

use crate::harness::{Calls, Harness, fields, name, reason};

async fn update(
    calls: &mut Calls,
    inbox: pb::Inbox,
    paths: &[&str],
) -> Result<pb::Inbox, tonic::Status> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = pb::UpdateInboxRequest {
        inbox: Some(inbox),
        update_mask: Some(FieldMask { paths }),
        request_id: String::new(),
    };
    calls.inboxes.update_inbox(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn only_the_masked_fields_change() {
    let mut it = Harness::start().await;
    let created = it.calls.inbox().await;
    let wanted = pb::Inbox {
        display_name: String::new(),
        auto_reply: false,
        default_assignee: "ada".to_owned(),
        ..created.clone()
    };

    let updated = update(&mut it.calls, wanted, &["auto_reply", "default_assignee"]).await.unwrap();

    assert_eq!(updated.display_name, "Shop");
    assert_eq!((updated.auto_reply, updated.default_assignee.as_str()), (false, "ada"));
    assert_ne!(updated.etag, created.etag);
    assert_eq!(it.announced(&created.name, 2).await, ["InboxCreated", "InboxUpdated"]);
    let event: pb::InboxUpdated = it.event(&created.name, 2).await;
    assert_eq!(event.changed_fields, ["auto_reply", "default_assignee"]);
}

#[tokio::test]
async fn an_update_that_changes_nothing_is_no_event() {
    let mut it = Harness::start().await;
    let created = it.calls.inbox().await;

    let same = update(&mut it.calls, created.clone(), &[]).await.unwrap();
    let changed = pb::Inbox { display_name: "Store".to_owned(), ..created.clone() };
    update(&mut it.calls, changed, &[]).await.unwrap();

    assert_eq!(same, created);
    assert_eq!(it.announced(&created.name, 2).await, ["InboxCreated", "InboxUpdated"]);
}

#[tokio::test]
async fn what_cannot_be_updated_is_refused_by_name() {
    let mut it = Harness::start().await;
    let created = it.calls.inbox().await;

    let unknown = update(&mut it.calls, created.clone(), &["colour"]).await.unwrap_err();
    let immutable = update(&mut it.calls, created.clone(), &["source"]).await.unwrap_err();
    let nameless = pb::Inbox { display_name: String::new(), ..created.clone() };
    let nameless = update(&mut it.calls, nameless, &["display_name"]).await.unwrap_err();
    let stale = pb::Inbox { etag: "\"7\"".to_owned(), auto_reply: false, ..created.clone() };
    let stale = update(&mut it.calls, stale, &[]).await.unwrap_err();
    let missing = pb::Inbox { name: name("inboxes"), etag: String::new(), ..created };
    let missing = update(&mut it.calls, missing, &[]).await.unwrap_err();

    assert_eq!(reason(&unknown), "MASK_PATH_UNKNOWN");
    assert_eq!(reason(&immutable), "MASK_PATH_UNKNOWN");
    assert_eq!(fields(&nameless), ["inbox.display_name"]);
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "INBOX_CHANGED"));
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "INBOX_NOT_FOUND"));
}
