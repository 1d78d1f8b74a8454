//! Records what became of a message that social-ingest delivered, or could not.

use bus::{Envelope, Failure, Handler};
use proto::{
    Event,
    social::v1::{DeliveryFailed, DeliveryOutcomeUnknown, DeliverySent},
};
use sea_orm::DatabaseTransaction;

use super::{failure, steps::Held};
use crate::{
    app::App,
    convert::message as convert,
    domain::{ids::MessageName, message::Outcome},
    store,
};

/// The handler `messaging.record-delivery`.
pub(super) struct RecordDelivery {
    pub(super) app: App,
}

#[async_trait::async_trait]
impl Handler for RecordDelivery {
    type Fetched = ();

    fn group(&self) -> &'static str {
        "messaging.record-delivery"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (DeliverySent::TOPIC, DeliverySent::TYPE),
            (DeliveryFailed::TOPIC, DeliveryFailed::TYPE),
            (DeliveryOutcomeUnknown::TOPIC, DeliveryOutcomeUnknown::TYPE),
        ]
    }

    async fn fetch(&self, _event: &Envelope) -> Result<(), Failure> {
        Ok(())
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        (): (),
    ) -> Result<(), Failure> {
        let (name, outcome) = read(event)?;
        let tenant = event.tenant;
        let conversation = store::conversations::get_locked(txn, tenant, name.conversation)
            .await
            .map_err(failure)?;
        let mut message = store::messages::get(txn, tenant, name).await.map_err(failure)?;
        let answered = match message.in_reply_to {
            Some(question) => {
                store::messages::find(txn, tenant, question).await.map_err(failure)?
            }
            None => None,
        };
        let now = self.app.clock.now();
        let mut held = Held::of(conversation);
        let settled = held.conversation.settle(&mut message, answered.as_ref(), outcome, now);
        let Some(settled) = settled else {
            return Ok(());
        };
        store::messages::update(txn, tenant, &message).await.map_err(failure)?;
        held.note([settled]);
        held.keep(txn, event, now).await
    }
}

fn read(event: &Envelope) -> Result<(MessageName, Outcome), Failure> {
    let read = if event.is::<DeliverySent>() {
        convert::delivery_sent(&event.decode()?, event.time)
    } else if event.is::<DeliveryFailed>() {
        convert::delivery_failed(&event.decode()?)
    } else {
        convert::delivery_unknown(&event.decode()?)
    };
    read.map_err(Failure::reject)
}
