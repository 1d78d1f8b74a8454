//! The kinds of channel a customer can be met on.

use super::named::named;

named! {
    /// A kind of channel.
    Channel {
        /// WeChat Official Account.
        WeChat = "wechat",
        /// WeCom and its customer service.
        WeCom = "wecom",
        /// Weibo fan service.
        Weibo = "weibo",
        /// QQ bot.
        Qq = "qq",
        /// `WhatsApp` Cloud.
        WhatsApp = "whatsapp",
        /// E-mail.
        Email = "email",
        /// Telephone.
        Phone = "phone",
        /// Live chat on a web page.
        Web = "web",
        /// An online shop.
        Shop = "shop",
        /// Telegram bot.
        Telegram = "telegram",
    }
}

impl Channel {
    /// What an inbox is called that nobody has named yet.
    pub const fn label(self) -> &'static str {
        match self {
            Self::WeChat => "WeChat",
            Self::WeCom => "WeCom",
            Self::Weibo => "Weibo",
            Self::Qq => "QQ",
            Self::WhatsApp => "WhatsApp",
            Self::Email => "E-mail",
            Self::Phone => "Telephone",
            Self::Web => "Live chat",
            Self::Shop => "Shop",
            Self::Telegram => "Telegram",
        }
    }
}
