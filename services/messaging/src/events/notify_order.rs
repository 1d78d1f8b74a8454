//! Tells a contact who agreed to it that an order was paid or shipped.

use bus::{Envelope, Failure, Handler};
use proto::{
    Event,
    sales::v1::{OrderPaid, OrderShipped},
};
use sea_orm::DatabaseTransaction;

use super::{Peers, failure, steps};
use crate::{
    app::App,
    domain::{Language, Text, exchange::Voice, ids::ContactId, order::OrderNews, reply_text},
    store,
};

/// The handler `messaging.notify-order`.
pub(super) struct NotifyOrder {
    pub(super) app: App,
    pub(super) peers: Peers,
}

/// Whom to tell what.
pub(super) struct News {
    contact: ContactId,
    text: Text,
}

#[async_trait::async_trait]
impl Handler for NotifyOrder {
    /// `None` if nobody is to be told.
    type Fetched = Option<News>;

    fn group(&self) -> &'static str {
        "messaging.notify-order"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(OrderPaid::TOPIC, OrderPaid::TYPE), (OrderShipped::TOPIC, OrderShipped::TYPE)]
    }

    /// Asks sales for the order and customer for the consent, the cheapest way to a "no" first.
    async fn fetch(&self, event: &Envelope) -> Result<Option<News>, Failure> {
        let nobody = |why| {
            tracing::debug!(kith.event.id = %event.id, why, "told nobody of an order");
            Ok(None)
        };
        let (order, news) = read(event)?;
        let tenant = event.tenant;
        let Some(order) = self.peers.order(tenant, order).await? else {
            return nobody("the order is unknown");
        };
        let Some(contact) = order.contact else {
            return nobody("its buyer is unknown");
        };
        if !self.app.is_reachable(tenant, contact).await.map_err(failure)? {
            return nobody("its buyer never wrote");
        }
        if !self.peers.may_be_told_of_orders(tenant, contact).await? {
            return nobody("its buyer did not agree");
        }
        let Some(language_code) = self.peers.language_of(tenant, contact).await? else {
            return nobody("its buyer is gone");
        };
        let text = reply_text::order_news(&order, news, Language::of(&language_code));
        Ok(Some(News { contact, text }))
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        news: Option<News>,
    ) -> Result<(), Failure> {
        let Some(News { contact, text }) = news else {
            return Ok(());
        };
        let tenant = event.tenant;
        if store::messages::has_cause(txn, tenant, event.id).await.map_err(failure)? {
            return Ok(());
        }
        let latest = store::conversations::find_latest_reachable(txn, tenant, contact)
            .await
            .map_err(failure)?;
        let Some((latest, thread)) = latest.and_then(|it| it.thread.map(|thread| (it, thread)))
        else {
            return Ok(());
        };
        let inbox = store::inboxes::find_live_or_successor(txn, tenant, latest.inbox)
            .await
            .map_err(failure)?;
        let Some(inbox) = inbox else {
            return Ok(());
        };
        let now = self.app.clock.now();
        let mut held = steps::find_or_open(txn, event, &inbox, contact, thread, now).await?;
        if held.conversation.contact != contact {
            // The thread speaks with somebody else by now, whom the order is no business of.
            return Ok(());
        }
        let (message, events) =
            held.conversation.queue(Voice::Order { cause: event.id }, text, now);
        held.append(message);
        held.note(events);
        held.keep(txn, event, now).await
    }
}

fn read(event: &Envelope) -> Result<(String, OrderNews), Failure> {
    if event.is::<OrderPaid>() {
        return Ok((event.decode::<OrderPaid>()?.order, OrderNews::Paid));
    }
    Ok((event.decode::<OrderShipped>()?.order, OrderNews::Shipped))
}
