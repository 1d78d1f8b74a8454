//! Use cases of conversations.

use chassis::{
    command::{RequestKey, Started, Work},
    etag,
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};
use chrono::{DateTime, Utc};

use super::App;
use crate::{
    announce,
    domain::{
        Agent, Conversation, Status,
        conversation::{Event, Filter, Move, Reason, Refusal},
        ids::{ContactId, ConversationId, InboxId, ThreadId},
    },
    error::{Error, Result},
    store,
};

impl App {
    /// Opens a conversation from our side and announces it.
    pub async fn open_conversation(
        &self,
        key: &RequestKey,
        inbox: InboxId,
        contact: ContactId,
        thread: Option<ThreadId>,
    ) -> Result<Conversation> {
        let work = match self.db.command(key).await? {
            Started::Repeated(conversation) => return Ok(conversation),
            Started::Fresh(work) => work,
        };
        let inbox = store::inboxes::get_live(work.txn(), key.tenant, inbox).await?;
        let now = self.clock.now();
        let (conversation, event) = Conversation::open(&inbox, contact, thread, Status::Open, now);
        store::conversations::insert(work.txn(), key.tenant, &conversation).await?;
        announce_all(&work, key.tenant, &conversation, vec![event], now).await?;
        work.commit(&conversation).await?;
        Ok(conversation)
    }

    /// Returns a conversation.
    pub async fn get_conversation(
        &self,
        tenant: TenantId,
        id: ConversationId,
    ) -> Result<Conversation> {
        let txn = self.db.read(tenant).await?;
        store::conversations::get(&txn, tenant, id).await
    }

    /// Lists conversations, newest first. `scope` is the filter as the caller wrote it.
    pub async fn list_conversations(
        &self,
        tenant: TenantId,
        filter: &Filter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Conversation>> {
        let listing = self.lists.begin(tenant, &["conversations", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::conversations::page(&txn, tenant, filter, listing.after, listing.limit())
                .await?;
        Ok(self.lists.end(&listing, found, |conversation| Place {
            time: conversation.create_time,
            id: conversation.id.as_uuid(),
        }))
    }

    /// Assigns a conversation to an agent, or takes it from its agent, and announces it.
    pub async fn assign_conversation(
        &self,
        key: &RequestKey,
        id: ConversationId,
        etag: &str,
        assignee: Option<Agent>,
    ) -> Result<Conversation> {
        self.change(key, id, etag, |conversation, now| {
            let outcome = conversation.assign(assignee, Reason::Agent, now);
            match outcome {
                Ok(event) => Ok(event.into_iter().collect()),
                Err(Refusal::Resolved | Refusal::SnoozeTimePassed) => {
                    Err(Error::ConversationResolved(id))
                }
            }
        })
        .await
    }

    /// Sets where the matter stands and announces it.
    pub async fn move_conversation(
        &self,
        key: &RequestKey,
        id: ConversationId,
        etag: &str,
        wanted: Move,
    ) -> Result<Conversation> {
        let illegal = |from| Error::StatusChangeIllegal { id, from, to: wanted.target() };
        let outcome = self
            .change(key, id, etag, |conversation, now| {
                conversation.apply(wanted, now).map_err(|refusal| match refusal {
                    Refusal::Resolved => illegal(conversation.status),
                    Refusal::SnoozeTimePassed => Error::invalid(
                        "snooze_until_time",
                        chassis::malformed::Malformed("must be in the future"),
                    ),
                })
            })
            .await;
        // Another conversation of the thread has been opened since this one was resolved.
        match outcome {
            Err(Error::ConversationOpen) => Err(illegal(Status::Resolved)),
            outcome => outcome,
        }
    }

    /// Runs `decide` on a conversation that the caller has seen, and keeps and tells what came of it.
    async fn change(
        &self,
        key: &RequestKey,
        id: ConversationId,
        etag: &str,
        decide: impl FnOnce(&mut Conversation, DateTime<Utc>) -> Result<Vec<Event>>,
    ) -> Result<Conversation> {
        let work = match self.db.command(key).await? {
            Started::Repeated(conversation) => return Ok(conversation),
            Started::Fresh(work) => work,
        };
        let mut conversation = store::conversations::get_locked(work.txn(), key.tenant, id).await?;
        let version = conversation.version;
        if !etag::matches(etag, version) {
            return Err(Error::ConversationChanged(id));
        }
        let now = self.clock.now();
        let events = decide(&mut conversation, now)?;
        if !events.is_empty() {
            store::conversations::update(work.txn(), key.tenant, &conversation, version).await?;
            announce_all(&work, key.tenant, &conversation, events, now).await?;
        }
        work.commit(&conversation).await?;
        Ok(conversation)
    }
}

pub(super) async fn announce_all(
    work: &Work,
    tenant: TenantId,
    conversation: &Conversation,
    events: Vec<Event>,
    now: DateTime<Utc>,
) -> Result<()> {
    let messages = announce::conversation(tenant, conversation, events, now);
    bus::outbox::append(work.txn(), &messages).await?;
    Ok(())
}
