//! What the tests of WeChat share: an account, its two sides, and an emulator with a client.

use std::time::Duration;

use chrono::{DateTime, Utc};
use emulators::{
    WeChatEmulator,
    wechat::{Content, Mode, Payload, Webhook, WebhookSigner},
};
use social_ingest::channels::{
    inbound::Refusal,
    outbound::{Lookup, Outcome},
    reach::Reach,
    wechat::{
        self, Credentials, TIMESTAMP_WINDOW, Verified,
        client::{App, Client, Settings, TokenEndpoint},
    },
};

pub(crate) const ACCOUNT: &str = "gh_7f3a9c2e51d0";
pub(crate) const APP: &str = "wx90c3d8a1f2e4b756";
pub(crate) const SECRET: &str = "3b1f9e0c7a5d42868e6f";
pub(crate) const OPENID: &str = "oQ7xK1pT2mVbN3cR4sL5uW6yZ8eA";
pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const MODES: [Mode; 3] = [Mode::Plain, Mode::Mixed, Mode::Safe];

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

pub(crate) fn credentials(signer: &WebhookSigner, mode: Mode) -> Credentials {
    let key = match mode {
        Mode::Plain => None,
        Mode::Mixed | Mode::Safe => Some(signer.encoding_aes_key.as_str()),
    };
    Credentials::parse(&signer.token, key, &signer.app_id, Some(ACCOUNT)).unwrap()
}

pub(crate) fn xml(content: Content<'_>) -> String {
    Payload { account: ACCOUNT, openid: OPENID, at: NOW - 3, content }.xml()
}

pub(crate) fn hello() -> String {
    xml(Content::Text { id: 1, content: "hello" })
}

pub(crate) fn verify(webhook: &Webhook, credentials: &Credentials) -> Result<Verified, Refusal> {
    let body = webhook.body.as_bytes();
    wechat::verify(&webhook.query, body, credentials, now(), TIMESTAMP_WINDOW)
}

/// An emulator, and a client that sends for an account of its.
pub(crate) struct Harness {
    pub(crate) provider: WeChatEmulator,
    pub(crate) client: Client,
    pub(crate) app: App,
}

pub(crate) fn settings() -> Settings {
    Settings {
        reach: Reach::Anywhere,
        connect_timeout: Duration::from_secs(2),
        total_timeout: Duration::from_secs(5),
        token_endpoint: TokenEndpoint::Stable,
    }
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let provider = WeChatEmulator::start().await;
        let app = App::parse(&provider.base_url(), APP, SECRET).unwrap();
        Self { provider, client: Client::new(&settings).unwrap(), app }
    }

    pub(crate) async fn send(&self, text: &str) -> Outcome {
        self.client.send_text(&self.app, OPENID, text).await
    }

    pub(crate) async fn look_up(&self, text: &str) -> Lookup {
        self.client.look_up(&self.app, OPENID, text, Utc::now()).await
    }

    /// The texts that the provider took, whatever it answered.
    pub(crate) fn taken(&self) -> Vec<String> {
        self.provider.sent().into_iter().filter_map(|message| message.text).collect()
    }
}

pub(crate) fn sent() -> Outcome {
    Outcome::Sent { provider_id: None }
}
