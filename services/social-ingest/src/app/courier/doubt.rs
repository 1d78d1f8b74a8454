//! Looks after deliveries that nobody ends: says that the outcome of an abandoned one is unknown, and asks the
//! provider's record about unknown ones.

use std::{collections::HashMap, time::Duration};

use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Courier, attempt::Prepared};
use crate::{
    app::{Outbound, deliveries::settle},
    channels::outbound::{Lookup, split_text},
    domain::{Delivery, DeliveryId, DeliveryState, Resolution, Verdict},
    error::{Error, Result},
    store,
};

/// How long after the outcome became unknown the record is asked, each time once.
const ASK_AFTER: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(30 * 60)];

/// Age at which nobody asks any more: a restart must not ask about everything of old.
const ASK_UNTIL: Duration = Duration::from_secs(60 * 60);

/// Unknown ones looked at in one round.
const BATCH: u64 = 100;

/// Time around an attempt in which another reply of the thread could be mistaken for it.
const MISTAKABLE: Duration = Duration::from_secs(15 * 60);

impl Courier {
    pub(super) async fn look_after(&self, stop: CancellationToken) {
        let mut starting = Some(self.owner);
        let mut asked: HashMap<DeliveryId, usize> = HashMap::new();
        while !stop.is_cancelled() {
            let round = async {
                self.bury(starting).await?;
                starting = None;
                self.ask(&mut asked).await
            };
            // Whatever a round has begun to write, it writes in one transaction or not at all.
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = round => ended,
            };
            if let Err(error) = ended {
                tracing::warn!(error = error.cause(), "cannot look after unfinished replies");
            }
            tokio::select! {
                () = stop.cancelled() => (),
                () = sleep(self.conduct.look_after) => (),
            }
        }
    }

    /// Says of every abandoned delivery that its outcome is unknown.
    async fn bury(&self, starting: Option<Uuid>) -> Result<()> {
        let now = self.app.clock.now();
        let txn = self.app.db.read_system().await?;
        let abandoned = store::deliveries::abandoned(&txn, starting, now).await?;
        drop(txn);
        for (tenant, seen) in abandoned {
            let txn = self.app.db.begin(tenant).await?;
            let before = store::deliveries::lock(&txn, tenant, seen.id).await?;
            if before != seen {
                continue;
            }
            let verdict = Verdict::Doubtful { reason: "ABANDONED" };
            let (after, event) = before.clone().end(&verdict, &self.conduct.retry, 0.0, now);
            settle(&txn, tenant, &before, &after, event).await?;
            txn.commit().await?;
            self.app.db.wake();
            tracing::warn!(delivery.id = %seen.id, "a reply was abandoned, its outcome is unknown");
        }
        Ok(())
    }

    /// Asks the provider's record about those whose time has come.
    async fn ask(&self, asked: &mut HashMap<DeliveryId, usize>) -> Result<()> {
        let now = self.app.clock.now();
        let txn = self.app.db.read_system().await?;
        let doubtful = store::deliveries::in_doubt(&txn, now - ASK_UNTIL, BATCH).await?;
        drop(txn);
        asked.retain(|id, _| doubtful.iter().any(|(_, it)| it.id == *id));
        for (tenant, delivery) in doubtful {
            let times = asked.entry(delivery.id).or_default();
            let is_time =
                ASK_AFTER.get(*times).is_some_and(|after| delivery.update_time + *after <= now);
            if is_time {
                *times += 1;
                self.settle_by_record(tenant, delivery).await?;
            }
        }
        Ok(())
    }

    /// Settles a delivery that the provider's record shows. Absence proves nothing and changes nothing.
    async fn settle_by_record(&self, tenant: TenantId, delivery: Delivery) -> Result<()> {
        let Some(lease) = delivery.lease else { return Ok(()) };
        let attempted = lease.expire_time - self.conduct.lease;
        if self.is_mistakable(tenant, &delivery, attempted).await? {
            return Ok(());
        }
        // What cannot be got ready now is asked about the next time.
        let Ok(Prepared { account, recipient, text }) = self.prepare(tenant, &delivery).await
        else {
            return Ok(());
        };
        let pieces = split_text(text.expose(), account.max_text_bytes());
        let [only] = pieces[..] else { return Ok(()) };
        let outbound = Outbound { account: &account, recipient: recipient.expose(), text: only };
        match self.app.accounts.look_up(outbound, attempted).await {
            Lookup::Recorded { .. } => self.settle_as_sent(tenant, delivery).await,
            Lookup::Absent | Lookup::Unavailable => Ok(()),
        }
    }

    /// Whether the record could show another reply with the same words.
    async fn is_mistakable(
        &self,
        tenant: TenantId,
        delivery: &Delivery,
        attempted: DateTime<Utc>,
    ) -> Result<bool> {
        let (from, to) = (attempted - MISTAKABLE, attempted + MISTAKABLE);
        let txn = self.app.db.read(tenant).await?;
        Ok(store::deliveries::has_neighbour(&txn, tenant, delivery, from, to).await?)
    }

    async fn settle_as_sent(&self, tenant: TenantId, seen: Delivery) -> Result<()> {
        let txn = self.app.db.begin(tenant).await?;
        let before = store::deliveries::lock(&txn, tenant, seen.id).await?;
        if before.state != DeliveryState::Unknown {
            return Ok(());
        }
        match before.clone().resolve(Resolution::Sent, self.app.clock.now()) {
            Ok((after, event)) => {
                settle(&txn, tenant, &before, &after, Some(event)).await?;
                txn.commit().await?;
                self.app.db.wake();
                Ok(())
            }
            Err(Error::DeliverySettled(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
