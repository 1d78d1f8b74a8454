//! What the tests tell the service: events as the other services publish them, with short names for ids.

use bus::Message;
use proto::{
    customer::v1::{Channel, ContactCreated},
    messaging::v1::{ConversationOpened, MessageReceived, MessageSent, message::Author},
    sales::v1::{
        Money, OrderCancelled, OrderLinked, OrderPaid, OrderPlaced, OrderRefunded, order::State,
    },
    social::v1::{Analysis, DeliveryFailed, DeliveryOutcomeUnknown, DeliverySent, Sentiment},
};

use crate::harness::Analytics;

/// The resource of that collection and number; the same number is the same thing in every test.
pub(crate) fn named(collection: &str, number: u32) -> String {
    format!("{collection}/0199f3a0-0000-7000-8000-{number:012}")
}

pub(crate) fn contact(number: u32) -> String {
    named("contacts", number)
}

pub(crate) fn money(currency: &str, minor_units: i64) -> Option<Money> {
    Some(Money { currency_code: currency.to_owned(), minor_units })
}

pub(crate) fn analysis(language: &str, sentiment: Sentiment, score: f64, intent: &str) -> Analysis {
    Analysis {
        language_code: language.to_owned(),
        sentiment: sentiment.into(),
        sentiment_score: score,
        intent: intent.to_owned(),
        intent_confidence: 0.9,
        model: "rules/1".to_owned(),
    }
}

/// A message of a contact in the conversation of the same number, about where an order is.
pub(crate) fn received(contact: u32, message: u32) -> MessageReceived {
    let conversation = named("conversations", contact);
    MessageReceived {
        message: format!("{conversation}/{}", named("messages", message)),
        conversation,
        contact: self::contact(contact),
        channel: Channel::Wechat.into(),
        analysis: Some(analysis("zh", Sentiment::Negative, -0.5, "order_status")),
        ..MessageReceived::default()
    }
}

/// The answer of a rule in the conversation of that contact.
pub(crate) fn sent(contact: u32, message: u32, first_response_seconds: Option<f64>) -> MessageSent {
    let conversation = named("conversations", contact);
    MessageSent {
        message: format!("{conversation}/{}", named("messages", message)),
        conversation,
        contact: self::contact(contact),
        channel: Channel::Wechat.into(),
        author: Author::Rule.into(),
        first_response_seconds,
        ..MessageSent::default()
    }
}

pub(crate) fn paid(order: u32, contact: &str, total: Option<Money>) -> OrderPaid {
    let state = State::Paid.into();
    OrderPaid {
        order: named("orders", order),
        contact: contact.to_owned(),
        total,
        state,
        pay_time: None,
    }
}

impl Analytics {
    pub(crate) fn wrote(&self, at: &str, event: &MessageReceived) -> Message {
        self.happened(at, &event.conversation, event)
    }

    pub(crate) fn answered(&self, at: &str, event: &MessageSent) -> Message {
        self.happened(at, &event.conversation, event)
    }

    pub(crate) fn paid(&self, at: &str, event: &OrderPaid) -> Message {
        self.happened(at, &event.order, event)
    }

    /// Three days of a shop: every kind of event that a metric is made of, at least once.
    pub(crate) fn story(&self) -> Vec<Message> {
        let (first, second) = (contact(1), contact(2));
        let order = |number| named("orders", number);
        let delivery = |number| named("deliveries", number);
        let wechat = i32::from(Channel::Wechat);
        let mut happy = received(2, 3);
        happy.channel = Channel::Telegram.into();
        happy.analysis = Some(analysis("en", Sentiment::Positive, 0.8, "praise"));
        let mut picture = received(2, 4);
        picture.analysis = None;
        let mut by_agent = sent(2, 5, Some(30.25));
        by_agent.author = Author::Agent.into();
        vec![
            self.happened(
                "20T08:00:00",
                &first,
                &ContactCreated {
                    contact: first.clone(),
                    language_code: "zh".into(),
                    account: String::new(),
                },
            ),
            self.happened(
                "20T08:00:01",
                &named("conversations", 1),
                &ConversationOpened {
                    conversation: named("conversations", 1),
                    contact: first.clone(),
                    channel: wechat,
                    ..ConversationOpened::default()
                },
            ),
            self.wrote("20T08:00:02", &received(1, 1)),
            self.answered("20T08:00:05", &sent(1, 2, Some(3.5))),
            self.happened(
                "20T08:00:05",
                &delivery(1),
                &DeliverySent { delivery: delivery(1), channel: wechat, ..DeliverySent::default() },
            ),
            self.wrote("21T09:00:00", &happy),
            self.wrote("21T09:00:10", &picture),
            self.answered("21T09:00:40.250", &by_agent),
            self.happened(
                "21T09:01:00",
                &delivery(2),
                &DeliveryFailed {
                    delivery: delivery(2),
                    channel: wechat,
                    reason: "WINDOW_CLOSED".into(),
                    ..DeliveryFailed::default()
                },
            ),
            self.happened(
                "21T09:01:30",
                &delivery(3),
                &DeliveryOutcomeUnknown {
                    delivery: delivery(3),
                    channel: wechat,
                    ..Default::default()
                },
            ),
            self.happened(
                "20T10:00:00",
                &order(1),
                &OrderPlaced {
                    order: order(1),
                    contact: first.clone(),
                    total: money("CNY", 25_600),
                    ..Default::default()
                },
            ),
            self.paid("20T10:05:00", &paid(1, &first, money("CNY", 25_600))),
            self.happened(
                "21T10:00:00",
                &order(2),
                &OrderPlaced { order: order(2), total: money("USD", 1_999), ..Default::default() },
            ),
            self.paid("21T10:05:00", &paid(2, "", money("USD", 1_999))),
            self.happened(
                "21T11:00:00",
                &order(2),
                &OrderLinked { order: order(2), contact: second.clone(), ..Default::default() },
            ),
            self.happened(
                "22T12:00:00",
                &order(1),
                &OrderRefunded {
                    order: order(1),
                    contact: first.clone(),
                    total: money("CNY", 25_600),
                    paid_back: money("CNY", 25_600),
                    ..Default::default()
                },
            ),
            self.happened(
                "22T12:00:00",
                &order(3),
                &OrderCancelled {
                    order: order(3),
                    contact: second,
                    total: money("CNY", 500),
                    ..Default::default()
                },
            ),
            self.paid("22T13:00:00", &paid(4, &first, money("CNY", 1_050))),
        ]
    }
}
