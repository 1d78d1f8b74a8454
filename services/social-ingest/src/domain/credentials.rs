//! What a provider's console was configured with. Prints no secret.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Channel;

/// The credentials of a source, by channel. Serialised only to be encrypted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Credentials {
    /// Those of a WeChat Official Account.
    WeChat(WeChatCredentials),
}

/// What the console of a WeChat Official Account shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WeChatCredentials {
    /// The account's app id.
    pub(crate) app_id: String,
    /// The app secret, for access tokens.
    pub(crate) app_secret: String,
    /// The token that signs webhooks.
    pub(crate) token: String,
    /// The 43 characters that decrypt webhooks; absent in plain mode.
    pub(crate) encoding_aes_key: Option<String>,
}

impl Credentials {
    /// The channel they are for.
    pub(crate) fn channel(&self) -> Channel {
        match self {
            Self::WeChat(_) => Channel::WeChat,
        }
    }

    /// The account's id at the provider, within which its users' ids are unique.
    pub(crate) fn realm(&self) -> &str {
        match self {
            Self::WeChat(it) => &it.app_id,
        }
    }
}

/// A secret never reaches a log by accident.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.channel().word())
    }
}

/// A secret never reaches a log by accident.
impl fmt::Debug for WeChatCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeChatCredentials(redacted)")
    }
}
