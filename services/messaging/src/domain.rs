//! What messaging decides: inboxes, conversations, messages and rules as values; nothing here waits or does I/O.

mod named;

pub mod agent;
pub mod analysis;
pub mod channel;
pub mod conversation;
pub mod exchange;
pub mod ids;
pub mod inbox;
pub mod message;
pub mod order;
pub mod reply;
pub mod reply_text;
pub mod rule;
pub mod text;

pub use agent::Agent;
pub use analysis::{Analysis, Language, Sentiment};
pub use channel::Channel;
pub use conversation::{Conversation, Status};
pub use inbox::Inbox;
pub use message::Message;
pub use order::Order;
pub use rule::Rule;
pub use text::{DisplayName, Text};
