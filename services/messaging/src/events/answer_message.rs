//! Answers a message of a contact by the rules, or hands the conversation to an agent.

use bus::{Envelope, Failure, Handler};
use chassis::tenant::TenantId;
use proto::{Event, messaging::v1::MessageReceived};
use sea_orm::DatabaseTransaction;

use super::{Peers, failure, steps::Held};
use crate::{
    app::App,
    convert::{self, message::Received},
    domain::{
        Order,
        conversation::{Reason, Turn},
        exchange::Voice,
        ids::{ContactId, InboundMessageId},
        reply::{self, Decision, Plan},
    },
    store,
};

/// The handler `messaging.answer-message`.
pub(super) struct AnswerMessage {
    pub(super) app: App,
    pub(super) peers: Peers,
}

#[async_trait::async_trait]
impl Handler for AnswerMessage {
    /// What the rules say; `None` when it was not their turn.
    type Fetched = Option<Decision>;

    fn group(&self) -> &'static str {
        "messaging.answer-message"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(MessageReceived::TOPIC, MessageReceived::TYPE)]
    }

    /// Decides by the rules, which may need the contact's latest order from sales.
    async fn fetch(&self, event: &Envelope) -> Result<Option<Decision>, Failure> {
        let Received { message, inbound, analysis } = read(event)?;
        let analysis = analysis.as_ref();
        let planned = self
            .app
            .plan_answer(event.tenant, message.conversation, analysis)
            .await
            .map_err(failure)?;
        let Some((contact, plan)) = planned else {
            return Ok(None);
        };
        let order = match &plan {
            Plan::StateOrder { .. } => self.latest_order(event.tenant, contact, inbound).await?,
            Plan::Reply(_) | Plan::Assign { .. } => None,
        };
        Ok(Some(plan.decide(order.as_ref(), reply::language(analysis))))
    }

    /// Takes effect unless an agent has taken over since.
    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        decision: Option<Decision>,
    ) -> Result<(), Failure> {
        let Received { message, .. } = read(event)?;
        let tenant = event.tenant;
        let conversation = store::conversations::get_locked(txn, tenant, message.conversation)
            .await
            .map_err(failure)?;
        let inbox = store::inboxes::get(txn, tenant, conversation.inbox).await.map_err(failure)?;
        if store::messages::has_cause(txn, tenant, event.id).await.map_err(failure)? {
            return Ok(());
        }
        let now = self.app.clock.now();
        let voice = || Voice::Rule { in_reply_to: message.message, cause: event.id };
        let mut held = Held::of(conversation);
        let it = &mut held.conversation;
        match (it.turn(&inbox), decision) {
            (Turn::Agents, _) => return Ok(()),
            (Turn::DefaultAssignee, _) => {
                let to = inbox.settings.default_assignee;
                let events = it.hand_over(to, Reason::NoAnswer, now);
                held.note(events);
            }
            (Turn::Rules, Some(Decision::Reply { text })) => {
                let (reply, events) = it.queue(voice(), text, now);
                held.append(reply);
                held.note(events);
            }
            (Turn::Rules, Some(Decision::Assign { to, reason, note })) => {
                let note = note.map(|text| it.note(voice(), text, now));
                let handed_over = it.hand_over(to, reason, now);
                if let Some((note, noted)) = note {
                    held.append(note);
                    held.note([noted]);
                }
                held.note(handed_over);
            }
            (Turn::Rules, None) => {
                return Err(Failure::retry("the conversation came back to the rules meanwhile"));
            }
        }
        held.keep(txn, event, now).await
    }
}

impl AnswerMessage {
    /// An order from before the contact first wrote may not be linked to them yet: their identity finds it.
    async fn latest_order(
        &self,
        tenant: TenantId,
        contact: ContactId,
        inbound: Option<InboundMessageId>,
    ) -> Result<Option<Order>, Failure> {
        let buyer = match inbound {
            Some(inbound) => self.peers.inbound_message(tenant, inbound).await?.sender,
            None => None,
        };
        self.peers.latest_order(tenant, contact, buyer).await
    }
}

fn read(event: &Envelope) -> Result<Received, Failure> {
    convert::message::received(event.decode()?).map_err(Failure::reject)
}
