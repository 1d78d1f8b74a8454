//! One partition as a group holds it: how far it is, and every reason to take nothing more of it.

use std::{collections::HashSet, time::Duration};

use chrono::{DateTime, Utc};

use super::{lanes::Key, offsets::Offsets};
use crate::log::{Partition, Subscription};

/// What is being done with the partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The database is asked how the group stands in it.
    Entering,
    /// A replay moves it, once nothing of it runs any more.
    Rewinding {
        /// Where to.
        offset: i64,
    },
    /// Its events are handled.
    Flowing,
}

/// A partition this member holds.
#[derive(Debug)]
pub(super) struct Post {
    partition: Partition,
    /// Which reading of the partition this is; a replay begins another.
    pub(super) turn: u64,
    /// Under which events are claimed.
    pub(super) generation: i64,
    pub(super) stage: Stage,
    pub(super) offsets: Offsets,
    /// Keys that wait for an outage to end.
    pub(super) outages: HashSet<Key>,
    is_paused: bool,
}

impl Post {
    pub(super) fn new(partition: Partition, turn: u64) -> Self {
        Self {
            partition,
            turn,
            generation: 0,
            stage: Stage::Entering,
            offsets: Offsets::default(),
            outages: HashSet::new(),
            is_paused: false,
        }
    }

    /// Notes that an event is finished, and stores the offset if that moved it.
    pub(super) fn finish(&mut self, offset: i64, subscription: &mut dyn Subscription) {
        if let Some(position) = self.offsets.finish(offset) {
            subscription.store(&self.partition, position);
        }
    }

    /// Begins at `offset` as if nothing had been taken.
    pub(super) fn restart_at(&mut self, offset: i64) {
        self.offsets = Offsets::starting_at(offset);
    }

    /// Pauses or resumes the partition if a reason to pause came or the last one went.
    pub(super) fn pause_or_resume(&mut self, subscription: &mut dyn Subscription, is_full: bool) {
        let is_moving = match self.stage {
            Stage::Rewinding { .. } => true,
            // What comes early waits in its lane.
            Stage::Entering | Stage::Flowing => false,
        };
        let should_pause = is_full || is_moving || !self.outages.is_empty();
        if should_pause == self.is_paused {
            return;
        }
        self.is_paused = should_pause;
        if should_pause {
            subscription.pause(&self.partition);
        } else {
            subscription.resume(&self.partition);
        }
    }

    /// How far behind the partition is, given where it ends.
    pub(super) fn lag(&self, end: Option<i64>, now: DateTime<Utc>) -> Duration {
        match (self.offsets.position(), end) {
            (Some(position), Some(end)) if position < end => {
                (now - self.offsets.oldest_time()).to_std().unwrap_or_default()
            }
            (Some(_) | None, Some(_) | None) => Duration::ZERO,
        }
    }
}
