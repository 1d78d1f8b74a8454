//! What every service is handed besides its settings and listeners.

use std::{fmt, sync::Arc};

use chassis::{authn::TokenSource, clock::Clock};

use crate::log::Log;

/// The ties of a service to the rest of the platform. Clones share them.
#[derive(Clone)]
pub struct Links {
    /// Where events go to and come from.
    pub log: Arc<dyn Log>,
    /// The service's own token, for calls that no user asked for.
    pub tokens: Arc<dyn TokenSource>,
    /// The time.
    pub clock: Clock,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("log", &self.log.system()).finish_non_exhaustive()
    }
}
