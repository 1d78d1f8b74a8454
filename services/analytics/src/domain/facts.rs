//! Happening → facts: one row for each metric that counts it. The same event always gives the same rows.

use super::{ContactId, Dimension, Happening, Label, Metric, Money, Outcome, Resource};

/// What one event adds to one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The metric.
    pub metric: Metric,
    /// What it happened to.
    pub resource: Resource,
    /// Whom it concerns, if known.
    pub contact: Option<ContactId>,
    /// What it adds, in the metric's own steps (1, or millionths for a mean).
    pub value: i64,
    /// What is known about it, besides the contact.
    pub dimensions: Vec<(Dimension, Label)>,
}

impl Fact {
    fn one(metric: Metric, resource: &Resource, contact: Option<ContactId>) -> Self {
        Self { metric, resource: resource.clone(), contact, value: 1, dimensions: Vec::new() }
    }

    fn value(mut self, value: i64) -> Self {
        self.value = value;
        self
    }

    fn with(mut self, dimension: Dimension, label: &Label) -> Self {
        self.dimensions.push((dimension, label.clone()));
        self
    }

    /// The label of a dimension, empty where there is none. The contact is no label.
    pub fn label(&self, dimension: Dimension) -> &str {
        let found = self.dimensions.iter().find(|(it, _)| *it == dimension);
        found.map_or("", |(_, label)| label.as_str())
    }
}

/// Returns what a happening adds, at most one fact for each metric.
pub fn facts(happening: &Happening) -> Vec<Fact> {
    match happening {
        Happening::ContactCreated { contact, language } => contact_created(*contact, language),
        Happening::ConversationOpened { conversation, contact, channel } => {
            let fact = Fact::one(Metric::Conversations, conversation, *contact);
            vec![fact.with(Dimension::Channel, channel)]
        }
        Happening::MessageReceived { message, contact, channel, analysis } => {
            let author = Label::of("AUTHOR_CONTACT");
            let fact = message_fact("DIRECTION_INCOMING", message, *contact, channel, &author);
            let mut facts = vec![fact];
            facts.extend(engagement(message, *contact, "MESSAGE_RECEIVED"));
            let Some(analysis) = analysis else { return facts };
            let analysed = |metric| {
                Fact::one(metric, message, *contact)
                    .with(Dimension::Channel, channel)
                    .with(Dimension::Language, &analysis.language)
            };
            if let Some((sentiment, score)) = &analysis.sentiment {
                let fact = analysed(Metric::Sentiment).value(score.0);
                facts.push(fact.with(Dimension::Sentiment, sentiment));
            }
            if !analysis.intent.is_empty() {
                facts.push(analysed(Metric::Intents).with(Dimension::Intent, &analysis.intent));
            }
            facts
        }
        Happening::MessageSent { message, contact, channel, author, first_response } => {
            let fact = message_fact("DIRECTION_OUTGOING", message, *contact, channel, author);
            let mut facts = vec![fact];
            facts.extend(engagement(message, *contact, "MESSAGE_SENT"));
            if let Some(seconds) = first_response {
                let fact = Fact::one(Metric::FirstResponseTime, message, *contact).value(seconds.0);
                let fact = fact.with(Dimension::Channel, channel);
                facts.push(fact.with(Dimension::Author, author));
            }
            facts
        }
        Happening::DeliveryEnded { delivery, channel, outcome } => {
            delivery_ended(delivery, channel, outcome)
        }
        Happening::OrderOfContact { order, contact } => {
            engagement(order, Some(*contact), "ORDER_PLACED").into_iter().collect()
        }
        Happening::OrderPaid { order, contact, amount } => {
            vec![revenue(order, *contact, amount, "PAID", amount.minor_units)]
        }
        Happening::OrderPaidBack { order, contact, amount } => {
            vec![revenue(order, *contact, amount, "PAID_BACK", -amount.minor_units)]
        }
    }
}

fn contact_created(contact: ContactId, language: &Label) -> Vec<Fact> {
    let fact = Fact::one(Metric::Contacts, &Resource::of(contact), Some(contact));
    vec![fact.with(Dimension::Language, language)]
}

fn message_fact(
    direction: &'static str,
    message: &Resource,
    contact: Option<ContactId>,
    channel: &Label,
    author: &Label,
) -> Fact {
    Fact::one(Metric::Messages, message, contact)
        .with(Dimension::Channel, channel)
        .with(Dimension::Direction, &Label::of(direction))
        .with(Dimension::Author, author)
}

/// Nobody engages where no contact is known.
fn engagement(resource: &Resource, contact: Option<ContactId>, kind: &'static str) -> Option<Fact> {
    let contact = contact?;
    let fact = Fact::one(Metric::Engagement, resource, Some(contact));
    Some(fact.with(Dimension::Kind, &Label::of(kind)))
}

fn delivery_ended(delivery: &Resource, channel: &Label, outcome: &Outcome) -> Vec<Fact> {
    let (word, reason) = match outcome {
        Outcome::Sent => ("SENT", None),
        Outcome::Failed(reason) => ("FAILED", Some(reason)),
        Outcome::Unknown => ("UNKNOWN", None),
    };
    let of = |metric| Fact::one(metric, delivery, None).with(Dimension::Channel, channel);
    let mut facts = vec![of(Metric::Deliveries).with(Dimension::Outcome, &Label::of(word))];
    if let Some(reason) = reason {
        facts.push(of(Metric::DeliveriesFailed).with(Dimension::Reason, reason));
    }
    facts
}

