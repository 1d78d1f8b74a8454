//! What `AutoReplyRuleService/ListAutoReplyRules` does and refuses.

use proto::messaging::v1 as pb;

use crate::harness::{Harness, reason};

#[tokio::test]
async fn rules_come_in_the_order_in_which_they_decide_page_by_page() {
    let mut it = Harness::start().await;
    for priority in [7, 0, 3, 3] {
        it.calls.create_rule(|rule| rule.priority = priority).await.unwrap();
    }
    let mut priorities = Vec::new();

    let mut request = pb::ListAutoReplyRulesRequest { page_size: 1, ..Default::default() };
    loop {
        let page = it.calls.rules.list_auto_reply_rules(request.clone()).await.unwrap();
        let page = page.into_inner();
        priorities.extend(page.auto_reply_rules.iter().map(|rule| rule.priority));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }

    assert_eq!(priorities, [3, 3, 7, 100]);
}

#[tokio::test]
async fn a_filter_narrows_the_list_and_a_bad_one_is_refused() {
    let mut it = Harness::start().await;
    let inbox = it.calls.inbox().await;
    it.calls.create_rule(|_| ()).await.unwrap();
    let here = it
        .calls
        .create_rule(|rule| {
            rule.inbox = inbox.name.clone();
            rule.intent = "greeting".to_owned();
        })
        .await
        .unwrap();
    let mut list = async |filter: String| {
        let request = pb::ListAutoReplyRulesRequest { filter, ..Default::default() };
        it.calls.rules.list_auto_reply_rules(request).await.map(tonic::Response::into_inner)
    };

    for filter in [format!("inbox = {}", inbox.name), "intent = greeting".to_owned()] {
        let names = list(filter).await.unwrap().auto_reply_rules.into_iter().map(|it| it.name);
        assert_eq!(names.collect::<Vec<_>>(), [here.name.as_str()]);
    }
    let bad = list("priority = 3".to_owned()).await.unwrap_err();
    assert_eq!(reason(&bad), "FILTER_INVALID");
}
