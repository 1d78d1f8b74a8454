//! The metrics: what each means, what it may be asked by, and how a number comes from its rows.

use super::{Dimension, Millionths};

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Contacts created.
    Contacts,
    /// Conversations opened.
    Conversations,
    /// Deliveries ended.
    Deliveries,
    /// Deliveries that failed.
    DeliveriesFailed,
    /// What each contact does.
    Engagement,
    /// How long contacts wait for the first response.
    FirstResponseTime,
    /// What contacts want.
    Intents,
    /// Messages in and out.
    Messages,
    /// Money in, less money back.
    Revenue,
    /// The mood of what contacts write.
    Sentiment,
}

/// How a number comes from its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// Rows are counted; each adds 1.
    Count,
    /// Values are added up.
    Sum,
    /// Values are averaged; they are kept in millionths.
    Mean,
}

/// What a metric means. A change of meaning is a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Version of the meaning, from 1.
    pub version: i32,
    /// What a person calls it.
    pub display_name: &'static str,
    /// How it is computed from which events.
    pub formula: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// How a number comes from its rows.
    pub aggregation: Aggregation,
    /// What it may be grouped and filtered by, besides the day.
    pub dimensions: &'static [Dimension],
    /// What it is grouped by whether asked or not, because it must not be added across it.
    pub always_by: &'static [Dimension],
}

impl Metric {
    /// Every metric, in the order they are listed in.
    pub const ALL: [Self; 10] = [
        Self::Contacts,
        Self::Conversations,
        Self::Deliveries,
        Self::DeliveriesFailed,
        Self::Engagement,
        Self::FirstResponseTime,
        Self::Intents,
        Self::Messages,
        Self::Revenue,
        Self::Sentiment,
    ];

    /// What stands behind `metrics/`, and in the column `metric`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Conversations => "conversations",
            Self::Deliveries => "deliveries",
            Self::DeliveriesFailed => "deliveries_failed",
            Self::Engagement => "engagement",
            Self::FirstResponseTime => "first_response_time",
            Self::Intents => "intents",
            Self::Messages => "messages",
            Self::Revenue => "revenue",
            Self::Sentiment => "sentiment",
        }
    }

    /// The metric of that id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.id() == id)
    }

    /// What it means.
    pub const fn definition(self) -> Definition {
        use Dimension::{
            Author, Channel, Contact, Currency, Direction, Intent, Kind, Language, Outcome, Reason,
            Sentiment,
        };
        let count = Definition {
            version: 1,
            display_name: "",
            formula: "",
            unit: "1",
            aggregation: Aggregation::Count,
            dimensions: &[],
            always_by: &[],
        };
        match self {
            Self::Contacts => Definition {
                display_name: "Contacts created",
                formula: "Counts `kith.customer.v1.ContactCreated`.",
                dimensions: &[Language],
                ..count
            },
            Self::Conversations => Definition {
                display_name: "Conversations opened",
                formula: "Counts `kith.messaging.v1.ConversationOpened`.",
                dimensions: &[Channel],
                ..count
            },
            Self::Deliveries => Definition {
                display_name: "Deliveries",
                formula: "Counts `DeliverySent`, `DeliveryFailed` and `DeliveryOutcomeUnknown` of \
                          `kith.social.v1`, one for each attempt.",
                dimensions: &[Channel, Outcome],
                ..count
            },
            Self::DeliveriesFailed => Definition {
                display_name: "Failed deliveries",
                formula: "Counts `kith.social.v1.DeliveryFailed`, one for each attempt.",
                dimensions: &[Channel, Reason],
                ..count
            },
            Self::Engagement => Definition {
                display_name: "Engagement of contacts",
                formula: "Counts, for each contact, `MessageReceived` and `MessageSent` of \
                          `kith.messaging.v1`, and orders: `kith.sales.v1.OrderPlaced` of a known \
                          buyer, or `OrderLinked` when the buyer becomes known later.",
                dimensions: &[Contact, Kind],
                ..count
            },
            Self::FirstResponseTime => Definition {
                display_name: "First response time",
                formula: "Mean of `first_response_seconds` of `kith.messaging.v1.MessageSent`, where \
                          set, each rounded to a millionth.",
                unit: "s",
                aggregation: Aggregation::Mean,
                dimensions: &[Channel, Author],
                ..count
            },
            Self::Intents => Definition {
                display_name: "Intents of incoming messages",
                formula: "Counts `kith.messaging.v1.MessageReceived` that was analysed, by what the \
                          writer wants.",
                dimensions: &[Channel, Language, Intent],
                ..count
            },
            Self::Messages => Definition {
                display_name: "Messages",
                formula: "Counts `kith.messaging.v1.MessageReceived` as incoming and `MessageSent` \
                          as outgoing.",
                dimensions: &[Channel, Direction, Author],
                ..count
            },
            Self::Revenue => Definition {
                display_name: "Revenue",
                formula: "Sum of `total` of `kith.sales.v1.OrderPaid` less `paid_back` of \
                          `OrderCancelled` and `OrderRefunded`. Always by currency: amounts of two \
                          currencies are never added.",
                unit: "{currency minor unit}",
                aggregation: Aggregation::Sum,
                dimensions: &[Currency, Kind],
                always_by: &[Currency],
                ..count
            },
            Self::Sentiment => Definition {
                display_name: "Sentiment of incoming messages",
                formula: "Mean of `analysis.sentiment_score` of `kith.messaging.v1.MessageReceived` \
                          that was analysed, each rounded to a millionth.",
                unit: "[-1,1]",
                aggregation: Aggregation::Mean,
                dimensions: &[Channel, Language, Sentiment],
                ..count
            },
        }
    }

    /// Whether it may be grouped and filtered by `dimension`.
    pub fn has(self, dimension: Dimension) -> bool {
        self.definition().dimensions.contains(&dimension)
    }

    /// The number that `rows` rows with this total make. Exact up to 2^53, the nearest beyond.
    pub fn number(self, total: i128, rows: i64) -> f64 {
        match self.definition().aggregation {
            Aggregation::Count | Aggregation::Sum => total as f64,
            Aggregation::Mean => total as f64 / Millionths::ONE as f64 / rows.max(1) as f64,
        }
    }

    /// What one row adds to the number.
    pub fn share(self, value: i64) -> f64 {
        self.number(value.into(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_named_explained_and_found_by_its_name() {
        for metric in Metric::ALL {
            let definition = metric.definition();
            assert_eq!(Metric::parse(metric.id()), Some(metric));
            assert!(!definition.display_name.is_empty() && !definition.unit.is_empty());
            assert!(definition.formula.contains('`') && definition.formula.ends_with('.'));
            assert!(definition.always_by.iter().all(|dimension| metric.has(*dimension)));
        }
        assert_eq!(Metric::parse("money"), None);
    }

    #[test]
    fn a_number_is_a_count_a_sum_or_a_mean() {
        #[track_caller]
        fn check(metric: Metric, total: i128, rows: i64, expected: f64) {
            assert_eq!(metric.number(total, rows), expected);
        }

        check(Metric::Messages, 3, 3, 3.0);
        check(Metric::Revenue, 25_600, 2, 25_600.0);
        check(Metric::Revenue, -100, 1, -100.0);
        check(Metric::FirstResponseTime, 3_000_000, 2, 1.5);
        check(Metric::Sentiment, -500_000, 1, -0.5);
        check(Metric::Sentiment, 0, 0, 0.0);
    }
}
