//! Makes an inbound message of social-ingest a message of a conversation.

use bus::{Envelope, Failure, Handler};
use chrono::{DateTime, Utc};
use proto::{Event, social::v1::InboundMessageReceived};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{Peers, failure, steps};
use crate::{
    announce,
    app::App,
    convert::{self, message::Inbound},
    domain::{
        Analysis, Channel, Inbox, Text,
        exchange::Incoming,
        ids::{ContactId, SourceId},
    },
    store,
};

/// The handler `messaging.append-inbound`.
pub(super) struct AppendInbound {
    pub(super) app: App,
    pub(super) peers: Peers,
}

/// What the event does not say.
pub(super) struct Written {
    text: Text,
    contact: ContactId,
}

#[async_trait::async_trait]
impl Handler for AppendInbound {
    type Fetched = Written;

    fn group(&self) -> &'static str {
        "messaging.append-inbound"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(InboundMessageReceived::TOPIC, InboundMessageReceived::TYPE)]
    }

    /// Asks who wrote and what. The contact is created here, under an id of this event, so that a
    /// second run finds the same one.
    async fn fetch(&self, event: &Envelope) -> Result<Written, Failure> {
        let inbound = read(event)?;
        let message = self.peers.inbound_message(event.tenant, inbound.id).await?;
        let sender = message.sender.ok_or_else(|| Failure::fail("message has no sender"))?;
        let language_code = inbound.analysis.as_ref().map_or("", spoken_language);
        let request_id = Uuid::new_v5(&event.id, b"messaging.append-inbound/contact");
        let contact =
            self.peers.contact_of(event.tenant, sender, language_code, request_id).await?;
        Ok(Written { text: Text::clipped(&message.text), contact })
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        Written { text, contact }: Written,
    ) -> Result<(), Failure> {
        let inbound = read(event)?;
        if store::messages::has_inbound(txn, event.tenant, inbound.id).await.map_err(failure)? {
            return Ok(());
        }
        let now = self.app.clock.now();
        let inbox = find_or_create_inbox(txn, event, inbound.channel, inbound.source, now).await?;
        let mut held =
            steps::find_or_open(txn, event, &inbox, contact, inbound.thread, now).await?;
        let incoming = Incoming {
            text,
            analysis: inbound.analysis,
            inbound_message: inbound.id,
            source: inbound.source,
            provider_time: inbound.provider_time,
            receive_time: inbound.receive_time.unwrap_or(event.time),
            cause: event.id,
        };
        let (message, events) = held.conversation.receive(incoming, now);
        held.append(message);
        held.note(events);
        held.keep(txn, event, now).await
    }
}

fn read(event: &Envelope) -> Result<Inbound, Failure> {
    convert::message::inbound(event.decode()?).map_err(Failure::reject)
}

/// The language of the writer, if it could be told.
fn spoken_language(analysis: &Analysis) -> &str {
    match analysis.language_code.as_str() {
        "und" => "",
        code => code,
    }
}

/// Finds the live inbox of a source, or creates it. The unique key of the table decides between two
/// who create at once.
async fn find_or_create_inbox(
    txn: &DatabaseTransaction,
    cause: &Envelope,
    channel: Channel,
    source: SourceId,
    now: DateTime<Utc>,
) -> Result<Inbox, Failure> {
    let tenant = cause.tenant;
    for _ in 0..steps::RACES {
        let found = store::inboxes::find_by_source(txn, tenant, source).await.map_err(failure)?;
        if let Some(inbox) = found {
            return Ok(inbox);
        }
        let (inbox, created) = Inbox::of_source(channel, source, now);
        if store::inboxes::insert_first(txn, tenant, &inbox).await.map_err(failure)? {
            let message = announce::inbox(tenant, &inbox, created).caused_by(cause);
            bus::outbox::append(txn, &[message]).await?;
            return Ok(inbox);
        }
    }
    Err(Failure::retry("the inbox of the source comes and goes"))
}
