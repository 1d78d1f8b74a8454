//! The service, tested through its socket: a real server, a real database, a real log.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod announcements;
mod consumer_groups;
mod create_account;
mod create_contact;
mod delete_account;
mod delete_contact;
mod extend_timeline;
mod get_account;
mod get_contact;
mod get_identity;
mod harness;
mod link_identity;
mod list_accounts;
mod list_consents;
mod list_contacts;
mod list_identities;
mod list_timeline_entries;
mod personal_data;
mod record_consent;
mod refusals;
mod resolve_identity;
mod tenants;
mod tokens;
mod undelete_contact;
mod unlink_identity;
mod update_account;
mod update_contact;
mod upsert_contact_by_identity;
mod withdraw_consent;
mod words;
