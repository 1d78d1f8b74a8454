//! The providers' dialects: webhook verification, decoding to the common model, sending. It must not know tenants, tables, RPCs or events.
//!
//! A provider is a folder here, and every folder has the same face:
//!
//! | function | does |
//! |---|---|
//! | `handshake(query, credentials, now, window)` | the answer by which a new webhook proves itself |
//! | `verify(query, body, credentials, now, window)` | [`inbound::Refusal`], or the authentic document |
//! | `reopen(body, credentials)` | the document of a body that was verified when it came and has been stored |
//! | `peek(verified)` | dedupe key and sender, without which nothing can be stored |
//! | `decode(verified)` | the common model, or [`inbound::Undecodable`] |
//! | `Client` | sends, and looks up whether a doubtful send arrived |

pub mod inbound;
pub mod outbound;
pub mod reach;
pub mod wechat;
