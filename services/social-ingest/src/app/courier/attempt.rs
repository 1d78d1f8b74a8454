//! One attempt: get everything ready, write down that it begins, send, write down how it ended.

use std::{sync::Arc, time::Duration};

use bus::Failure;
use chassis::{redact::Redacted, telemetry::context, tenant::TenantId};
use tokio::time::sleep;
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::Courier;
use crate::{
    app::{Outbound, accounts::Account, deliveries::settle},
    channels::outbound::{Doubt, NotSent, Outcome, split_text},
    domain::{Delivery, DeliveryState, ExternalId, Lease, Verdict},
    error::{Error, Result},
    store,
};

/// How often messaging is asked for words that it says it does not have.
const TEXT_TRIES: i32 = 5;

/// How often writing down an outcome is tried. Afterwards the lease runs out and the outcome is unknown.
const RECORD_TRIES: u32 = 30;

/// Pause between two of those tries.
const RECORD_PAUSE: Duration = Duration::from_secs(1);

/// What an attempt needs, fetched before it begins.
pub(super) struct Prepared {
    pub(super) account: Arc<Account>,
    pub(super) recipient: ExternalId,
    pub(super) text: Redacted<String>,
}

/// Why an attempt cannot begin.
pub(super) enum Unready {
    /// The row itself says how it ends.
    Verdict(Verdict),
    /// The database is away; the row waits.
    Db(Error),
}

impl<E: Into<Error>> From<E> for Unready {
    fn from(error: E) -> Self {
        Self::Db(error.into())
    }
}

impl Courier {
    /// Makes one attempt. Fails only while nothing has left.
    pub(super) async fn attempt(&self, tenant: TenantId, delivery: Delivery) -> Result<()> {
        let span = info_span!(parent: None, "deliver reply", otel.kind = "consumer", kith.tenant.id = %tenant, kith.delivery.id = %delivery.id, kith.delivery.outcome = tracing::field::Empty);
        if let Some(cause) = &delivery.traceparent {
            context::link_to(&span, cause);
        }
        async {
            match self.prepare(tenant, &delivery).await {
                Err(Unready::Db(error)) => Err(error),
                Err(Unready::Verdict(verdict)) => self.skip(tenant, delivery, &verdict).await,
                Ok(prepared) => match self.claim(tenant, &delivery).await? {
                    None => Ok(()),
                    Some(claimed) => {
                        let verdict = self.send(tenant, &claimed, &prepared).await;
                        self.record(tenant, &claimed, &verdict).await;
                        Ok(())
                    }
                },
            }
        }
        .instrument(span)
        .await
    }

    /// Finds the account, the recipient and the words.
    pub(super) async fn prepare(
        &self,
        tenant: TenantId,
        delivery: &Delivery,
    ) -> Result<Prepared, Unready> {
        let refused = |reason| Unready::Verdict(Verdict::Refused { reason, code: 0 });
        let txn = self.app.db.read(tenant).await?;
        let sealed = store::sources::get(&txn, tenant, delivery.source).await?;
        let Some(thread) = store::threads::find(&txn, tenant, delivery.thread).await? else {
            return Err(refused("THREAD_UNKNOWN"));
        };
        drop(txn);
        let account = match self.app.accounts.open(&sealed) {
            Ok(account) => account,
            Err(Error::SourceDisconnected(_)) => return Err(refused("SOURCE_DISCONNECTED")),
            Err(error) => {
                tracing::error!(source.id = %delivery.source, error = error.cause(), "cannot open an account");
                let reason = "CREDENTIALS_UNREADABLE";
                return Err(Unready::Verdict(Verdict::NotNow { reason, retry_after: None }));
            }
        };
        match self.texts.get(tenant, delivery.message).await {
            Ok(text) => Ok(Prepared { account, recipient: thread.external_id, text }),
            Err(Failure::Retry(_)) => Err(Unready::Verdict(Verdict::NotNow {
                reason: "MESSAGING_UNAVAILABLE",
                retry_after: None,
            })),
            Err(Failure::Reject(_) | Failure::Fail(_)) if delivery.attempts < TEXT_TRIES - 1 => {
                Err(Unready::Verdict(Verdict::NotNow {
                    reason: "TEXT_UNAVAILABLE",
                    retry_after: None,
                }))
            }
            Err(Failure::Reject(_) | Failure::Fail(_)) => Err(refused("TEXT_UNAVAILABLE")),
        }
    }

    /// Ends an attempt that did not begin.
    async fn skip(&self, tenant: TenantId, seen: Delivery, verdict: &Verdict) -> Result<()> {
        let now = self.app.clock.now();
        let txn = self.app.db.begin(tenant).await?;
        let before = store::deliveries::lock(&txn, tenant, seen.id).await?;
        if before != seen {
            return Ok(());
        }
        let (after, event) =
            before.clone().not_begun().end(verdict, &self.conduct.retry, jitter(), now);
        settle(&txn, tenant, &before, &after, event).await?;
        txn.commit().await?;
        self.app.db.wake();
        Ok(())
    }

