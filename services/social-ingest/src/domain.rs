//! Pure decisions: what sources, envelopes, inbound messages and deliveries are, and what may become of them.

mod analysis;
mod channel;
mod credentials;
mod delivery;
mod envelope;
mod health;
mod ids;
mod inbound_message;
mod source;
mod thread;
mod words;

pub use analysis::{Analysis, Sentiment};
pub use channel::Channel;
pub use credentials::{Credentials, WeChatCredentials};
pub use delivery::{
    Delivery, DeliveryEvent, DeliveryState, Lease, Resolution, RetryPolicy, Verdict,
};
pub use envelope::{Envelope, EnvelopeState};
pub use health::SourceHealth;
pub use ids::{
    DeliveryId, EnvelopeId, EnvelopeName, InboundMessageId, MessageName, SourceId, ThreadId,
};
pub use inbound_message::{InboundMessage, MessageKind};
pub use source::{BaseUrl, Change, DisplayName, Source, SourceEvent, SourceState};
pub use thread::{ExternalId, Thread};
