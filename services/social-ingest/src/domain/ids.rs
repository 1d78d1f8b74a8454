//! Ids and resource names. A value prints as the resource name.

use std::fmt;

use chassis::{
    malformed::Malformed,
    resource::{parse_id, parse_name},
    resource_id,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

resource_id!(
    /// Names a configured endpoint of a channel.
    SourceId,
    "sources"
);
resource_id!(
    /// Names one channel identity at one source: who writes, where.
    ThreadId,
    "threads"
);
resource_id!(
    /// Names what a customer wrote.
    InboundMessageId,
    "inboundMessages"
);
resource_id!(
    /// Names the ledger row of a reply.
    DeliveryId,
    "deliveries"
);
resource_id!(
    /// Names a stored webhook within its source.
    EnvelopeId,
    "envelopes"
);

impl SourceId {
    /// Reads the bare id, as it stands in a webhook's path.
    pub(crate) fn parse_bare(id: &str) -> Option<Self> {
        parse_id(id).map(Self)
    }
}

/// The resource name of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EnvelopeName {
    /// Where it came in.
    pub(crate) source: SourceId,
    /// Which one it is.
    pub(crate) envelope: EnvelopeId,
}

impl EnvelopeName {
    /// Reads the resource name, or says what it must look like.
    pub(crate) fn parse(name: &str) -> Result<Self, Malformed> {
        let parsed = name.match_indices('/').nth(1).and_then(|(at, _)| {
            let (source, envelope) = name.split_at(at);
            let source = SourceId::parse(source).ok()?;
            let envelope = EnvelopeId::parse(envelope.strip_prefix('/')?).ok()?;
            Some(Self { source, envelope })
        });
        parsed.ok_or(Malformed("must look like `sources/{source}/envelopes/{envelope}`"))
    }
}

impl fmt::Display for EnvelopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.source, self.envelope)
    }
}

/// The resource name of a message of a conversation, which another service owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageName {
    /// The conversation.
    pub conversation: Uuid,
    /// The message in it.
    pub message: Uuid,
}

impl MessageName {
    /// Reads the resource name, or says what it must look like.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        let parsed = name.split_once("/messages/").and_then(|(conversation, message)| {
            let conversation = parse_name(conversation, "conversations")?;
            Some(Self { conversation, message: parse_id(message)? })
        });
        parsed.ok_or(Malformed("must look like `conversations/{conversation}/messages/{message}`"))
    }
}

impl fmt::Display for MessageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "conversations/{}/messages/{}", self.conversation, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199f3a0-0000-7000-8000-00000000000a";

    #[test]
    fn a_name_is_its_collection_and_a_hyphenated_uuid() {
        #[track_caller]
        fn check(name: &str, is_read: bool) {
            assert_eq!(SourceId::parse(name).is_ok(), is_read, "{name}");
        }

        check(&format!("sources/{ID}"), true);
        check(&format!("threads/{ID}"), false);
        check(&format!("sources/{ID}/x"), false);
        check(ID, false);
        check("sources/", false);
        check(&format!("sources/{{{ID}}}"), false);
        check("", false);
    }

    #[test]
    fn longer_names_are_read_back_as_they_are_written() {
        let envelope = format!("sources/{ID}/envelopes/{ID}");
        let message = format!("conversations/{ID}/messages/{ID}");

        assert_eq!(EnvelopeName::parse(&envelope).unwrap().to_string(), envelope);
        assert_eq!(MessageName::parse(&message).unwrap().to_string(), message);
        assert!(EnvelopeName::parse(&message).is_err());
        assert!(EnvelopeName::parse("sources").is_err());
        assert!(MessageName::parse(&envelope).is_err());
    }
}
