//! What a handler needs to know before its own transaction: how to answer, and whether anybody can be told.

use chassis::tenant::TenantId;

use super::App;
use crate::{
    domain::{
        Analysis,
        conversation::Turn,
        ids::{ContactId, ConversationId},
        reply::{self, Plan},
    },
    error::Result,
    store,
};

impl App {
    /// Finds out what the rules do about a message, and whom it is from; `None` if it is not their turn.
    pub async fn plan_answer(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        analysis: Option<&Analysis>,
    ) -> Result<Option<(ContactId, Plan)>> {
        let txn = self.db.read(tenant).await?;
        let conversation = store::conversations::get(&txn, tenant, conversation).await?;
        let inbox = store::inboxes::get(&txn, tenant, conversation.inbox).await?;
        match conversation.turn(&inbox) {
            Turn::Agents | Turn::DefaultAssignee => return Ok(None),
            Turn::Rules => (),
        }
        let rules = store::rules::deciding(&txn, tenant, inbox.id).await?;
        Ok(Some((conversation.contact, reply::plan(analysis, &rules, &inbox))))
    }

    /// Tells whether there is a thread on which a contact can be told something.
    pub async fn is_reachable(&self, tenant: TenantId, contact: ContactId) -> Result<bool> {
        let txn = self.db.read(tenant).await?;
        Ok(store::conversations::find_latest_reachable(&txn, tenant, contact).await?.is_some())
    }
}
