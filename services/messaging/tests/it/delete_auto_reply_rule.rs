//! What `AutoReplyRuleService/DeleteAutoReplyRule` does and refuses.

use proto::messaging::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, reason};

#[tokio::test]
async fn a_deleted_rule_is_returned_as_it_was_and_is_gone() {
    let mut it = Harness::start().await;
    let created = it.calls.create_rule(|_| ()).await.unwrap();
    let request = pb::DeleteAutoReplyRuleRequest {
        name: created.name.clone(),
        etag: created.etag.clone(),
        request_id: Uuid::now_v7().to_string(),
    };

    let deleted = it.calls.rules.delete_auto_reply_rule(request.clone()).await.unwrap();
    let again = it.calls.rules.delete_auto_reply_rule(request).await.unwrap();

    assert_eq!(deleted.into_inner(), created);
    assert_eq!(again.into_inner(), created);
    let get = pb::GetAutoReplyRuleRequest { name: created.name.clone() };
    let gone = it.calls.rules.get_auto_reply_rule(get).await.unwrap_err();
    assert_eq!(reason(&gone), "RULE_NOT_FOUND");
    let announced = it.announced(&created.name, 2).await;
    assert_eq!(announced, ["AutoReplyRuleCreated", "AutoReplyRuleDeleted"]);
}

#[tokio::test]
async fn a_rule_is_deleted_once_and_only_as_it_was_seen() {
    let mut it = Harness::start().await;
    let created = it.calls.create_rule(|_| ()).await.unwrap();
    let request = |etag: &str| pb::DeleteAutoReplyRuleRequest {
        name: created.name.clone(),
        etag: etag.to_owned(),
        request_id: String::new(),
    };

    let stale = it.calls.rules.delete_auto_reply_rule(request("\"9\"")).await.unwrap_err();
    it.calls.rules.delete_auto_reply_rule(request("")).await.unwrap();
    let again = it.calls.rules.delete_auto_reply_rule(request("")).await.unwrap_err();

    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "RULE_CHANGED"));
    assert_eq!((again.code(), reason(&again).as_str()), (Code::NotFound, "RULE_NOT_FOUND"));
}
