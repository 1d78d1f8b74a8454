//! The way in: verify a webhook, store it, and only then let it be acknowledged.

use chassis::{redact::Redacted, telemetry::names, tenant::TenantId};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{App, accounts::Account};
use crate::{
    announce,
    channels::{
        inbound::{Peek, Refusal},
        wechat,
    },
    domain::{Envelope, EnvelopeId, EnvelopeState, Source, SourceId, SourceState},
    error::{Error, Result},
    store::{self, counters::Counts, sources::Sealed},
};

/// What became of a webhook that may be acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// It is stored.
    Stored,
    /// It was stored before; nothing changed.
    Duplicate,
}

impl Received {
    /// The word in telemetry.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
        }
    }
}

/// What the provider wants to read back when it tries a new webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Greeted(pub String);

/// Why a webhook is not acknowledged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReceived {
    /// There is no such source, or it is disconnected.
    #[error("source does not exist")]
    NoSource,
    /// Verification turned it away. Nothing of it is stored.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be stored; the provider will deliver it again.
    #[error(transparent)]
    Failed(Error),
}

impl<E: Into<Error>> From<E> for NotReceived {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A document whose origin is proven, and what must be known of it before it is stored.
struct Opened {
    peek: Peek,
    /// Absent if the body is the document.
    document: Option<Vec<u8>>,
}

impl App {
    /// Answers the request by which a provider tries a new webhook.
    pub(crate) async fn greet(&self, id: SourceId, query: &str) -> Result<Greeted, NotReceived> {
        let sealed = self.source_of_webhook(id).await?;
        let account = self.accounts.open(&sealed)?;
        let greeted = match &*account {
            Account::WeChat { webhook, .. } => {
                wechat::handshake(query, webhook, self.clock.now(), self.webhook_window)
            }
        };
        greeted.map(Greeted).map_err(|refusal| self.refuse(id, refusal))
    }

    /// Verifies a webhook and stores it; a second delivery of the same one changes nothing but a count.
    pub(crate) async fn receive(
        &self,
        id: SourceId,
        query: &str,
        body: Vec<u8>,
    ) -> Result<Received, NotReceived> {
        let sealed = self.source_of_webhook(id).await?;
        let account = self.accounts.open(&sealed)?;
        let opened = match &*account {
            Account::WeChat { webhook, .. } => {
                wechat::verify(query, &body, webhook, self.clock.now(), self.webhook_window)
                    .map(|verified| opened(&verified, &body))
            }
        };
        let opened = opened.map_err(|refusal| self.refuse(id, refusal))?;
        Ok(self.store(sealed.tenant, &sealed.source, opened, body).await?)
    }

    /// Counts a webhook that was turned away before it was read. Only a source that exists is counted.
    pub(crate) async fn refuse_unread(&self, id: SourceId) -> Result<(), NotReceived> {
        self.source_of_webhook(id).await?;
        self.refusals.add(id);
        Ok(())
    }

    async fn source_of_webhook(&self, id: SourceId) -> Result<Sealed, NotReceived> {
        let txn = self.db.read_system().await?;
        let Some(sealed) = store::sources::find_anywhere(&txn, id).await? else {
            return Err(NotReceived::NoSource);
        };
        Span::current().set_attribute(names::KITH_TENANT_ID, sealed.tenant.to_string());
        match sealed.source.state {
            SourceState::Connected => Ok(sealed),
            SourceState::Disconnected => Err(NotReceived::NoSource),
        }
    }

    fn refuse(&self, id: SourceId, refusal: Refusal) -> NotReceived {
        self.refusals.add(id);
        NotReceived::Refused(refusal)
    }

    async fn store(
        &self,
        tenant: TenantId,
        source: &Source,
        opened: Opened,
        body: Vec<u8>,
    ) -> Result<Received> {
        let now = self.clock.now();
        let Opened { peek, document } = opened;
        let envelope = Envelope {
            id: EnvelopeId::new(now),
            source: source.id,
            dedupe_key: peek.dedupe_key,
            state: EnvelopeState::Stored,
            message_type: None,
            failure: None,
            inbound_message: None,
            receive_time: now,
        };
        let mut counts = Counts { last_receive_time: Some(now), ..Counts::default() };

        let txn = self.db.begin(tenant).await?;
        let received = match store::envelopes::insert(&txn, tenant, &envelope, body, document)
            .await?
        {
            true => {
                let thread = match peek.sender {
                    Some(sender) => {
                        let sender = Redacted::new(sender);
                        Some(store::threads::bump(&txn, tenant, source.id, &sender, now).await?)
                    }
                    None => None,
                };
                let of = match &thread {
                    Some(thread) => announce::Received::Thread(thread),
                    None => {
                        let version = store::sources::bump(&txn, tenant, source.id).await?;
                        announce::Received::Source(version)
                    }
                };
                let name = envelope.name();
                let message = announce::envelope_received(tenant, name, source.channel, &of, now);
                bus::outbox::append(&txn, &[message]).await?;
                counts.stored = 1;
                Received::Stored
            }
            false => {
                counts.duplicates = 1;
                Received::Duplicate
            }
        };
        store::counters::add(&txn, tenant, source.id, envelope.id.as_uuid(), counts).await?;
        txn.commit().await?;
        self.db.wake();
        Ok(received)
    }
}

fn opened(verified: &wechat::Verified, body: &[u8]) -> Opened {
    let document = verified.document();
    Opened { peek: wechat::peek(verified), document: (document != body).then(|| document.to_vec()) }
}
