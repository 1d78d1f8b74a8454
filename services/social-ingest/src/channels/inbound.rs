//! What arrives on any channel, in one model. A value of it prints no personal data.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};

/// A message or an event from one person at one of our accounts.
#[derive(Clone, PartialEq)]
pub struct Inbound {
    /// The same for every delivery of the same message; see [`Peek::dedupe_key`].
    pub dedupe_key: String,
    /// The person, as the provider names them at this account.
    pub sender: String,
    /// Our account, as the provider names it.
    pub receiver: String,
    /// When it happened, by the provider's clock.
    pub sent_at: DateTime<Utc>,
    /// What was said or done.
    pub kind: Kind,
}

/// What was said or done.
#[derive(Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Kind {
    /// Words.
    Text { content: String },
    /// A picture. The link may need no credentials and may expire; the media id is fetched with the account's.
    Image { media_id: String, url: Option<String> },
    /// Speech, with the provider's transcript when it makes one.
    Voice { media_id: String, format: Option<String>, transcript: Option<String> },
    /// A moving picture.
    Video { media_id: String, thumbnail_media_id: Option<String> },
    /// A place on a map.
    Location { latitude: f64, longitude: f64, scale: Option<u32>, label: Option<String> },
    /// A shared page.
    Link { title: String, description: Option<String>, url: String },
    /// Something done rather than said.
    Event(Event),
    /// A type that this version does not know. It is kept, acknowledged and shown as unsupported.
    Unsupported { type_name: String },
}

impl Kind {
    /// The name that is stored and counted; it never changes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Location { .. } => "location",
            Self::Link { .. } => "link",
            Self::Event(_) => "event",
            Self::Unsupported { .. } => "unsupported",
        }
    }
}

/// Something done rather than said.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// What it means to us.
    pub kind: EventKind,
    /// The provider's name of it, as it came.
    pub name: String,
    /// What it was done to: a menu key, a scene, an address.
    pub key: Option<String>,
    /// The provider's other fields by path, such as `ScanCodeInfo.ScanResult`.
    pub fields: BTreeMap<String, String>,
}

/// What an event means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The person began to follow the account.
    Followed,
    /// The person left; nothing may be sent to them any more.
    Unfollowed,
    /// The person scanned a code of ours.
    Scanned,
    /// The person chose a menu entry, or gave what it asked for.
    MenuChosen,
    /// The person's position, reported without being said.
    LocationReported,
    /// The provider tells what became of something we sent.
    DeliveryReported,
    /// The provider's own agent desk took, passed on or closed a session.
    SessionChanged,
    /// The person allowed or forbade a kind of notification.
    SubscriptionChanged,
    /// A device of the person said something.
    DeviceReported,
    /// Anything else, kept by its name.
    Other,
}

/// What must be known of a message before it is stored, whether or not it can be decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Peek {
    /// The same for every delivery of the same message, different for every other; at most 80 characters, no personal data.
    pub dedupe_key: String,
    /// The person, when the document names one.
    pub sender: Option<String>,
}

/// Why a request to a webhook is turned away. Nothing of it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A part that verification needs is missing, doubled or out of shape.
    #[error("malformed request: {0}")]
    Malformed(&'static str),
    /// The body is longer than any the provider sends.
    #[error("body is too large")]
    TooLarge,
    /// Whoever sent this does not know the secret.
    #[error("wrong signature")]
    WrongSignature,
    /// Rightly signed, but too long ago, or for a time still to come.
    #[error("timestamp is outside the window")]
    Stale,
    /// The account is set to encrypt and this came in the clear.
    #[error("body is not encrypted")]
    NotEncrypted,
    /// This came encrypted and the account has no key.
    #[error("account has no decryption key")]
    KeyMissing,
    /// Rightly signed, but the key does not open it.
    #[error("ciphertext does not open: {0}")]
    Undecryptable(&'static str),
    /// Rightly signed, but meant for another account.
    #[error("addressed to another account")]
    WrongReceiver,
}

/// Why an authentic document yields no message. It stays stored as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("undecodable document: {0}")]
pub struct Undecodable(pub &'static str);

/// Personal data never reaches a log by accident.
impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for Peek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peek").field("dedupe_key", &self.dedupe_key).finish_non_exhaustive()
    }
}
