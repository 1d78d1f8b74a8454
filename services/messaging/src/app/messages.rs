//! Use cases of messages.

use chassis::{
    command::{RequestKey, Started, Work},
    page::{Page, PageRequest},
    tenant::TenantId,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{App, conversations::announce_all};
use crate::{
    domain::{
        Agent, Conversation, Message, Status, Text,
        conversation::Event,
        exchange::Voice,
        ids::{ConversationId, MessageName},
    },
    error::{Error, Result},
    store,
};

/// A message and the conversation it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// The conversation, as it was when the message was posted.
    pub conversation: Conversation,
    /// The message.
    pub message: Message,
}

impl App {
    /// Returns a message.
    pub async fn get_message(&self, tenant: TenantId, name: MessageName) -> Result<Posted> {
        let txn = self.db.read(tenant).await?;
        let message = store::messages::get(&txn, tenant, name).await?;
        let conversation = store::conversations::get(&txn, tenant, name.conversation).await?;
        Ok(Posted { conversation, message })
    }

    /// Lists the messages of a conversation behind `after`, in sequence.
    pub async fn list_messages(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        after: u64,
        request: &PageRequest,
    ) -> Result<(Conversation, Page<Message>)> {
        let parts = ["messages", &conversation.to_string(), &after.to_string()];
        let listing = self.lists.begin::<u64>(tenant, &parts, request)?;
        let txn = self.db.read(tenant).await?;
        let conversation = store::conversations::get(&txn, tenant, conversation).await?;
        let after = listing.after.unwrap_or(after);
        let found =
            store::messages::page(&txn, tenant, conversation.id, after, listing.limit()).await?;
        Ok((conversation, self.lists.end(&listing, found, |message| message.sequence)))
    }

    /// Queues a message of an agent to the contact and announces it.
    pub async fn send_message(
        &self,
        key: &RequestKey,
        id: ConversationId,
        agent: Agent,
        text: Text,
    ) -> Result<Posted> {
        self.post(key, id, |conversation, now| {
            if conversation.thread.is_none() {
                return Err(Error::ConversationUnreachable(id));
            }
            match conversation.status {
                Status::Resolved => Err(Error::ConversationResolved(id)),
                Status::Open | Status::Pending | Status::Snoozed => {
                    Ok(conversation.queue(Voice::Agent(agent), text, now))
                }
            }
        })
        .await
    }

    /// Adds a note of an agent and announces that there is one.
    pub async fn add_note(
        &self,
        key: &RequestKey,
        id: ConversationId,
        agent: Agent,
        text: Text,
    ) -> Result<Posted> {
        self.post(key, id, |conversation, now| {
            let (message, event) = conversation.note(Voice::Agent(agent), text, now);
            Ok((message, vec![event]))
        })
        .await
    }

    /// Queues a message that did not arrive for another delivery, and announces it.
    pub async fn retry_message(&self, key: &RequestKey, name: MessageName) -> Result<Posted> {
        let work = match self.db.command(key).await? {
            Started::Repeated(posted) => return self.with_text(key.tenant, posted).await,
            Started::Fresh(work) => work,
        };
        let conversation =
            store::conversations::get_locked(work.txn(), key.tenant, name.conversation).await;
        let mut conversation = match conversation {
            Err(Error::ConversationNotFound(_)) => return Err(Error::MessageNotFound(name)),
            conversation => conversation?,
        };
        let mut message = store::messages::get(work.txn(), key.tenant, name).await?;
        let version = conversation.version;
        let now = self.clock.now();
        let Some(event) = conversation.retry(&mut message, now) else {
            return Err(Error::MessageNotFailed(name));
        };
        store::messages::update(work.txn(), key.tenant, &message).await?;
        let posted = Posted { conversation, message };
        finish(work, key.tenant, version, posted, vec![event], now).await
    }

    /// Appends the message that `decide` makes, and keeps and tells what came of it.
    async fn post(
        &self,
        key: &RequestKey,
        id: ConversationId,
        decide: impl FnOnce(&mut Conversation, DateTime<Utc>) -> Result<(Message, Vec<Event>)>,
    ) -> Result<Posted> {
        let work = match self.db.command(key).await? {
            Started::Repeated(posted) => return self.with_text(key.tenant, posted).await,
            Started::Fresh(work) => work,
        };
        let mut conversation = store::conversations::get_locked(work.txn(), key.tenant, id).await?;
        let version = conversation.version;
        let now = self.clock.now();
        let (message, events) = decide(&mut conversation, now)?;
        store::messages::insert(work.txn(), key.tenant, &message).await?;
        finish(work, key.tenant, version, Posted { conversation, message }, events, now).await
    }

    /// Puts the text back that a stored answer does not hold.
    async fn with_text(&self, tenant: TenantId, mut posted: Posted) -> Result<Posted> {
        let txn = self.db.read(tenant).await?;
        posted.message.text = store::messages::get(&txn, tenant, posted.message.name()).await?.text;
        Ok(posted)
    }
}

async fn finish(
    work: Work,
    tenant: TenantId,
    seen: u64,
    posted: Posted,
    events: Vec<Event>,
    now: DateTime<Utc>,
) -> Result<Posted> {
    store::conversations::update(work.txn(), tenant, &posted.conversation, seen).await?;
    announce_all(&work, tenant, &posted.conversation, events, now).await?;
    work.commit(&posted).await?;
    Ok(posted)
}
