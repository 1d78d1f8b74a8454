//! Steps that several handlers take inside the transaction of an event.

use bus::{Envelope, Failure};
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::failure;
use crate::{
    announce,
    domain::{
        Conversation, Inbox, Message,
        conversation::Event,
        ids::{ContactId, ThreadId},
    },
    store,
};

/// How often a race for a unique key is run before others may go first.
pub(super) const RACES: usize = 3;

/// A conversation that this transaction has to itself, and what happened to it so far.
pub(super) struct Held {
    /// The conversation.
    pub(super) conversation: Conversation,
    /// The version that is stored.
    stored: u64,
    /// What happened since, not announced yet.
    events: Vec<Event>,
    /// Messages appended since, not stored yet.
    appended: Vec<Message>,
}

impl Held {
    /// Takes a conversation that is locked.
    pub(super) fn of(conversation: Conversation) -> Self {
        let stored = conversation.version;
        Self { conversation, stored, events: Vec::new(), appended: Vec::new() }
    }

    /// Notes what happened.
    pub(super) fn note(&mut self, events: impl IntoIterator<Item = Event>) {
        self.events.extend(events);
    }

    /// Notes a message that was appended.
    pub(super) fn append(&mut self, message: Message) {
        self.appended.push(message);
    }

    /// Stores and announces what happened, as the consequence of `cause`.
    pub(super) async fn keep(
        self,
        txn: &DatabaseTransaction,
        cause: &Envelope,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let Self { conversation, stored, events, appended } = self;
        let tenant = cause.tenant;
        for message in &appended {
            store::messages::insert(txn, tenant, message).await.map_err(failure)?;
        }
        if conversation.version != stored {
            store::conversations::update(txn, tenant, &conversation, stored)
                .await
                .map_err(failure)?;
        }
        let messages = announce::conversation(tenant, &conversation, events, now);
        let messages: Vec<_> = messages.into_iter().map(|it| it.caused_by(cause)).collect();
        bus::outbox::append(txn, &messages).await?;
        Ok(())
    }
}

/// Finds the unresolved conversation of a thread, or opens one in `inbox`. The unique key of the
/// table decides between two who open at once.
pub(super) async fn find_or_open(
    txn: &DatabaseTransaction,
    cause: &Envelope,
    inbox: &Inbox,
    contact: ContactId,
    thread: ThreadId,
    now: DateTime<Utc>,
) -> Result<Held, Failure> {
    let tenant = cause.tenant;
    for _ in 0..RACES {
        let found = store::conversations::find_unresolved_locked(txn, tenant, thread)
            .await
            .map_err(failure)?;
        if let Some(conversation) = found {
            return Ok(Held::of(conversation));
        }
        let status = Conversation::first_status(inbox);
        let (conversation, opened) = Conversation::open(inbox, contact, Some(thread), status, now);
        let is_first = store::conversations::insert_first(txn, tenant, &conversation)
            .await
            .map_err(failure)?;
        if is_first {
            let mut held = Held::of(conversation);
            held.note([opened]);
            return Ok(held);
        }
    }
    Err(Failure::retry("another conversation of the thread comes and goes"))
}
