//! Pure decisions: what sources, envelopes, inbound messages and deliveries are, and what may become of them.

mod analysis;
mod attempt;
mod channel;
mod credentials;
mod delivery;
mod envelope;
mod filters;
mod health;
mod ids;
mod inbound_message;
mod source;
mod thread;
mod words;

pub(crate) use analysis::{Analysis, Sentiment};
pub(crate) use attempt::{RetryPolicy, Verdict};
pub(crate) use channel::Channel;
pub(crate) use credentials::{Credentials, WeChatCredentials};
pub(crate) use delivery::{Delivery, DeliveryEvent, DeliveryState, Lease, Resolution};
pub(crate) use envelope::{Envelope, EnvelopeState};
pub(crate) use filters::{DeliveryFilter, EnvelopeFilter, InboundMessageFilter, SourceFilter};
pub(crate) use health::SourceHealth;
pub use ids::MessageName;
pub(crate) use ids::{DeliveryId, EnvelopeId, EnvelopeName, InboundMessageId, SourceId, ThreadId};
pub(crate) use inbound_message::{InboundMessage, Mark, MessageKind};
pub(crate) use source::{BaseUrl, Change, DisplayName, Source, SourceEvent, SourceState};
pub(crate) use thread::{ExternalId, Thread};
