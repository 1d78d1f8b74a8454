//! Events of all services this one listens to: one handler, run once for each generation of its projection.

mod follow_generations;
mod project_facts;

use std::sync::Arc;

use bus::ErasedHandler;

use crate::domain::Generation;

pub(crate) use follow_generations::FollowGenerations;

/// Makes the handler that projects a generation.
pub(crate) fn handler_of(generation: Generation) -> Arc<dyn ErasedHandler> {
    Arc::new(project_facts::ProjectFacts::new(generation))
}