fn revenue(
    order: &Resource,
    contact: Option<ContactId>,
    amount: &Money,
    kind: &'static str,
    minor_units: i64,
) -> Fact {
    Fact::one(Metric::Revenue, order, contact)
        .value(minor_units)
        .with(Dimension::Currency, &amount.currency)
        .with(Dimension::Kind, &Label::of(kind))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Analysis, Millionths};

    fn resource(name: &str) -> Resource {
        Resource::parse(name).unwrap()
    }

    fn label(word: &'static str) -> Label {
        Label::of(word)
    }

    const ADA: ContactId = ContactId::from_uuid(Uuid::from_u128(1));

    /// Every fact in a line: metric, value, whether a contact is known, labels.
    #[track_caller]
    fn check(happening: Happening, expected: &[&str]) {
        let words = facts(&happening).into_iter().map(|fact| {
            let known = if fact.contact == Some(ADA) { "ada" } else { "nobody" };
            let labels: Vec<&str> = fact.dimensions.iter().map(|(_, it)| it.as_str()).collect();
            format!("{} {} {known} {}", fact.metric.id(), fact.value, labels.join(" "))
        });
        assert_eq!(words.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_message_counts_for_whoever_wrote_it_and_for_what_it_was_understood_to_mean() {
        let received = |contact, analysis| Happening::MessageReceived {
            message: resource("conversations/1/messages/1"),
            contact,
            channel: label("CHANNEL_WECHAT"),
            analysis,
        };
        let analysis = Analysis {
            language: label("zh"),
            sentiment: Some((label("SENTIMENT_NEGATIVE"), Millionths(-500_000))),
            intent: label("order_status"),
        };

        check(
            received(Some(ADA), Some(analysis.clone())),
            &[
                "messages 1 ada CHANNEL_WECHAT DIRECTION_INCOMING AUTHOR_CONTACT",
                "engagement 1 ada MESSAGE_RECEIVED",
                "sentiment -500000 ada CHANNEL_WECHAT zh SENTIMENT_NEGATIVE",
                "intents 1 ada CHANNEL_WECHAT zh order_status",
            ],
        );
        check(
            received(None, None),
            &["messages 1 nobody CHANNEL_WECHAT DIRECTION_INCOMING AUTHOR_CONTACT"],
        );
        let silent = Analysis { sentiment: None, intent: label(""), ..analysis };
        check(
            received(None, Some(silent)),
            &["messages 1 nobody CHANNEL_WECHAT DIRECTION_INCOMING AUTHOR_CONTACT"],
        );
    }

    #[test]
    fn an_answer_counts_as_first_response_only_if_it_was_one() {
        let sent = |first_response| Happening::MessageSent {
            message: resource("conversations/1/messages/2"),
            contact: Some(ADA),
            channel: label("CHANNEL_WECHAT"),
            author: label("AUTHOR_RULE"),
            first_response,
        };

        check(
            sent(Some(Millionths(3_500_000))),
            &[
                "messages 1 ada CHANNEL_WECHAT DIRECTION_OUTGOING AUTHOR_RULE",
                "engagement 1 ada MESSAGE_SENT",
                "first_response_time 3500000 ada CHANNEL_WECHAT AUTHOR_RULE",
            ],
        );
        check(
            sent(None),
            &[
                "messages 1 ada CHANNEL_WECHAT DIRECTION_OUTGOING AUTHOR_RULE",
                "engagement 1 ada MESSAGE_SENT",
            ],
        );
    }

    #[test]
    fn money_comes_in_when_paid_and_goes_out_when_paid_back() {
        let (order, amount) =
            (resource("orders/1"), Money { currency: label("CNY"), minor_units: 25_600 });

        check(
            Happening::OrderPaid { order: order.clone(), contact: None, amount: amount.clone() },
            &["revenue 25600 nobody CNY PAID"],
        );
        check(
            Happening::OrderPaidBack { order: order.clone(), contact: Some(ADA), amount },
            &["revenue -25600 ada CNY PAID_BACK"],
        );
        check(
            Happening::OrderOfContact { order, contact: ADA },
            &["engagement 1 ada ORDER_PLACED"],
        );
    }

    #[test]
    fn a_failed_delivery_counts_as_a_delivery_too() {
        let ended = |outcome| Happening::DeliveryEnded {
            delivery: resource("deliveries/1"),
            channel: label("CHANNEL_WECHAT"),
            outcome,
        };

        check(ended(Outcome::Sent), &["deliveries 1 nobody CHANNEL_WECHAT SENT"]);
        check(ended(Outcome::Unknown), &["deliveries 1 nobody CHANNEL_WECHAT UNKNOWN"]);
        check(
            ended(Outcome::Failed(label("WINDOW_CLOSED"))),
            &[
                "deliveries 1 nobody CHANNEL_WECHAT FAILED",
                "deliveries_failed 1 nobody CHANNEL_WECHAT WINDOW_CLOSED",
            ],
        );
    }

    #[test]
    fn what_is_created_or_opened_is_counted() {
        check(
            Happening::ContactCreated { contact: ADA, language: label("en") },
            &["contacts 1 ada en"],
        );
        check(
            Happening::ConversationOpened {
                conversation: resource("conversations/1"),
                contact: None,
                channel: label("CHANNEL_WEB"),
            },
            &["conversations 1 nobody CHANNEL_WEB"],
        );
    }
}
