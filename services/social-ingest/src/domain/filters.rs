//! What the lists of this service may be narrowed to.

use super::{Channel, DeliveryState, EnvelopeState, MessageName, SourceId, SourceState, ThreadId};

/// Which sources to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceFilter {
    /// Only of this channel.
    pub(crate) channel: Option<Channel>,
    /// Only in this state.
    pub(crate) state: Option<SourceState>,
}

/// Which envelopes of a source to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EnvelopeFilter {
    /// Only in this state.
    pub(crate) state: Option<EnvelopeState>,
    /// Only of this type.
    pub(crate) message_type: Option<String>,
}

/// Which inbound messages to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InboundMessageFilter {
    /// Only from this source.
    pub(crate) source: Option<SourceId>,
    /// Only of this thread.
    pub(crate) thread: Option<ThreadId>,
    /// Only with this intent.
    pub(crate) intent: Option<String>,
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeliveryFilter {
    /// Only of this source.
    pub(crate) source: Option<SourceId>,
    /// Only of this message.
    pub(crate) message: Option<MessageName>,
    /// Only in this state.
    pub(crate) state: Option<DeliveryState>,
}
