//! Who may publish: a row timed by the database's clock, with an epoch that every delete checks.

use std::time::Duration;

use chassis::database::Database;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};
use tokio::time::Instant;
use uuid::Uuid;

use crate::sql;

/// The only shard so far.
const SHARD: &str = "outbox";

/// The right to publish, or the wish for it.
///
/// It is renewed only while there is something to publish: an idle relay writes nothing.
#[derive(Debug)]
pub(super) struct Lease {
    owner: Uuid,
    epoch: i64,
    /// Until when it is surely ours, by the monotonic clock; `None` if it is not.
    until: Option<Instant>,
}

impl Lease {
    /// How long a relay that says nothing is waited for.
    pub(super) const LIFE: Duration = Duration::from_secs(10);
    /// How long a lease may be used before it is renewed.
    pub(super) const RENEW_AFTER: Duration = Duration::from_secs(4);

    /// A lease nobody has given yet.
    pub(super) fn unheld() -> Self {
        Self { owner: Uuid::new_v4(), epoch: 0, until: None }
    }

    /// Tells whether there is time enough left to begin a batch.
    pub(super) fn is_safe(&self) -> bool {
        let needed = Self::LIFE - Self::RENEW_AFTER;
        self.until.is_some_and(|until| Instant::now() + needed < until)
    }

    /// Renews the lease, or takes it under a new epoch if nobody has it; `false` if another does.
    pub(super) async fn take(&mut self, db: &Database) -> Result<bool, DbErr> {
        if self.until.is_some() && self.renew(db).await? {
            return Ok(true);
        }
        let asked = Instant::now();
        let txn = db.begin_system().await?;
        let backend = txn.get_database_backend();
        let now = sql::now_ms(backend);
        let life = Self::LIFE.as_millis();
        let take = sql::statement(
            backend,
            format!(
                "INSERT INTO relay_leases (shard, owner, epoch, expire_ms)
                 VALUES ($1, $2, 1, {now} + {life})
                 ON CONFLICT (shard) DO UPDATE
                 SET owner = excluded.owner, epoch = relay_leases.epoch + 1, expire_ms = excluded.expire_ms
                 WHERE relay_leases.expire_ms <= {now}
                 RETURNING epoch"
            ),
            [SHARD.into(), self.owner.to_string().into()],
        );
        let Some(row) = txn.query_one_raw(take).await? else { return Ok(false) };
        self.epoch = row.try_get("", "epoch")?;
        txn.commit().await?;
        self.until = Some(asked + Self::LIFE);
        Ok(true)
    }

    /// Prolongs the lease; `false` if another has it now.
    pub(super) async fn renew(&mut self, db: &Database) -> Result<bool, DbErr> {
        let asked = Instant::now();
        let is_ours = self.set_expiry(db, Self::LIFE).await?;
        self.until = is_ours.then_some(asked + Self::LIFE);
        Ok(is_ours)
    }

    /// Lets the next relay have it at once.
    pub(super) async fn release(&self, db: &Database) -> Result<(), DbErr> {
        if self.until.is_some() {
            self.set_expiry(db, Duration::ZERO).await?;
        }
        Ok(())
    }

    async fn set_expiry(&self, db: &Database, life: Duration) -> Result<bool, DbErr> {
        let txn = db.begin_system().await?;
        let backend = txn.get_database_backend();
        let update = sql::statement(
            backend,
            format!(
                "UPDATE relay_leases SET expire_ms = {} + {}
                 WHERE shard = $1 AND owner = $2 AND epoch = $3",
                sql::now_ms(backend),
                life.as_millis(),
            ),
            [SHARD.into(), self.owner.to_string().into(), self.epoch.into()],
        );
        let updated = txn.execute_raw(update).await?.rows_affected();
        txn.commit().await?;
        Ok(updated == 1)
    }

    /// Ends the lease of a relay that was killed, where that is certain: a SQLite file belongs to one process, and
    /// this one has just begun. Its epoch would refuse whatever the other still tried.
    pub(super) async fn end_killed(db: &Database) -> Result<(), DbErr> {
        if db.backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let txn = db.begin_system().await?;
        txn.execute_unprepared("UPDATE relay_leases SET expire_ms = 0").await?;
        txn.commit().await
    }

    /// Deletes published rows if owner and epoch still hold, and says whether they do.
    pub(super) async fn delete_sent(
        &self,
        txn: &DatabaseTransaction,
        positions: &[i64],
    ) -> Result<bool, DbErr> {
        let backend = txn.get_database_backend();
        let held = sql::statement(
            backend,
            format!(
                "SELECT epoch FROM relay_leases WHERE shard = $1 AND owner = $2 AND epoch = $3 {}",
                sql::share_lock(backend),
            ),
            [SHARD.into(), self.owner.to_string().into(), self.epoch.into()],
        );
        if txn.query_one_raw(held).await?.is_none() {
            return Ok(false);
        }
        // Whole numbers in the text: a placeholder for each would make a new statement for each count.
        let list: Vec<String> = positions.iter().map(i64::to_string).collect();
        let delete = format!("DELETE FROM outbox WHERE position IN ({})", list.join(", "));
        txn.execute_unprepared(&delete).await?;
        Ok(true)
    }
}
