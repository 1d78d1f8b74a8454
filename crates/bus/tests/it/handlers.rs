//! Handlers of these tests: they write down what they heard, and fail when told to.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use bus::{Envelope, ErasedHandler, Failure, Handler};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

use crate::stack::{NOTED, NoteTaken, TOPIC};

type Script = Arc<dyn Fn(&Envelope) -> Result<(), Failure> + Send + Sync>;

/// Writes each note into `effects`, after its script agreed.
pub(crate) struct Recorder {
    group: &'static str,
    script: Mutex<Script>,
    pub(crate) calls: AtomicUsize,
}

impl Recorder {
    /// A recorder that always agrees.
    pub(crate) fn new(group: &'static str) -> Arc<Self> {
        Self::scripted(group, |_| Ok(()))
    }

    /// A recorder that fails as its script says. The effect is written first, to be rolled back.
    pub(crate) fn scripted(
        group: &'static str,
        script: impl Fn(&Envelope) -> Result<(), Failure> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { group, script: Mutex::new(Arc::new(script)), calls: AtomicUsize::new(0) })
    }

    /// Mends or breaks the handler.
    pub(crate) fn now(
        &self,
        script: impl Fn(&Envelope) -> Result<(), Failure> + Send + Sync + 'static,
    ) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    pub(crate) fn erased(self: &Arc<Self>) -> Arc<dyn ErasedHandler> {
        Arc::clone(self) as Arc<dyn ErasedHandler>
    }
}

#[async_trait]
impl Handler for Recorder {
    type Fetched = String;

    fn group(&self) -> &'static str {
        self.group
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(TOPIC, NOTED)]
    }

    async fn fetch(&self, event: &Envelope) -> Result<String, Failure> {
        Ok(event.aggregate.clone())
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        fetched: String,
    ) -> Result<(), Failure> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert_eq!(fetched, event.aggregate);
        event.decode::<NoteTaken>()?;
        let insert = format!(
            "INSERT INTO effects (consumer, aggregate, version) VALUES ('{}', '{}', {})",
            self.group, event.aggregate, event.version,
        );
        txn.execute_unprepared(&insert).await?;
        let script = Arc::clone(&*self.script.lock().unwrap());
        script(event)
    }

    fn is_replayable(&self) -> bool {
        self.group.ends_with("projection")
    }

    async fn forget(&self, txn: &DatabaseTransaction) -> Result<(), Failure> {
        let delete = format!("DELETE FROM effects WHERE consumer = '{}'", self.group);
        let statement = Statement::from_string(txn.get_database_backend(), delete);
        txn.execute_raw(statement).await?;
        Ok(())
    }
}
