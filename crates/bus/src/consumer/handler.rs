//! What a service writes to hear events; it knows neither offsets nor retries.

use std::{
    any::Any,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;

use crate::{failure::Failure, message::Envelope};

/// Handles the events of one consumer group.
///
/// Runs at least once for each event and in order for each aggregate; the transaction makes its
/// effect happen once.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// What [`fetch`](Self::fetch) finds out for [`handle`](Self::handle); `()` if nothing.
    type Fetched: Send + 'static;

    /// Names the consumer group, `<service>.<handler>`. Renaming it reads everything again.
    fn group(&self) -> &str;

    /// The topics and, of each, the kinds of event to hear. Everything else is passed over.
    fn subscriptions(&self) -> &'static [(&'static str, &'static str)];

    /// Asks other services what the event alone does not say. No transaction is open here.
    async fn fetch(&self, event: &Envelope) -> Result<Self::Fetched, Failure>;

    /// Takes effect, inside the transaction that also marks the event as seen. No call leaves here;
    /// what others must hear goes through [`outbox::append`](crate::outbox::append).
    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        fetched: Self::Fetched,
    ) -> Result<(), Failure>;

    /// Tells whether all effects may be made again from the log: true of projections only.
    fn is_replayable(&self) -> bool {
        false
    }

    /// Removes every effect so far, in the transaction that begins a replay from offset 0. The
    /// transaction sees all tenants.
    async fn forget(&self, _txn: &DatabaseTransaction) -> Result<(), Failure> {
        Ok(())
    }
}

/// A [`Handler`] of any kind. Implemented for every handler; call [`Handler`] instead.
#[async_trait]
pub trait ErasedHandler: Send + Sync + 'static {
    /// [`Handler::group`].
    fn erased_group(&self) -> &str;

    /// [`Handler::subscriptions`].
    fn erased_subscriptions(&self) -> &'static [(&'static str, &'static str)];

    /// [`Handler::fetch`].
    async fn erased_fetch(&self, event: &Envelope) -> Result<Box<dyn Any + Send>, Failure>;

    /// [`Handler::handle`], with what [`erased_fetch`](Self::erased_fetch) returned.
    async fn erased_handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        fetched: Box<dyn Any + Send>,
    ) -> Result<(), Failure>;

    /// [`Handler::is_replayable`].
    fn erased_is_replayable(&self) -> bool;

    /// [`Handler::forget`].
    async fn erased_forget(&self, txn: &DatabaseTransaction) -> Result<(), Failure>;
}

#[async_trait]
impl<H: Handler> ErasedHandler for H {
    fn erased_group(&self) -> &str {
        self.group()
    }

    fn erased_subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        self.subscriptions()
    }

    async fn erased_fetch(&self, event: &Envelope) -> Result<Box<dyn Any + Send>, Failure> {
        Ok(Box::new(self.fetch(event).await?))
    }

    async fn erased_handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        fetched: Box<dyn Any + Send>,
    ) -> Result<(), Failure> {
        match fetched.downcast() {
            Ok(fetched) => self.handle(txn, event, *fetched).await,
            Err(_) => Err(Failure::fail("handler was given what another one fetched")),
        }
    }

    fn erased_is_replayable(&self) -> bool {
        self.is_replayable()
    }

    async fn erased_forget(&self, txn: &DatabaseTransaction) -> Result<(), Failure> {
        self.forget(txn).await
    }
}

/// The topics a handler hears, each once.
pub(crate) fn topics(handler: &dyn ErasedHandler) -> Vec<&'static str> {
    let mut topics: Vec<&'static str> =
        handler.erased_subscriptions().iter().map(|(topic, _)| *topic).collect();
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// The service a handler belongs to: what stands before the dot of its group.
///
/// Spans want the name for ever, so each is kept once; there are as many as services in the process.
pub(crate) fn service(handler: &dyn ErasedHandler) -> &'static str {
    static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let group = handler.erased_group();
    let name = group.split_once('.').map_or(group, |(service, _)| service);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.iter().find(|known| **known == name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into());
    names.push(kept);
    kept
}
