//! What belongs to one tenant is not there for another.

use chassis::{authn::Role, tenant::TenantId};
use proto::messaging::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, reason};

#[tokio::test]
async fn nothing_of_another_tenant_is_there() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let sent = it.calls.send(&opened.name, "hi").await.unwrap();
    let rule = it.calls.create_rule(|_| ()).await.unwrap();
    let mut other = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);
    let name = opened.name.clone();

    let refused = [
        other.inboxes.get_inbox(pb::GetInboxRequest { name: opened.inbox.clone() }).await.err(),
        other
            .inboxes
            .delete_inbox(pb::DeleteInboxRequest {
                name: opened.inbox.clone(),
                ..Default::default()
            })
            .await
            .err(),
        other
            .conversations
            .get_conversation(pb::GetConversationRequest { name: name.clone() })
            .await
            .err(),
        other
            .conversations
            .unassign_conversation(pb::UnassignConversationRequest { name, ..Default::default() })
            .await
            .err(),
        other.messages.get_message(pb::GetMessageRequest { name: sent.name.clone() }).await.err(),
        other
            .messages
            .retry_message(pb::RetryMessageRequest { name: sent.name, ..Default::default() })
            .await
            .err(),
        other
            .rules
            .get_auto_reply_rule(pb::GetAutoReplyRuleRequest { name: rule.name })
            .await
            .err(),
        other.send(&opened.name, "hi").await.err(),
        other.open(&opened.inbox, None).await.err(),
    ];

    for status in refused {
        let status = status.expect("it belongs to another tenant");
        assert_eq!(status.code(), Code::NotFound);
        assert!(reason(&status).ends_with("_NOT_FOUND"));
    }
    let listed = other.inboxes.list_inboxes(pb::ListInboxesRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().inboxes, []);
}

#[tokio::test]
async fn a_page_token_of_another_tenant_is_refused() {
    let mut it = Harness::start().await;
    for _ in 0..2 {
        it.calls.inbox().await;
    }
    let first = pb::ListInboxesRequest { page_size: 1, ..Default::default() };
    let first = it.calls.inboxes.list_inboxes(first).await.unwrap().into_inner();
    let mut other = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);

    let request =
        pb::ListInboxesRequest { page_token: first.next_page_token, ..Default::default() };
    let status = other.inboxes.list_inboxes(request).await.unwrap_err();

    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(reason(&status), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn tenants_may_have_the_same_source() {
    let mut it = Harness::start().await;
    let ours = it.calls.inbox().await;
    let mut other = it.calls_of(TenantId::new(Uuid::now_v7()), Role::Admin);

    assert!(other.create_inbox(|inbox| inbox.source = ours.source.clone()).await.is_ok());
}
