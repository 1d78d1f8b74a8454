//! The providers' APIs as local servers that misbehave on command; this crate must not know anything else of ours.
//!
//! An emulator answers as the provider documents it, remembers what it accepted, and breaks only when told to. Next
//! to each server stands the provider's *other* side: what it would push to a webhook, signed and encrypted by code
//! written apart from the product's decoder, so that each checks the other.

mod door;
pub mod wechat;

pub use wechat::WeChatEmulator;
