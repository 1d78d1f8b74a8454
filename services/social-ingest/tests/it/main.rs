//! The service, tested from outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod wechat;
mod wechat_client;
mod wechat_codec;
mod wechat_record;
mod wechat_webhook;
