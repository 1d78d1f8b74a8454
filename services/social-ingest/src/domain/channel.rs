//! The kinds of channel this service has an adapter for.

use super::words::words;

words! {
    /// A kind of channel that messages come from and replies go to.
    Channel {
        /// WeChat Official Account.
        WeChat = "WECHAT",
    }
}

impl Channel {
    /// The provider's own address, where the source names no other.
    pub(crate) const fn default_base_url(self) -> &'static str {
        match self {
            Self::WeChat => "https://api.weixin.qq.com",
        }
    }

    /// The first part of the webhook's path behind `/webhooks/`.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::WeChat => "wechat",
        }
    }
}
