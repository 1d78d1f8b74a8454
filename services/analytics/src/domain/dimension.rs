//! What a metric may be grouped and filtered by, besides the day.

/// A dimension: one column of every fact, empty where it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Who wrote a message: `AUTHOR_RULE`.
    Author,
    /// The kind of channel: `CHANNEL_WECHAT`.
    Channel,
    /// The contact: `contacts/{contact}`.
    Contact,
    /// ISO 4217 code: `CNY`.
    Currency,
    /// Whether a message came in or went out: `DIRECTION_INCOMING`.
    Direction,
    /// What the writer wants: `order_status`.
    Intent,
    /// Which of several kinds of event it was: `MESSAGE_SENT`.
    Kind,
    /// BCP 47 tag: `zh`.
    Language,
    /// How a delivery ended: `FAILED`.
    Outcome,
    /// Why a delivery failed: `WINDOW_CLOSED`.
    Reason,
    /// The mood of a text: `SENTIMENT_POSITIVE`.
    Sentiment,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 11] = [
        Self::Author,
        Self::Channel,
        Self::Contact,
        Self::Currency,
        Self::Direction,
        Self::Intent,
        Self::Kind,
        Self::Language,
        Self::Outcome,
        Self::Reason,
        Self::Sentiment,
    ];

    /// The names of all of them, as a filter may say them.
    pub const NAMES: &'static [&'static str] = &{
        let mut names = [""; Self::ALL.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = Self::ALL[index].name();
            index += 1;
        }
        names
    };

    /// The name that requests, answers and columns have for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Channel => "channel",
            Self::Contact => "contact",
            Self::Currency => "currency",
            Self::Direction => "direction",
            Self::Intent => "intent",
            Self::Kind => "kind",
            Self::Language => "language",
            Self::Outcome => "outcome",
            Self::Reason => "reason",
            Self::Sentiment => "sentiment",
        }
    }

    /// The dimension of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }
}
