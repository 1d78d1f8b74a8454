//! Use cases of envelopes: show them, and decode them.

use chassis::{
    command::{RequestKey, Started},
    page::{Page, PageRequest},
    redact::Redacted,
    tenant::TenantId,
};
use sea_orm::DatabaseTransaction;

use super::{App, Reading, reading};
use crate::{
    announce,
    domain::{
        Envelope, EnvelopeFilter, EnvelopeName, EnvelopeState, InboundMessage, InboundMessageId,
        Source, SourceId,
    },
    error::{Error, Result},
    store::{self, counters::Counts, envelopes::Full},
};

/// An envelope that was read, and what it says.
#[derive(Debug)]
pub(crate) struct Read {
    /// The envelope as it was.
    pub(crate) envelope: Envelope,
    /// Where it came in.
    pub(crate) source: Source,
    /// What it says; absent if it was decoded before.
    pub(crate) reading: Option<Reading>,
}

impl App {
    /// Returns an envelope with its body.
    pub(crate) async fn get_envelope(&self, tenant: TenantId, name: EnvelopeName) -> Result<Full> {
        let txn = self.db.read(tenant).await?;
        store::envelopes::get(&txn, tenant, name).await
    }

    /// Lists the envelopes of a source, newest first. `scope` is the filter as the caller wrote it.
    pub(crate) async fn list_envelopes(
        &self,
        tenant: TenantId,
        source: SourceId,
        filter: &EnvelopeFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Envelope>> {
        let parent = source.to_string();
        let listing = self.lists.begin(tenant, &["envelopes", &parent, scope], request)?;
        let txn = self.db.read(tenant).await?;
        store::sources::get(&txn, tenant, source).await?;
        let (after, limit) = (listing.after, listing.limit());
        let found = store::envelopes::page(&txn, tenant, source, filter, after, limit).await?;
        Ok(self.lists.end(&listing, found, |envelope| envelope.id.as_uuid()))
    }

    /// Reads a stored envelope. Changes nothing.
    pub(crate) async fn read_envelope(&self, tenant: TenantId, name: EnvelopeName) -> Result<Read> {
        let txn = self.db.read(tenant).await?;
        let Full { envelope, document, .. } = store::envelopes::get(&txn, tenant, name).await?;
        let source = store::sources::get(&txn, tenant, name.source).await?.source;
        drop(txn);
        let reading = match envelope.state {
            EnvelopeState::Decoded => None,
            EnvelopeState::Stored | EnvelopeState::Unsupported | EnvelopeState::Undecodable => {
                Some(self.read(source.channel, document))
            }
        };
        Ok(Read { envelope, source, reading })
    }

    /// Stores what an envelope says and announces a message. Does nothing if another did so meanwhile.
    pub(crate) async fn conclude(
        &self,
        txn: &DatabaseTransaction,
        tenant: TenantId,
        read: Read,
        cause: Option<&bus::Envelope>,
    ) -> Result<Envelope> {
        let Read { envelope, source, reading } = read;
        let Some(reading) = reading else { return Ok(envelope) };
        let from = envelope.state;
        let now = self.clock.now();
        let mut concluded = Envelope {
            state: reading.state(),
            message_type: None,
            failure: None,
            inbound_message: None,
            ..envelope.clone()
        };
        let message = match reading {
            Reading::Message(message) => {
                concluded.message_type = Some(message.message_type.to_owned());
                concluded.inbound_message = Some(InboundMessageId::new(now));
                Some(message)
            }
            Reading::Unsupported { message_type } => {
                concluded.message_type = Some(message_type);
                None
            }
            Reading::Undecodable { reason } => {
                concluded.failure = Some(reason.to_owned());
                None
            }
        };
        if !store::envelopes::conclude(txn, tenant, &concluded, from).await? {
            let name = envelope.name();
            return Ok(store::envelopes::get(txn, tenant, name).await?.envelope);
        }
        if let (Some(message), Some(id)) = (message, concluded.inbound_message) {
            self.append_message(txn, tenant, &source, &concluded, (id, *message), cause).await?;
        }
        let counts = moved(from, concluded.state);
        store::counters::add(txn, tenant, source.id, concluded.id.as_uuid(), counts).await?;
        Ok(concluded)
    }

    /// Decodes an envelope again, unless it was decoded.
    pub(crate) async fn reprocess_envelope(
        &self,
        key: &RequestKey,
        name: EnvelopeName,
    ) -> Result<Envelope> {
        let read = self.read_envelope(key.tenant, name).await?;
        let work = match self.db.command(key).await? {
            Started::Repeated(envelope) => return Ok(envelope),
            Started::Fresh(work) => work,
        };
        let envelope = self.conclude(work.txn(), key.tenant, read, None).await?;
        work.commit(&envelope).await?;
        Ok(envelope)
    }

    async fn append_message(
        &self,
        txn: &DatabaseTransaction,
        tenant: TenantId,
        source: &Source,
        envelope: &Envelope,
        (id, message): (InboundMessageId, reading::Message),
        cause: Option<&bus::Envelope>,
    ) -> Result<()> {
        let now = self.clock.now();
        let thread = store::threads::bump(txn, tenant, source.id, &message.sender, now).await?;
        let message = InboundMessage {
            id,
            envelope: envelope.id,
            source: source.id,
            thread: thread.id,
            channel: source.channel,
            realm: source.realm.clone(),
            sender: message.sender,
            kind: message.kind,
            text: Redacted::new(message.text.into_exposed()),
            analysis: message.analysis,
            provider_time: message.provider_time,
            receive_time: envelope.receive_time,
            project_time: None,
            answer_time: None,
        };
        store::inbound_messages::insert(txn, tenant, &message).await?;
        let announced = announce::inbound_message_received(tenant, &message, thread.version, now);
        let announced = match cause {
            Some(cause) => announced.caused_by(cause),
            None => announced,
        };
        bus::outbox::append(txn, &[announced]).await.map_err(Error::from)
    }
}

/// How the counts change when an envelope goes from one state to another.
fn moved(from: EnvelopeState, to: EnvelopeState) -> Counts {
    let mut counts = Counts::default();
    for (state, step) in [(from, -1), (to, 1)] {
        match state {
            // What is stored is counted for ever; what is pending is the rest.
            EnvelopeState::Stored => (),
            EnvelopeState::Decoded => counts.decoded += step,
            EnvelopeState::Unsupported => counts.unsupported += step,
            EnvelopeState::Undecodable => counts.undecodable += step,
        }
    }
    counts
}
