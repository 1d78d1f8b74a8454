//! The one writer of the embedded log: what arrives together is committed together, with one fsync.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chassis::clock::Clock;
use sea_orm::sqlx::{self, Connection, Executor, SqliteConnection, SqliteTransaction};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use super::{
    file::{self, EventsFile},
    murmur2,
    state::{State, Topic},
};
use crate::{
    headers,
    log::{LogError, Partition, Record},
};

/// How long a stored offset may wait for an append to be saved with. After a crash that much is
/// delivered again, as with Kafka's auto commit.
const SAVE_AFTER: Duration = Duration::from_millis(500);

/// Commands committed together at most.
const BATCH: usize = 64;

type Done = oneshot::Sender<Result<(), LogError>>;

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Command {
    /// Adds records at the ends of their partitions.
    Append { records: Vec<Record>, done: Done },
    /// Adds the topics that do not exist.
    CreateTopics { topics: Vec<String>, partitions: i32, done: Done },
    /// Saves the stored offsets now.
    Save { done: Done },
    /// Saves the stored offsets and ends the writer.
    Close { done: Done },
}

/// Sends a command and waits for its answer.
pub(super) async fn ask<T>(
    commands: &mpsc::Sender<Command>,
    make: impl FnOnce(oneshot::Sender<Result<T, LogError>>) -> Command,
) -> Result<T, LogError> {
    let (done, answer) = oneshot::channel();
    commands.send(make(done)).await.map_err(|_| LogError::Closed)?;
    answer.await.map_err(|_| LogError::Closed)?
}

/// Writes until told to close, or until nobody can ask any more.
pub(super) async fn run(
    mut connection: SqliteConnection,
    mut queue: mpsc::Receiver<Command>,
    state: Arc<State>,
    // Keeps the file locked for as long as something may be written.
    _file: Arc<EventsFile>,
) {
    let mut save_at: Option<Instant> = None;
    let mut batch = Vec::new();
    let mut is_open = true;
    while is_open {
        tokio::select! {
            taken = queue.recv_many(&mut batch, BATCH) => is_open = taken != 0,
            () = state.to_save.notified(), if save_at.is_none() => {
                save_at = Some(Instant::now() + SAVE_AFTER);
                continue;
            }
            () = sleep_until(save_at.unwrap_or_else(Instant::now)), if save_at.is_some() => (),
        }
        is_open &= !batch.iter().any(|command| matches!(command, Command::Close { .. }));
        save_at = None;
        let outcome = write(&mut connection, &state, &batch).await.map_err(file::unavailable);
        if let Err(error) = &outcome {
            tracing::error!(%error, "cannot write the event log");
            save_at = Some(Instant::now() + SAVE_AFTER);
        }
        for command in batch.drain(..) {
            let (Command::Append { done, .. }
            | Command::CreateTopics { done, .. }
            | Command::Save { done }
            | Command::Close { done }) = command;
            // Whoever asked may be gone; the work is done all the same.
            let _ = done.send(outcome.clone());
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "closed the event log with an error");
    }
}

/// Commits a batch and the unsaved offsets, then publishes both.
async fn write(
    connection: &mut SqliteConnection,
    state: &State,
    batch: &[Command],
) -> Result<(), sqlx::Error> {
    let unsaved = state.take_unsaved();
    let outcome = commit(connection, state, batch, &unsaved).await;
    match outcome {
        Ok((topics, ends)) => {
            for (name, topic) in topics {
                state.add_topic(&name, topic);
            }
            if !ends.is_empty() {
                state.appended(ends);
            }
            Ok(())
        }
        Err(error) => {
            state.put_back(unsaved);
            Err(error)
        }
    }
}

type Written = (Vec<(String, Topic)>, BTreeMap<Partition, i64>);

async fn commit(
    connection: &mut SqliteConnection,
    state: &State,
    batch: &[Command],
    unsaved: &[(Arc<str>, i64, Partition, i64)],
) -> Result<Written, sqlx::Error> {
    let mut created = Vec::new();
    let mut ends = BTreeMap::new();
    let mut txn = connection.begin_with("BEGIN IMMEDIATE").await?;
    for command in batch {
        match command {
            Command::Append { records, .. } => {
                for record in records {
                    append(&mut txn, state, &mut ends, record).await?;
                }
            }
            Command::CreateTopics { topics, partitions, .. } => {
                for name in topics {
                    create(&mut txn, state, &mut created, name, *partitions).await?;
                }
            }
            Command::Save { .. } | Command::Close { .. } => (),
        }
    }
    for (group, topic, partition, offset) in unsaved {
        txn.execute(
            sqlx::query(
                "INSERT INTO stored_offsets (consumer, topic, partition, offset) VALUES (?, ?, ?, ?)
                 ON CONFLICT (consumer, topic, partition) DO UPDATE SET offset = excluded.offset",
            )
            .bind(group.as_ref())
            .bind(topic)
            .bind(partition.number)
            .bind(offset),
        )
        .await?;
    }
    txn.commit().await?;
    Ok((created, ends))
}

async fn append(
    txn: &mut SqliteTransaction<'_>,
    state: &State,
    ends: &mut BTreeMap<Partition, i64>,
    record: &Record,
) -> Result<(), sqlx::Error> {
    // A topic is created before anything is appended to it, in a command of its own.
    let Some(topic) = state.topic(&record.topic) else {
        return Err(sqlx::Error::RowNotFound);
    };
    // Records without a key have no order to keep, so they may all lie in one place.
    let number = murmur2::partition(record.key.as_deref().unwrap_or_default(), topic.partitions);
    let partition = Partition::new(&record.topic, number);
    let offset = match ends.get(&partition) {
        Some(offset) => *offset,
        // Asked again in every batch: what a failed commit left behind is then seen.
        None => file::end(&mut **txn, topic.id, number).await?,
    };
    txn.execute(
        sqlx::query(
            "INSERT INTO records (topic, partition, offset, time, key, headers, payload)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(topic.id)
        .bind(number)
        .bind(offset)
        .bind(Clock::system().now().timestamp_micros())
        .bind(record.key.as_deref())
        .bind(headers::encode(&record.headers))
        .bind(record.payload.as_deref()),
    )
    .await?;
    ends.insert(partition, offset + 1);
    Ok(())
}

async fn create(
    txn: &mut SqliteTransaction<'_>,
    state: &State,
    created: &mut Vec<(String, Topic)>,
    name: &str,
    partitions: i32,
) -> Result<(), sqlx::Error> {
    // Two may have asked for the same topic before either was answered.
    if state.topic(name).is_some() || created.iter().any(|(other, _)| other == name) {
        return Ok(());
    }
    let id = sqlx::query_scalar("INSERT INTO topics (name, partitions) VALUES (?, ?) RETURNING id")
        .bind(name)
        .bind(partitions)
        .fetch_one(&mut **txn)
        .await?;
    created.push((name.to_owned(), Topic { id, partitions }));
    Ok(())
}
