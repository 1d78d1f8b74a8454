//! What an analysis says: the types every caller sees.

use std::fmt;
use std::ops::Range;

/// Declares an enum together with the stable name of each variant.
macro_rules! named {
    ($(#[$doc:meta])* $kind:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $kind { $($(#[$variant_doc])* $variant,)+ }

        impl $kind {
            /// Every variant, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the stable `snake_case` name, for storage and events.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Returns the variant of that stable name, or `None` if there is none.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named! {
    /// The language most of a text is written in.
    Language {
        /// Chinese, in simplified or traditional characters.
        Chinese = "chinese",
        /// English.
        English = "english",
        /// A language this crate does not read.
        Other = "other",
        /// Too little to tell: empty, digits, emoji, a name.
        Undetermined = "undetermined",
    }
}

named! {
    /// How a text feels, in one word.
    SentimentLabel {
        /// Pleased.
        Positive = "positive",
        /// Neither, or both alike.
        Neutral = "neutral",
        /// Displeased.
        Negative = "negative",
    }
}

named! {
    /// What a customer wants, as far as a shop can act on it.
    IntentKind {
        /// Where an order is, when it ships or arrives.
        OrderStatus = "order_status",
        /// Money back, or the state of money that is on its way back.
        RefundRequest = "refund_request",
        /// Goods back, or other goods for them.
        ReturnExchange = "return_exchange",
        /// A payment that failed, was taken twice or cannot be made.
        PaymentProblem = "payment_problem",
        /// An invoice or a receipt.
        InvoiceRequest = "invoice_request",
        /// What a product is, fits, contains, or whether there is any left.
        ProductQuestion = "product_question",
        /// Prices, coupons, gifts and shipping fees.
        PriceDiscount = "price_discount",
        /// Another address, carrier or time of delivery.
        DeliveryChange = "delivery_change",
        /// Goods or service that are not as they should be.
        Complaint = "complaint",
        /// An order that should not happen any more.
        CancelOrder = "cancel_order",
        /// Signing in, passwords, membership, personal details.
        AccountHelp = "account_help",
        /// A hello and nothing else.
        Greeting = "greeting",
        /// Thanks or praise and nothing else.
        Thanks = "thanks",
        /// A person instead of a machine.
        HumanAgent = "human_agent",
        /// None of the above.
        Other = "other",
    }
}

named! {
    /// What a stretch of text names.
    EntityKind {
        /// The number of an order.
        OrderNumber = "order_number",
        /// The number a carrier gave a parcel.
        TrackingNumber = "tracking_number",
        /// A telephone number.
        Phone = "phone",
        /// An email address.
        Email = "email",
        /// A web address.
        Url = "url",
        /// An amount with its currency.
        Money = "money",
        /// A day, absolute or relative ("tomorrow").
        Date = "date",
    }
}

named! {
    /// The class of a word, as far as the dictionary knows it.
    PartOfSpeech {
        /// A thing, person or place.
        Noun = "noun",
        /// An action or state.
        Verb = "verb",
        /// A quality.
        Adjective = "adjective",
        /// A manner, degree or negation.
        Adverb = "adverb",
        /// A stand-in: I, 这, who.
        Pronoun = "pronoun",
        /// A number or a quantity.
        Numeral = "numeral",
        /// A Chinese measure word.
        Measure = "measure",
        /// A preposition.
        Preposition = "preposition",
        /// A conjunction.
        Conjunction = "conjunction",
        /// A particle, article or auxiliary.
        Particle = "particle",
        /// A cry: hello, 哎.
        Interjection = "interjection",
        /// Punctuation.
        Punctuation = "punctuation",
        /// An emoji or another sign.
        Symbol = "symbol",
    }
}

/// A word of the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The word as the customer wrote it.
    pub text: String,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Its class, if the dictionary knows.
    pub part_of_speech: Option<PartOfSpeech>,
}

/// How the text feels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sentiment {
    /// The feeling in one word.
    pub label: SentimentLabel,
    /// From -1 (all negative) to 1 (all positive).
    pub score: f64,
}

/// What the customer wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intent {
    /// The most likely wish.
    pub kind: IntentKind,
    /// From 0 (a guess) to 1 (certain). Not a probability: higher is surer, no more.
    pub confidence: f64,
}

/// A stretch of text that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it names.
    pub kind: EntityKind,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// Everything an [`Analyzer`](crate::Analyzer) says about one text.
#[derive(Clone, PartialEq)]
pub struct Analysis {
    /// The language most of it is written in.
    pub language: Language,
    /// Its words in order; white space belongs to none.
    pub tokens: Vec<Token>,
    /// How it feels.
    pub sentiment: Sentiment,
    /// What the customer wants.
    pub intent: Intent,
    /// What it names, in order, without overlaps.
    pub entities: Vec<Entity>,
    /// Its most telling words, the most telling first.
    pub keywords: Vec<String>,
    /// Name and version of what analysed it.
    pub model: &'static str,
}

/// What a customer wrote never reaches a log by accident.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("range", &self.range)
            .field("part_of_speech", &self.part_of_speech)
            .finish_non_exhaustive()
    }
}

/// What a customer wrote never reaches a log by accident.
impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analysis")
            .field("language", &self.language)
            .field("tokens", &self.tokens.len())
            .field("sentiment", &self.sentiment)
            .field("intent", &self.intent)
            .field("entities", &self.entities)
            .field("keywords", &self.keywords.len())
            .field("model", &self.model)
            .finish()
    }
}
