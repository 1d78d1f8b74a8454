//! How a group comes to stand in a partition, and how a replay moves it.

use std::sync::Arc;

use chassis::database::DbFailure;
use sea_orm::DbErr;

use super::{Done, Due, Group};
use crate::{
    consumer::{
        partitions::{self, Standpoint},
        post::Stage,
    },
    log::Partition,
};

impl Group {
    /// Looks again how the group stands in a partition, and holds its events until that is known.
    pub(super) fn restand(&mut self, partition: &Partition) {
        let Some(post) = self.posts.get_mut(partition) else { return };
        match post.stage {
            Stage::Flowing => (),
            Stage::Entering | Stage::Rewinding { .. } => return,
        }
        post.stage = Stage::Entering;
        self.lanes.hold(partition);
        self.enter(vec![partition.clone()]);
    }

    pub(super) fn enter(&mut self, partitions: Vec<Partition>) {
        let shop = Arc::clone(&self.shop);
        self.tasks.spawn(async move {
            let group = shop.handler.erased_group();
            let standpoints = partitions::enter(&shop.db, group, &partitions).await;
            Done::Entered(partitions, standpoints)
        });
    }

    pub(super) fn enter_later(&mut self, partitions: Vec<Partition>, error: DbErr) {
        tracing::warn!(group = self.name(), error = %DbFailure::from(error), "cannot enter partitions");
        self.after(self.options.longest_backoff, Due::Enter(partitions));
    }

    pub(super) async fn on_standpoint(&mut self, standpoint: Standpoint) {
        let Standpoint { partition, generation, rewind_to } = standpoint;
        let Some(post) = self.posts.get_mut(&partition) else { return };
        post.generation = generation;
        match rewind_to {
            None => self.go_on(&partition),
            Some(offset) => {
                self.counter += 1;
                post.turn = self.counter;
                post.stage = Stage::Rewinding { offset };
                post.outages.clear();
                post.pause_or_resume(&mut *self.subscription, self.is_paused_as_full);
                self.lanes.forget(&partition);
                self.rewind_if_quiet(&partition).await;
            }
        }
    }

    /// Moves back, once nothing of the partition runs that began before.
    pub(super) async fn rewind_if_quiet(&mut self, partition: &Partition) {
        if self.running.get(partition).is_some_and(|running| 0 < *running) {
            return;
        }
        self.running.remove(partition);
        let Some(post) = self.posts.get_mut(partition) else { return };
        let Stage::Rewinding { offset } = post.stage else { return };
        if let Err(error) = self.subscription.rewind(partition, offset).await {
            tracing::warn!(%error, %partition, "cannot rewind yet");
            // Still paused; the same rewind is found again.
            self.after(self.options.longest_backoff, Due::Enter(vec![partition.clone()]));
            return;
        }
        post.stage = Stage::Entering;
        post.restart_at(offset);
        post.pause_or_resume(&mut *self.subscription, self.is_paused_as_full);
        let (shop, partition, generation) =
            (Arc::clone(&self.shop), partition.clone(), post.generation);
        self.tasks.spawn(async move {
            let group = shop.handler.erased_group();
            let rewound = partitions::rewound(&shop.db, group, &partition, generation).await;
            Done::Rewound(partition, rewound)
        });
    }

    /// Lets events of the partition run, and more of them come.
    pub(super) fn go_on(&mut self, partition: &Partition) {
        let Some(post) = self.posts.get_mut(partition) else { return };
        post.stage = Stage::Flowing;
        self.lanes.release(partition);
    }
}
