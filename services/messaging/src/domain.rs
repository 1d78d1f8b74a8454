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

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use agent::Agent;
pub use analysis::{Analysis, Language, Sentiment};
pub use channel::Channel;
pub use conversation::{Conversation, Status};
pub use inbox::Inbox;
pub use message::Message;
pub use order::Order;
pub use rule::Rule;
pub use text::{DisplayName, Text};

/// The place of an item in a list that is ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// When the item was created.
    pub create_time: DateTime<Utc>,
    /// Its id, which decides between equal times.
    pub id: Uuid,
}

/// Items of a list and, unless it ends here, the place where the next page begins.
#[derive(Clone, Debug)]
pub struct Page<T, P> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The place of the last item, if there are more.
    pub next: Option<P>,
}

impl<T, P> Page<T, P> {
    /// Takes up to `size` of `items`, which may hold one more to tell that the list goes on.
    pub fn cut(mut items: Vec<T>, size: u32, place: impl Fn(&T) -> P) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let goes_on = size < items.len();
        items.truncate(size);
        let next = items.last().filter(|_| goes_on).map(place);
        Self { items, next }
    }
}
