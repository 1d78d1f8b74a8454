//! Carries replies to providers: one loop, several threads at once, each thread in order, nothing ever sent twice.
//!
//! A row goes PENDING → SENDING in a transaction of its own, under the name of this run of this process, before the
//! provider hears of it; whoever loses that race leaves the row alone. From then on only a clear answer settles it.

mod attempt;
mod doubt;

use std::{collections::HashMap, sync::Arc, time::Duration};

use chassis::{telemetry, tenant::TenantId};
use tokio::{
    task::{Id, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{App, ReplyTexts};
use crate::{
    domain::{Delivery, DeliveryId, RetryPolicy},
    error::Result,
    store,
};

/// Longest time between two looks at the ledger: finds what other processes accepted or finished.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Shortest time between two looks that nothing called for.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// How replies are carried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conduct {
    /// How long and how often one is tried.
    pub(crate) retry: RetryPolicy,
    /// How long one that is being sent is believed to be. Longer than a send takes.
    pub(crate) lease: Duration,
    /// How often those that nobody ends are looked for.
    pub(crate) look_after: Duration,
    /// How many threads are served at once.
    pub(crate) parallel: usize,
    /// Longest wait for what is being sent when the process stops.
    pub(crate) drain_timeout: Duration,
}

/// One run of the loop that carries replies.
pub(crate) struct Courier {
    app: Arc<App>,
    texts: Arc<dyn ReplyTexts>,
    conduct: Conduct,
    service: &'static str,
    owner: Uuid,
}

impl Courier {
    /// Gets ready to carry. `service` is whose work it is in telemetry.
    pub(crate) fn new(
        app: Arc<App>,
        texts: Arc<dyn ReplyTexts>,
        conduct: Conduct,
        service: &'static str,
    ) -> Arc<Self> {
        Arc::new(Self { app, texts, conduct, service, owner: Uuid::new_v4() })
    }

    /// Carries until `stop`, then finishes what is being sent. Outages are waited out.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        tokio::join!(self.carry(stop.clone()), self.look_after(stop));
    }

    async fn carry(self: &Arc<Self>, stop: CancellationToken) {
        let committed = self.app.db.committed();
        let mut sending = JoinSet::new();
        let mut carried: HashMap<Id, DeliveryId> = HashMap::new();
        while !stop.is_cancelled() {
            let pause = match self.begin(&mut sending, &mut carried).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(error = error.cause(), "cannot read the ledger, replies wait");
                    LONGEST_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => (),
                () = committed.notified() => (),
                Some(ended) = sending.join_next_with_id() => forget(&mut carried, &ended),
                () = sleep(pause) => (),
            }
        }
        let finish = async { while sending.join_next().await.is_some() {} };
        if timeout(self.conduct.drain_timeout, finish).await.is_err() {
            tracing::warn!("left replies on their way out, their outcome is unknown");
        }
    }

    /// Begins what is due and tells when to look again.
    async fn begin(
        self: &Arc<Self>,
        sending: &mut JoinSet<()>,
        carried: &mut HashMap<Id, DeliveryId>,
    ) -> Result<Duration> {
        while let Some(ended) = sending.try_join_next_with_id() {
            forget(carried, &ended);
        }
        let now = self.app.clock.now();
        // Those being carried may still be in the list, until their row says so.
        let limit = self.conduct.parallel + carried.len();
        let txn = self.app.db.read_system().await?;
        let due = store::deliveries::due(&txn, now, limit as u64).await?;
        let next_due = store::deliveries::next_due(&txn).await?;
        drop(txn);

        let mut is_idle = true;
        for (tenant, delivery) in due {
            let is_carried = carried.values().any(|it| *it == delivery.id);
            if is_carried || self.conduct.parallel <= carried.len() {
                continue;
            }
            let id = delivery.id;
            let work = self.clone().carry_one(tenant, delivery);
            let task = sending.spawn(telemetry::service::within(self.service, work));
            carried.insert(task.id(), id);
            is_idle = false;
        }
        // What is overdue but not begun waits for another to end, which wakes this loop.
        let wait = next_due.and_then(|due| (due - now).to_std().ok());
        Ok(match wait {
            Some(wait) if is_idle => wait.clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            Some(_) | None => LONGEST_PAUSE,
        })
    }

    async fn carry_one(self: Arc<Self>, tenant: TenantId, delivery: Delivery) {
        let id = delivery.id;
        if let Err(error) = self.attempt(tenant, delivery).await {
            tracing::warn!(delivery.id = %id, error = error.cause(), "could not write the ledger, the reply waits");
            // The row is due at once again.
            sleep(LONGEST_PAUSE).await;
        }
    }
}

fn forget(carried: &mut HashMap<Id, DeliveryId>, ended: &Result<(Id, ()), tokio::task::JoinError>) {
    match ended {
        Ok((task, ())) => carried.remove(task),
        // A panic leaves the row as it is: the lease will run out and its outcome is unknown.
        Err(error) => {
            tracing::error!("a delivery task ended by panic");
            carried.remove(&error.id())
        }
    };
}
