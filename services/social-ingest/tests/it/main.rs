//! The service, tested from outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod analyze_text;
mod connect_source;
mod consumer_groups;
mod decode_envelope;
mod deliver;
mod deliver_unknown;
mod deliveries;
mod disconnect_source;
mod envelopes;
mod harness;
mod inbound_messages;
mod list_sources;
mod reprocess_envelope;
mod rotate_credentials;
mod source_health;
mod telemetry;
mod update_source;
mod webhook_limits;
mod webhook_refusals;
mod webhooks;
mod wechat;
mod wechat_client;
mod wechat_codec;
mod wechat_record;
mod wechat_webhook;
