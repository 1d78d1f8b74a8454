//! Puts what happened around a contact, in whichever service, into the contact's timeline.

use bus::{Envelope, Failure, Handler};
use proto::{Event, messaging::v1 as messaging, sales::v1 as sales};
use sea_orm::DatabaseTransaction;

use crate::{
    domain::ContactId,
    store::{self, timeline::Entry},
};

/// Names, for each event shown, the fields that hold the contact and the resource it happened to.
macro_rules! shown {
    ($($event:ty => $resource:ident),* $(,)?) => {
        /// The events that are shown in a timeline.
        const SHOWN: &[(&str, &str)] = &[$((<$event>::TOPIC, <$event>::TYPE)),*];

        /// Returns the contact and the resource that an event is about.
        fn subject(event: &Envelope) -> Result<(String, String), Failure> {
            $(if event.is::<$event>() {
                let event = event.decode::<$event>()?;
                return Ok((event.contact, event.$resource));
            })*
            Err(Failure::reject("event is not one that a timeline shows"))
        }
    };
}

shown! {
    messaging::ConversationOpened => conversation,
    messaging::ConversationAssigned => conversation,
    messaging::ConversationStatusChanged => conversation,
    messaging::MessageReceived => message,
    messaging::MessageSent => message,
    messaging::MessageFailed => message,
    messaging::MessageOutcomeUnknown => message,
    messaging::NoteAdded => message,
    sales::OrderPlaced => order,
    sales::OrderPaid => order,
    sales::OrderShipped => order,
    sales::OrderDelivered => order,
    sales::OrderCancelled => order,
    sales::OrderRefunded => order,
    sales::OrderLinked => order,
}

/// Longest resource name that is shown.
const MAX_NAME_BYTES: usize = 256;

/// The handler `customer.extend-timeline`.
pub(super) struct ExtendTimeline;

#[async_trait::async_trait]
impl Handler for ExtendTimeline {
    type Fetched = ();

    fn group(&self) -> &'static str {
        "customer.extend-timeline"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        SHOWN
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
        let (contact, resource) = subject(event)?;
        let is_name = (1..=MAX_NAME_BYTES).contains(&resource.len())
            && !resource.chars().any(char::is_control);
        if !is_name {
            return Err(Failure::reject("resource is not a name"));
        }
        // An order may be older than the acquaintance: `OrderLinked` will name the contact.
        let contact = match contact.as_str() {
            "" => None,
            name => Some(ContactId::parse(name).map_err(Failure::reject)?),
        };
        if let Some(contact) = contact
            && event.is::<sales::OrderLinked>()
        {
            store::timeline::attribute(txn, event.tenant, &resource, contact).await?;
        }
        let entry = Entry {
            event_id: event.id,
            contact,
            event_type: event.kind.clone(),
            resource,
            event_time: event.time,
        };
        store::timeline::append(txn, event.tenant, entry).await.map_err(Failure::from)
    }

    /// The timeline is a projection: nothing but the log is needed to make it again.
    fn is_replayable(&self) -> bool {
        true
    }

    async fn forget(&self, txn: &DatabaseTransaction) -> Result<(), Failure> {
        store::timeline::clear(txn).await.map_err(Failure::from)
    }
}
