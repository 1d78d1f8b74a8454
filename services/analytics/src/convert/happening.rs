//! Events of the other services → happenings: reads what a metric needs, and refuses what has not its shape.

use chassis::malformed::Malformed;
use proto::{
    Event,
    customer::v1::{self as customer, Channel},
    messaging::v1::{self as messaging, message::Author},
    sales::v1 as sales,
    social::v1::{self as social, Sentiment},
};

use crate::domain::{Analysis, ContactId, Happening, Label, Millionths, Money, Outcome, Resource};

type Read = Result<Option<Happening>, Malformed>;

/// Names, for each event that a metric is made of, the function that reads it.
macro_rules! heard {
    ($($event:ty => $read:ident),* $(,)?) => {
        /// The events that metrics are made of: topic and type.
        pub const HEARD: &[(&str, &str)] = &[$((<$event>::TOPIC, <$event>::TYPE)),*];

        /// Reads an event; `None` if it adds nothing to any metric.
        ///
        /// Fails if the bytes are no such event, or if one of its fields has not the shape its contract says.
        pub fn happening(kind: &str, payload: &[u8]) -> Read {
            $(if kind == <$event>::TYPE {
                let event = <$event as prost::Message>::decode(payload);
                return $read(event.map_err(|_| Malformed("payload is not a valid event"))?);
            })*
            Err(Malformed("event is none that a metric is made of"))
        }
    };
}

heard! {
    customer::ContactCreated => contact_created,
    messaging::ConversationOpened => conversation_opened,
    messaging::MessageReceived => message_received,
    messaging::MessageSent => message_sent,
    sales::OrderPlaced => order_placed,
    sales::OrderLinked => order_linked,
    sales::OrderPaid => order_paid,
    sales::OrderCancelled => order_cancelled,
    sales::OrderRefunded => order_refunded,
    social::DeliverySent => delivery_sent,
    social::DeliveryFailed => delivery_failed,
    social::DeliveryOutcomeUnknown => delivery_outcome_unknown,
}

fn contact_created(event: customer::ContactCreated) -> Read {
    let contact = ContactId::parse(&event.contact)?;
    let language = Label::parse(&event.language_code)?;
    Ok(Some(Happening::ContactCreated { contact, language }))
}

fn conversation_opened(event: messaging::ConversationOpened) -> Read {
    Ok(Some(Happening::ConversationOpened {
        conversation: Resource::parse(&event.conversation)?,
        contact: contact(&event.contact)?,
        channel: channel(event.channel),
    }))
}

fn message_received(event: messaging::MessageReceived) -> Read {
    Ok(Some(Happening::MessageReceived {
        message: Resource::parse(&event.message)?,
        contact: contact(&event.contact)?,
        channel: channel(event.channel),
        analysis: event.analysis.map(analysis).transpose()?,
    }))
}

fn message_sent(event: messaging::MessageSent) -> Read {
    let first_response = match event.first_response_seconds {
        Some(seconds) if seconds < 0.0 => return Err(Malformed("a response before the question")),
        Some(seconds) => Some(Millionths::parse(seconds)?),
        None => None,
    };
    let author = Author::try_from(event.author).map(|it| it.as_str_name());
    Ok(Some(Happening::MessageSent {
        message: Resource::parse(&event.message)?,
        contact: contact(&event.contact)?,
        channel: channel(event.channel),
        author: label_of(author, event.author),
        first_response,
    }))
}

fn order_placed(event: sales::OrderPlaced) -> Read {
    order_of_contact(&event.order, &event.contact)
}

fn order_linked(event: sales::OrderLinked) -> Read {
    order_of_contact(&event.order, &event.contact)
}

/// An order whose buyer nobody knows yet is counted when it is linked.
fn order_of_contact(order: &str, buyer: &str) -> Read {
    let order = Resource::parse(order)?;
    Ok(contact(buyer)?.map(|contact| Happening::OrderOfContact { order, contact }))
}

fn order_paid(event: sales::OrderPaid) -> Read {
    let Some(total) = &event.total else { return Err(Malformed("a payment without a total")) };
    Ok(Some(Happening::OrderPaid {
        order: Resource::parse(&event.order)?,
        contact: contact(&event.contact)?,
        amount: money(total)?,
    }))
}

fn order_cancelled(event: sales::OrderCancelled) -> Read {
    order_paid_back(&event.order, &event.contact, event.paid_back.as_ref())
}

fn order_refunded(event: sales::OrderRefunded) -> Read {
    order_paid_back(&event.order, &event.contact, event.paid_back.as_ref())
}

/// An order that was never paid gives nothing back.
fn order_paid_back(order: &str, buyer: &str, amount: Option<&sales::Money>) -> Read {
    let Some(amount) = amount else { return Ok(None) };
    Ok(Some(Happening::OrderPaidBack {
        order: Resource::parse(order)?,
        contact: contact(buyer)?,
        amount: money(amount)?,
    }))
}

