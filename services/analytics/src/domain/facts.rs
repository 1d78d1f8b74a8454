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