    /// Writes down that the attempt begins; none if another was faster, or an earlier reply is not done.
    async fn claim(&self, tenant: TenantId, seen: &Delivery) -> Result<Option<Delivery>> {
        let now = self.app.clock.now();
        let txn = self.app.db.begin(tenant).await?;
        let before = store::deliveries::lock(&txn, tenant, seen.id).await?;
        let is_behind = store::deliveries::is_behind(&txn, tenant, &before).await?;
        if before != *seen || before.state != DeliveryState::Pending || is_behind {
            return Ok(None);
        }
        let claimed = before.send(self.lease(), now);
        store::deliveries::update(&txn, tenant, &claimed).await?;
        if let Err(error) = txn.commit().await {
            // A commit whose answer was lost may have happened. Nobody else writes under our lease, so the row tells.
            let txn = self.app.db.read(tenant).await?;
            if store::deliveries::get(&txn, tenant, seen.id).await? != claimed {
                return Err(error.into());
            }
        }
        Ok(Some(claimed))
    }

    /// Sends the text in as many pieces as the provider needs, from the first it has not taken yet.
    async fn send(&self, tenant: TenantId, claimed: &Delivery, prepared: &Prepared) -> Verdict {
        let pieces = split_text(prepared.text.expose(), prepared.account.max_text_bytes());
        let taken = usize::try_from(claimed.parts_sent).unwrap_or(0);
        let Some(left) = pieces.get(taken..).filter(|left| !left.is_empty()) else {
            return Verdict::Refused { reason: "TEXT_EMPTY", code: 0 };
        };
        for (place, text) in left.iter().enumerate() {
            if 0 < place && !self.advance(tenant, claimed).await {
                return Verdict::Doubtful { reason: "ABANDONED" };
            }
            let outbound = Outbound {
                account: &prepared.account,
                recipient: prepared.recipient.expose(),
                text,
            };
            let span = info_span!("send message", otel.kind = "client");
            match verdict(self.app.accounts.send(outbound).instrument(span).await) {
                Verdict::Sent => (),
                other => return other,
            }
        }
        Verdict::Sent
    }

    /// Writes down that one more piece was taken, before the next is sent; false if that cannot be.
    async fn advance(&self, tenant: TenantId, claimed: &Delivery) -> bool {
        let advance = async {
            let txn = self.app.db.begin(tenant).await?;
            let before = store::deliveries::lock(&txn, tenant, claimed.id).await?;
            let Some(after) = before.advance(self.lease()) else { return Ok(false) };
            store::deliveries::update(&txn, tenant, &after).await?;
            txn.commit().await?;
            Ok::<bool, Error>(true)
        };
        advance.await.unwrap_or(false)
    }

    /// Writes down how the attempt ended, and keeps trying for a while: what happened has happened.
    async fn record(&self, tenant: TenantId, claimed: &Delivery, verdict: &Verdict) {
        for _ in 0..RECORD_TRIES {
            match self.try_record(tenant, claimed, verdict).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(delivery.id = %claimed.id, error = error.cause(), "cannot write down an outcome");
                    sleep(RECORD_PAUSE).await;
                }
            }
        }
        tracing::error!(delivery.id = %claimed.id, "gave up writing down an outcome: it is unknown");
    }

    async fn try_record(
        &self,
        tenant: TenantId,
        claimed: &Delivery,
        verdict: &Verdict,
    ) -> Result<()> {
        let now = self.app.clock.now();
        let txn = self.app.db.begin(tenant).await?;
        let before = store::deliveries::lock(&txn, tenant, claimed.id).await?;
        let ended = before.clone().end_by(self.owner, verdict, &self.conduct.retry, jitter(), now);
        let Some((after, event)) = ended else { return Ok(()) };
        settle(&txn, tenant, &before, &after, event).await?;
        txn.commit().await?;
        self.app.db.wake();
        tracing::Span::current().record("kith.delivery.outcome", after.state.word());
        Ok(())
    }

    fn lease(&self) -> Lease {
        Lease { owner: self.owner, expire_time: self.app.clock.now() + self.conduct.lease }
    }
}

/// What a provider's answer means for the ledger.
fn verdict(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Sent { .. } => Verdict::Sent,
        Outcome::Refused { code, reason } => Verdict::Refused { reason: reason.name(), code },
        Outcome::Throttled { retry_after } => {
            Verdict::NotNow { reason: "THROTTLED", retry_after: Some(retry_after) }
        }
        Outcome::NotSent(cause) => {
            let reason = match cause {
                NotSent::Unreachable => "UNREACHABLE",
                NotSent::AddressForbidden => "ADDRESS_FORBIDDEN",
                NotSent::NoToken => "NO_ACCESS_TOKEN",
                NotSent::OutOfTime => "OUT_OF_TIME",
            };
            Verdict::NotNow { reason, retry_after: None }
        }
        Outcome::Unknown(doubt) => {
            let reason = match doubt {
                Doubt::TimedOut => "TIMED_OUT",
                Doubt::Cut => "CONNECTION_LOST",
                Doubt::ServerError => "SERVER_ERROR",
                Doubt::UnreadableAnswer => "UNREADABLE_ANSWER",
                Doubt::Busy => "PROVIDER_BUSY",
            };
            Verdict::Doubtful { reason }
        }
    }
}

/// A number from 0 to 1, different each time.
fn jitter() -> f64 {
    f64::from(Uuid::new_v4().as_bytes()[0]) / f64::from(u8::MAX)
}
