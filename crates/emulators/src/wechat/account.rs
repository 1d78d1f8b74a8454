//! What the emulated provider remembers: tokens, windows, sent messages, planned faults.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use super::{
    Endpoint, Fault,
    tokens::{Fresh, Tokens},
};

/// A customer-service message that the emulator accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMessage {
    /// The app whose token was used.
    pub app_id: String,
    /// The recipient (`touser`).
    pub openid: String,
    /// `msgtype`: `text`, `image`, …
    pub kind: String,
    /// `text.content`, when there is one.
    pub text: Option<String>,
    /// When it was accepted, in seconds since 1970 by the emulator's clock.
    pub at: u64,
    /// The request as it came.
    pub request: Value,
}

/// A code and the words the provider says with it.
pub(super) type Refused = (i64, &'static str);

#[derive(Default)]
pub(super) struct Account {
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    ahead: Duration,
    calls: HashMap<Endpoint, usize>,
    faults: HashMap<Endpoint, VecDeque<Fault>>,
    sent: Vec<SentMessage>,
    sent_at: VecDeque<Duration>,
    per_second: Option<usize>,
    windows: HashMap<String, Vec<Window>>,
    is_window_required: bool,
    tokens: Tokens,
}

struct Window {
    closes: Duration,
    left: usize,
}

impl Memory {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + self.ahead
    }

    /// Takes one message from a window that is open, or says why it may not be sent.
    fn spend(&mut self, openid: &str) -> Result<(), Refused> {
        let now = self.now();
        let Some(windows) = self.windows.get_mut(openid) else {
            return match self.is_window_required {
                true => Err((45015, "response out of time limit or subscription is canceled")),
                false => Ok(()),
            };
        };
        windows.retain(|window| now < window.closes);
        if windows.is_empty() {
            return Err((45015, "response out of time limit or subscription is canceled"));
        }
        match windows.iter_mut().find(|window| 0 < window.left) {
            Some(window) => window.left -= 1,
            None => return Err((45047, "out of response count limit")),
        }
        Ok(())
    }

    fn check_rate(&mut self) -> Result<(), Refused> {
        let now = self.now();
        let Some(limit) = self.per_second else { return Ok(()) };
        self.sent_at.retain(|at| now < *at + Duration::from_secs(1));
        if limit <= self.sent_at.len() {
            return Err((45011, "api minute-quota reach limit, must slower, retry next minute"));
        }
        self.sent_at.push_back(now);
        Ok(())
    }
}

impl Account {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sent(&self) -> Vec<SentMessage> {
        self.memory().sent.clone()
    }

    pub(super) fn plan(&self, endpoint: Endpoint, fault: Fault, count: usize) {
        let mut memory = self.memory();
        memory.faults.entry(endpoint).or_default().extend(std::iter::repeat_n(fault, count));
    }

    /// Counts a call and takes the fault planned for it.
    pub(super) fn arrive(&self, endpoint: Endpoint) -> Option<Fault> {
        let mut memory = self.memory();
        *memory.calls.entry(endpoint).or_default() += 1;
        memory.faults.get_mut(&endpoint).and_then(VecDeque::pop_front)
    }

    pub(super) fn calls(&self, endpoint: Endpoint) -> usize {
        self.memory().calls.get(&endpoint).copied().unwrap_or_default()
    }

    pub(super) fn open_window(&self, openid: &str, messages: usize, lasts: Duration) {
        let mut memory = self.memory();
        let window = Window { closes: memory.now() + lasts, left: messages };
        memory.windows.entry(openid.to_owned()).or_default().push(window);
    }

    pub(super) fn require_window(&self) {
        self.memory().is_window_required = true;
    }

    pub(super) fn limit_per_second(&self, limit: usize) {
        self.memory().per_second = Some(limit);
    }

    pub(super) fn advance(&self, by: Duration) {
        self.memory().ahead += by;
    }

    pub(super) fn register(&self, app_id: &str, app_secret: &str) {
        self.memory().tokens.register(app_id, app_secret);
    }

    pub(super) fn expire_tokens(&self) {
        self.memory().tokens.expire_all();
    }

    pub(super) fn expire_token(&self, value: &str) {
        self.memory().tokens.expire(value);
    }

    pub(super) fn forget_token(&self, value: &str) {
        self.memory().tokens.forget(value);
    }

    /// A token and the seconds it lives.
    pub(super) fn token(
        &self,
        app_id: &str,
        secret: &str,
        fresh: Fresh,
    ) -> Result<(String, u64), Refused> {
        let mut memory = self.memory();
        let now = memory.now();
        memory.tokens.grant(app_id, secret, fresh, now)
    }

    /// The app a token belongs to, or what the provider says about the token.
    pub(super) fn authorize(&self, value: Option<&str>) -> Result<String, Refused> {
        let memory = self.memory();
        memory.tokens.authorize(value, memory.now())
    }

    /// Accepts a message, or says why the provider would not.
    pub(super) fn record(&self, app_id: String, request: Value) -> Result<(), Refused> {
        let field =
            |pointer: &str| request.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let Some(openid) = field("/touser").filter(|openid| !openid.is_empty()) else {
            return Err((40003, "invalid openid"));
        };
        let Some(kind) = field("/msgtype") else { return Err((40008, "invalid message type")) };
        let text = field("/text/content");
        match &text {
            Some(text) if 2048 < text.len() => return Err((45002, "content size out of limit")),
            None if kind == "text" => return Err((44004, "empty content")),
            Some(_) | None => (),
        }

        let mut memory = self.memory();
        memory.check_rate()?;
        memory.spend(&openid)?;
        let at = memory.now().as_secs();
        memory.sent.push(SentMessage { app_id, openid, kind, text, at, request });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn send(account: &Account) -> Result<(), i64> {
        let request = json!({ "touser": "o-1", "msgtype": "text", "text": { "content": "hi" } });
        account.record("wx-1".to_owned(), request).map_err(|(code, _)| code)
    }

    #[test]
    fn a_user_who_wrote_may_be_sent_five_messages_in_two_days() {
        let account = Account::default();
        account.open_window("o-1", 5, Duration::from_secs(48 * 3600));

        let outcomes: Vec<_> = (0..6).map(|_| send(&account)).collect();

        assert_eq!(outcomes, [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(45047)]);
        account.advance(Duration::from_secs(48 * 3600));
        assert_eq!(send(&account), Err(45015));
    }

    #[test]
    fn a_user_it_was_not_told_about_is_free_until_a_window_is_required() {
        let account = Account::default();

        assert_eq!(send(&account), Ok(()));

        account.require_window();
        assert_eq!(send(&account), Err(45015));
    }

    #[test]
    fn a_rate_is_counted_within_one_second() {
        let account = Account::default();
        account.limit_per_second(2);

        let outcomes: Vec<_> = (0..3).map(|_| send(&account)).collect();

        assert_eq!(outcomes, [Ok(()), Ok(()), Err(45011)]);
        account.advance(Duration::from_secs(2));
        assert_eq!(send(&account), Ok(()));
    }
}
