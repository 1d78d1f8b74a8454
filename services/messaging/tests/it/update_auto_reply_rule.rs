//! What `AutoReplyRuleService/UpdateAutoReplyRule` does and refuses.

use prost_types::FieldMask;
use proto::messaging::v1 as pb;
use tonic::Code;

use crate::harness::{Calls, Harness, fields, name, reason};

async fn update(
    calls: &mut Calls,
    rule: pb::AutoReplyRule,
    paths: &[&str],
) -> Result<pb::AutoReplyRule, tonic::Status> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = pb::UpdateAutoReplyRuleRequest {
        auto_reply_rule: Some(rule),
        update_mask: Some(FieldMask { paths }),
        request_id: String::new(),
    };
    calls.rules.update_auto_reply_rule(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn only_the_masked_fields_change() {
    let mut it = Harness::start().await;
    let created = it.calls.create_rule(|_| ()).await.unwrap();
    let wanted = pb::AutoReplyRule {
        intent: "greeting".to_owned(),
        priority: 1,
        enabled: false,
        ..created.clone()
    };

    let updated = update(&mut it.calls, wanted, &["priority", "enabled"]).await.unwrap();

    assert_eq!((updated.intent.as_str(), updated.priority, updated.enabled), ("thanks", 1, false));
    let event: pb::AutoReplyRuleUpdated = it.event(&created.name, 2).await;
    assert_eq!(event.changed_fields, ["priority", "enabled"]);
}

#[tokio::test]
async fn what_cannot_be_updated_is_refused_by_name() {
    let mut it = Harness::start().await;
    let created = it.calls.create_rule(|_| ()).await.unwrap();
    let change =
        |etag: &str| pb::AutoReplyRule { etag: etag.to_owned(), priority: 5, ..created.clone() };

    let unknown = update(&mut it.calls, change(""), &["colour"]).await.unwrap_err();
    let stale = update(&mut it.calls, change("\"9\""), &[]).await.unwrap_err();
    let speechless = pb::AutoReplyRule { replies: [].into(), ..change("") };
    let speechless = update(&mut it.calls, speechless, &["replies"]).await.unwrap_err();
    let nowhere = pb::AutoReplyRule { inbox: name("inboxes"), ..change("") };
    let nowhere = update(&mut it.calls, nowhere, &["inbox"]).await.unwrap_err();
    let missing = pb::AutoReplyRule { name: name("autoReplyRules"), ..change("") };
    let missing = update(&mut it.calls, missing, &[]).await.unwrap_err();

    assert_eq!(reason(&unknown), "MASK_PATH_UNKNOWN");
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "RULE_CHANGED"));
    assert_eq!(fields(&speechless), ["auto_reply_rule.replies"]);
    assert_eq!(reason(&nowhere), "INBOX_NOT_FOUND");
    assert_eq!(reason(&missing), "RULE_NOT_FOUND");
}
