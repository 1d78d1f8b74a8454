//! Ids and the resource names that show them, ours and those of other services.

use std::fmt;

use chassis::{malformed::Malformed, resource_id};

resource_id!(
    /// Names an inbox.
    InboxId,
    "inboxes"
);
resource_id!(
    /// Names a conversation.
    ConversationId,
    "conversations"
);
resource_id!(
    /// Names a message inside its conversation.
    MessageId,
    "messages"
);
resource_id!(
    /// Names an auto-reply rule.
    RuleId,
    "autoReplyRules"
);
resource_id!(
    /// Names a contact at customer.
    ContactId,
    "contacts"
);
resource_id!(
    /// Names a thread at social-ingest: one writer at one source.
    ThreadId,
    "threads"
);
resource_id!(
    /// Names a source at social-ingest.
    SourceId,
    "sources"
);
resource_id!(
    /// Names an inbound message at social-ingest.
    InboundMessageId,
    "inboundMessages"
);

/// The full resource name of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageName {
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The message itself.
    pub message: MessageId,
}

impl MessageName {
    /// Reads `conversations/{conversation}/messages/{message}`, or says that it must look like that.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed = Malformed("must look like `conversations/{uuid}/messages/{uuid}`");
        let (at, _) = name.match_indices('/').nth(1).ok_or(SHAPE)?;
        let (conversation, message) = (&name[..at], &name[at + 1..]);
        Ok(Self {
            conversation: ConversationId::parse(conversation).map_err(|_| SHAPE)?,
            message: MessageId::parse(message).map_err(|_| SHAPE)?,
        })
    }
}

impl fmt::Display for MessageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.conversation, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_inside_its_conversation() {
        let id = "0199f3a0-0000-7000-8000-00000000000a";
        let name = format!("conversations/{id}/messages/{id}");

        assert_eq!(MessageName::parse(&name).unwrap().to_string(), name);
        assert!(MessageName::parse(&format!("conversations/{id}")).is_err());
        assert!(MessageName::parse(&format!("conversations/{id}/messages/{id}/x")).is_err());
        assert!(MessageName::parse("").is_err());
    }
}