fn delivery_sent(event: social::DeliverySent) -> Read {
    delivery(&event.delivery, event.channel, Outcome::Sent)
}

fn delivery_failed(event: social::DeliveryFailed) -> Read {
    delivery(&event.delivery, event.channel, Outcome::Failed(Label::parse(&event.reason)?))
}

fn delivery_outcome_unknown(event: social::DeliveryOutcomeUnknown) -> Read {
    delivery(&event.delivery, event.channel, Outcome::Unknown)
}

fn delivery(name: &str, raw_channel: i32, outcome: Outcome) -> Read {
    let delivery = Resource::parse(name)?;
    Ok(Some(Happening::DeliveryEnded { delivery, channel: channel(raw_channel), outcome }))
}

fn contact(name: &str) -> Result<Option<ContactId>, Malformed> {
    if name.is_empty() { Ok(None) } else { ContactId::parse(name).map(Some) }
}

fn channel(raw: i32) -> Label {
    label_of(Channel::try_from(raw).map(|it| it.as_str_name()), raw)
}

/// The name of an enum's value. One that only a newer release names keeps its number until a rebuild.
fn label_of<E>(name: Result<&'static str, E>, raw: i32) -> Label {
    match name {
        Ok(name) => Label::of(name),
        Err(_) => Label::number(raw),
    }
}

fn analysis(analysis: social::Analysis) -> Result<Analysis, Malformed> {
    let sentiment = match Sentiment::try_from(analysis.sentiment) {
        Ok(Sentiment::Unspecified) => None,
        name => {
            let score = analysis.sentiment_score;
            if !(-1.0..=1.0).contains(&score) {
                return Err(Malformed("a sentiment score beyond -1 and 1"));
            }
            let label = label_of(name.map(|it| it.as_str_name()), analysis.sentiment);
            Some((label, Millionths::parse(score)?))
        }
    };
    Ok(Analysis {
        language: Label::parse(&analysis.language_code)?,
        sentiment,
        intent: Label::parse(&analysis.intent)?,
    })
}

fn money(money: &sales::Money) -> Result<Money, Malformed> {
    let code = &money.currency_code;
    if code.len() != 3 || !code.bytes().all(|it| it.is_ascii_uppercase()) {
        return Err(Malformed("an amount without a currency"));
    }
    if money.minor_units < 0 {
        return Err(Malformed("an amount below zero"));
    }
    Ok(Money { currency: Label::parse(code)?, minor_units: money.minor_units })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<E: Event>(event: &E) -> Read {
        happening(E::TYPE, &event.encode_to_vec())
    }

    fn paid(currency: &str, minor_units: i64) -> sales::OrderPaid {
        let total = sales::Money { currency_code: currency.to_owned(), minor_units };
        sales::OrderPaid {
            order: "orders/1".to_owned(),
            total: Some(total),
            ..sales::OrderPaid::default()
        }
    }

    #[test]
    fn what_is_not_heard_or_cannot_be_decoded_is_refused() {
        assert!(happening("kith.messaging.v1.NoteAdded", &[]).is_err());
        assert!(happening(sales::OrderPaid::TYPE, b"\xff").is_err());
        assert_eq!(HEARD.len(), 12);
    }

    #[test]
    fn an_order_adds_nothing_before_its_buyer_is_known_or_money_moves() {
        let order = "orders/1".to_owned();
        let placed = sales::OrderPlaced { order: order.clone(), ..Default::default() };
        let cancelled = sales::OrderCancelled { order, ..Default::default() };

        assert_eq!(read(&placed), Ok(None));
        assert_eq!(read(&cancelled), Ok(None));
        assert!(matches!(read(&paid("CNY", 1)), Ok(Some(Happening::OrderPaid { .. }))));
    }

    #[test]
    fn amounts_and_measures_that_cannot_be_are_refused() {
        let sent = |seconds| messaging::MessageSent {
            message: "conversations/1/messages/1".to_owned(),
            first_response_seconds: Some(seconds),
            ..Default::default()
        };
        let received = |score| messaging::MessageReceived {
            message: "conversations/1/messages/1".to_owned(),
            analysis: Some(social::Analysis {
                sentiment: Sentiment::Positive.into(),
                sentiment_score: score,
                ..Default::default()
            }),
            ..Default::default()
        };

        assert!(read(&paid("CNY", -1)).is_err());
        assert!(read(&paid("yuan", 1)).is_err());
        assert!(read(&paid("", 1)).is_err());
        assert!(read(&sales::OrderPaid { total: None, ..paid("CNY", 1) }).is_err());
        assert!(read(&sent(-0.5)).is_err());
        assert!(read(&sent(f64::NAN)).is_err());
        assert!(read(&sent(0.0)).is_ok());
        assert!(read(&received(1.5)).is_err());
        assert!(read(&received(f64::NAN)).is_err());
        assert!(read(&received(-1.0)).is_ok());
    }
}
