//! What a customer's words lead to: an answer in their language, or an agent.

use proto::messaging::v1::{
    Inbox, ListInboxesRequest, UpdateInboxRequest,
    conversation::Status,
    message::{Author, Direction, State},
};
use proto::social::v1::Sentiment;

use crate::world::{World, new_msg_id, request_id};

const WHERE_IS_MY_ORDER: &str = "我的订单没有到达，请帮我查询订单状态。";

#[tokio::test]
async fn a_customer_who_asks_about_an_order_is_told_its_status_in_chinese() {
    let world = World::start().await;
    let order = world.order("oAsksInChinese").await;
    world.pay(&order).await;
    world.ship(&order, "SF1234567890").await;

    world.write("oAsksInChinese", WHERE_IS_MY_ORDER).await;

    let reply = world.replies("oAsksInChinese", 1).await[0].text.clone().unwrap();
    assert!(reply.contains(&order.number) && reply.contains("SF1234567890"), "{reply}");
    assert!(reply.contains('单'), "{reply}");
    let messages = world.messages("oAsksInChinese", 2).await;
    assert_eq!(messages[0].text, WHERE_IS_MY_ORDER);
    assert_eq!(messages[0].direction(), Direction::Incoming);
    let analysis = messages[0].analysis.clone().unwrap();
    assert_eq!((analysis.language_code.as_str(), analysis.intent.as_str()), ("zh", "order_status"));
    assert_ne!(analysis.sentiment(), Sentiment::Positive);
    assert_eq!(messages[1].author(), Author::Rule);
    assert_eq!(messages[1].state(), State::Sent);
    assert_eq!(messages[1].in_reply_to, messages[0].name);
    assert_eq!((messages[0].sequence, messages[1].sequence), (1, 2));
    let health = world.quiet(1).await;
    assert_eq!((health.projected, health.answered, health.deliveries_sent), (1, 1, 1));
}

#[tokio::test]
async fn a_customer_who_asks_in_english_is_answered_in_english() {
    let world = World::start().await;
    let order = world.order("oAsksInEnglish").await;

    world.write("oAsksInEnglish", "Where is my order? It should have arrived on Monday.").await;

    let reply = world.replies("oAsksInEnglish", 1).await[0].text.clone().unwrap();
    assert!(reply.contains(&order.number) && reply.is_ascii(), "{reply}");
}

#[tokio::test]
async fn a_second_delivery_of_a_message_changes_nothing() {
    let world = World::start().await;
    world.order("oDelivered").await;
    let id = new_msg_id();

    for _ in 0..3 {
        world.deliver("oDelivered", id, WHERE_IS_MY_ORDER, None).await;
    }

    world.messages("oDelivered", 2).await;
    let health = world.quiet(1).await;
    assert_eq!((health.received, health.duplicates, health.stored), (3, 2, 1));
    assert_eq!(world.replies("oDelivered", 1).await.len(), 1);
}

#[tokio::test]
async fn first_messages_at_once_make_one_contact_and_one_conversation_in_sequence() {
    let world = World::start().await;

    let messages = (0..8).map(|_| world.write("oImpatient", "你好，在吗？"));
    futures::future::join_all(messages).await;

    world.quiet(8).await;
    let conversations = world.conversations("oImpatient").await;
    assert_eq!(conversations.len(), 1);
    let messages = world.messages("oImpatient", 8).await;
    let sequences: Vec<_> = messages.iter().map(|it| it.sequence).collect();
    assert_eq!(sequences, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[tokio::test]
async fn a_question_that_no_rule_answers_goes_to_the_agent_of_the_inbox() {
    let world = World::start().await;
    world.write("oComplains", "你好").await;
    world.quiet(1).await;
    let inbox = inbox(&world).await;
    let update = UpdateInboxRequest {
        inbox: Some(Inbox { default_assignee: "agent-lin".to_owned(), ..inbox }),
        request_id: request_id(),
        ..UpdateInboxRequest::default()
    };
    world.clients.inboxes.clone().update_inbox(update).await.unwrap();

    world.write("oDemands", "你们的客服态度太差了，我要投诉！").await;

    world.quiet(2).await;
    let conversation = testkit::eventually("the conversation is assigned", async || {
        let conversation = world.conversations("oDemands").await.into_iter().next()?;
        (!conversation.assignee.is_empty()).then_some(conversation)
    })
    .await;
    assert_eq!(conversation.assignee, "agent-lin");
    assert_eq!(conversation.status(), Status::Open);
    assert!(world.emulator.sent().is_empty());
}

#[tokio::test]
async fn a_customer_without_an_order_is_not_told_a_status() {
    let world = World::start().await;

    world.write("oNoOrder", WHERE_IS_MY_ORDER).await;

    world.quiet(1).await;
    testkit::eventually("an agent has to look", async || {
        let conversation = world.conversations("oNoOrder").await.into_iter().next();
        conversation.is_some_and(|it| it.status() == Status::Open)
    })
    .await;
    assert!(world.emulator.sent().is_empty());
}

async fn inbox(world: &World) -> Inbox {
    let page = world.clients.inboxes.clone().list_inboxes(ListInboxesRequest::default()).await;
    page.unwrap().into_inner().inboxes.into_iter().next().unwrap()
}
