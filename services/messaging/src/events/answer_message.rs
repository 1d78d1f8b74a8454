//! Answers a message of a contact by the rules, or hands the conversation to an agent.

use bus::{Envelope, Failure, Handler};
use proto::{Event, messaging::v1::MessageReceived};
use sea_orm::DatabaseTransaction;

use super::{Peers, failure, steps::Held};
use crate::{
    app::App,
    convert::{self, message::Received},
    domain::{
        conversation::{Reason, Turn},
        exchange::Voice,
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
        let Received { message, analysis } = read(event)?;
        let analysis = analysis.as_ref();
        let (contact, plan) = {
            let (tenant, txn) = (event.tenant, self.app.db.read(event.tenant).await?);
            let conversation = store::conversations::get(&txn, tenant, message.conversation)
                .await
                .map_err(failure)?;
            let inbox =
                store::inboxes::get(&txn, tenant, conversation.inbox).await.map_err(failure)?;
            match conversation.turn(&inbox) {
                Turn::Agents | Turn::DefaultAssignee => return Ok(None),
                Turn::Rules => (),
            }
            let rules = store::rules::deciding(&txn, tenant, inbox.id).await.map_err(failure)?;
            (conversation.contact, reply::plan(analysis, &rules, &inbox))
        };
        let order = match &plan {
            Plan::StateOrder { .. } => self.peers.latest_order(event.tenant, contact).await?,
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

fn read(event: &Envelope) -> Result<Received, Failure> {
    convert::message::received(event.decode()?).map_err(Failure::reject)
}
