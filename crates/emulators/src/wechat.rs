//! WeChat's Official Account API: access tokens, customer-service messages and their record, on a local port.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::net::TcpListener;

use crate::door::Door;

mod account;
mod api;
mod fault;
mod payload;
mod tokens;
mod webhook;

pub use account::SentMessage;
pub use fault::{Endpoint, Fault, When};
pub use payload::{Content, Payload};
pub use webhook::{Mode, Webhook, WebhookSigner};

use account::Account;

/// The provider as a local server. Dropping it closes the port.
///
/// Without further orders it accepts any app id and any recipient. It counts an openid's messages against the real
/// quota from the moment it is told that this user wrote ([`WeChatEmulator::user_wrote`]).
pub struct WeChatEmulator {
    account: Arc<Account>,
    door: Door,
}

impl WeChatEmulator {
    /// Starts on a free port of the loopback address. Panics when there is none, for a test can do nothing else.
    pub async fn start() -> Self {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.expect("the loopback has a free port");
        Self::start_on(listener).expect("a bound listener has an address")
    }

    /// Starts on a listener that the caller bound. Fails when it has no local address.
    pub fn start_on(listener: TcpListener) -> io::Result<Self> {
        let account = Arc::new(Account::default());
        let door = Door::open(listener, api::router(account.clone()))?;
        Ok(Self { account, door })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// What a client is given instead of `https://api.weixin.qq.com`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Every message accepted so far, in order, also those whose answer the client never saw.
    pub fn sent(&self) -> Vec<SentMessage> {
        self.account.sent()
    }

    /// Breaks the next `count` sends.
    pub fn misbehave(&self, fault: Fault, count: usize) {
        self.misbehave_at(Endpoint::Send, fault, count);
    }

    /// Breaks the next `count` calls of one endpoint; faults of one endpoint are served in the order they were asked for.
    pub fn misbehave_at(&self, endpoint: Endpoint, fault: Fault, count: usize) {
        self.account.plan(endpoint, fault, count);
    }

    /// How many requests reached an endpoint, answered or not.
    pub fn calls(&self, endpoint: Endpoint) -> usize {
        self.account.calls(endpoint)
    }

    /// A user wrote: five messages may be sent to them in the next 48 hours.
    pub fn user_wrote(&self, openid: &str) {
        self.account.open_window(openid, 5, Duration::from_secs(48 * 3600));
    }

    /// A user followed, scanned or clicked a menu: three messages may be sent to them in the next minute.
    pub fn user_acted(&self, openid: &str) {
        self.account.open_window(openid, 3, Duration::from_secs(60));
    }

    /// From now on a user who never wrote is refused too (45015), as the provider does.
    pub fn require_window(&self) {
        self.account.require_window();
    }

    /// Accepts only this app; another app id is answered 40013, another secret 40125.
    pub fn register(&self, app_id: &str, app_secret: &str) {
        self.account.register(app_id, app_secret);
    }

    /// Accepts at most `limit` sends in any one second, and answers 45011 to the others.
    pub fn limit_per_second(&self, limit: usize) {
        self.account.limit_per_second(limit);
    }

    /// Lets every token handed out so far run out: the next call with one is answered 42001.
    pub fn expire_tokens(&self) {
        self.account.expire_tokens();
    }

    /// Sets the emulator's clock ahead, so that a window of 48 hours closes within a test.
    pub fn advance(&self, by: Duration) {
        self.account.advance(by);
    }

    /// Cuts every connection and waits until the port is free.
    pub async fn stop(self) {
        self.door.close().await;
    }
}
