//! Envelopes with and without their bodies.

use proto::social::v1 as pb;

use super::{optional_name, timestamp};
use crate::domain::{Envelope, EnvelopeState};

/// An envelope as a list shows it.
pub(crate) fn envelope(envelope: &Envelope) -> pb::Envelope {
    let state = match envelope.state {
        EnvelopeState::Stored => pb::envelope::State::Stored,
        EnvelopeState::Decoded => pb::envelope::State::Decoded,
        EnvelopeState::Unsupported => pb::envelope::State::Unsupported,
        EnvelopeState::Undecodable => pb::envelope::State::Undecodable,
    };
    pb::Envelope {
        name: envelope.name().to_string(),
        dedupe_key: envelope.dedupe_key.clone(),
        state: state.into(),
        message_type: envelope.message_type.clone().unwrap_or_default(),
        failure: envelope.failure.clone().unwrap_or_default(),
        body: Default::default(),
        inbound_message: optional_name(envelope.inbound_message),
        receive_time: Some(timestamp(envelope.receive_time)),
    }
}

/// An envelope with its body.
pub(crate) fn envelope_with_body(it: &Envelope, body: Vec<u8>) -> pb::Envelope {
    pb::Envelope { body: body.into(), ..envelope(it) }
}
