//! One unit of work per command, keyed by its request id; knows neither the request nor the answer.

mod key;
mod purge;
mod requests;

use std::sync::Arc;

use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

pub use key::RequestKey;
pub use purge::{KEEP, purge, purging};
use requests::Earlier;

use crate::database::{Database, DbFailure, Wakeups};

/// How a command begins: as new work, or as the repetition of work already done.
#[derive(Debug)]
pub enum Started<T> {
    /// Nobody has done this yet. Do it in [`Work::txn`] and end with [`Work::commit`].
    Fresh(Work),
    /// The same request was answered before. Give this answer again and change nothing.
    Repeated(T),
}

/// Why a command cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The request id came before with another request under it.
    #[error("request id was used before with another request")]
    Reused,
    /// The database refused. The caller may try again with the same request id.
    #[error("internal error")]
    Db(#[source] DbFailure),
}

impl From<DbErr> for CommandError {
    fn from(error: DbErr) -> Self {
        Self::Db(error.into())
    }
}

/// A command under way: one transaction that ends with its effects and its answer, or with neither.
///
/// Dropping it rolls back, and leaves the request id free.
#[derive(Debug)]
pub struct Work {
    txn: DatabaseTransaction,
    claim: Option<(RequestKey, Uuid)>,
    wakeups: Arc<Wakeups>,
}

impl Database {
    /// Begins the command that `key` names, or finds its earlier answer.
    ///
    /// A concurrent duplicate waits for the first to end, and then repeats its answer or, if the first
    /// failed, does the work itself. Fails with [`CommandError::Reused`] if the id came before with
    /// another request. Without a request id every call is fresh.
    pub async fn command<T: DeserializeOwned>(
        &self,
        key: &RequestKey,
    ) -> Result<Started<T>, CommandError> {
        let Some(request_id) = key.request_id else {
            let txn = self.begin(key.tenant).await?;
            return Ok(Started::Fresh(Work { txn, claim: None, wakeups: self.wakeups() }));
        };
        loop {
            let insert = requests::claim(key, request_id);
            let (txn, claimed) = self.begin_with(key.tenant, &insert).await?;
            if claimed != 0 {
                let claim = Some((*key, request_id));
                return Ok(Started::Fresh(Work { txn, claim, wakeups: self.wakeups() }));
            }
            let earlier = requests::find(&txn, key, request_id).await?;
            txn.rollback().await?;
            // A row that a purge took away between the two statements leaves the id free again.
            if let Some(earlier) = earlier {
                return repeat(key, earlier).map(Started::Repeated);
            }
        }
    }
}

fn repeat<T: DeserializeOwned>(key: &RequestKey, earlier: Earlier) -> Result<T, CommandError> {
    if earlier.request_hash != key.hash {
        return Err(CommandError::Reused);
    }
    match earlier.answer.map(|answer| serde_json::from_str(&answer)) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(_)) | None => Err(CommandError::Db(DbFailure::unreadable())),
    }
}

impl Work {
    /// The transaction that every effect of the command goes into.
    pub fn txn(&self) -> &DatabaseTransaction {
        &self.txn
    }

    /// Commits the effects together with the answer that a repetition will get, then wakes whoever
    /// waits for commits.
    ///
    /// Keep the answer small and free of personal data: ids and versions from which the same response
    /// can be made again. If the connection is lost here, the commit may still have happened, and only
    /// the same request id tells.
    pub async fn commit<T: Serialize>(self, answer: &T) -> Result<(), DbErr> {
        if let Some((key, request_id)) = &self.claim {
            let answer = serde_json::to_string(answer).map_err(|_| DbErr::Json(String::new()))?;
            requests::answer(&self.txn, key, *request_id, answer).await?;
        }
        self.txn.commit().await?;
        self.wakeups.wake();
        Ok(())
    }

    /// Undoes everything, at once rather than when the connection is used next.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.txn.rollback().await
    }
}
