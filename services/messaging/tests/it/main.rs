//! The messaging service through its sockets: a real server, a database and a log for each test.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod add_private_note;
mod answer_message;
mod assign_conversation;
mod create_auto_reply_rule;
mod create_inbox;
mod delete_auto_reply_rule;
mod delete_inbox;
mod harness;
mod list_auto_reply_rules;
mod list_conversations;
mod list_inboxes;
mod list_messages;
mod open_conversation;
mod record_delivery;
mod retry_message;
mod send_message;
mod set_conversation_status;
mod tenants;
mod update_auto_reply_rule;
mod update_inbox;
