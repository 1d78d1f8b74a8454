//! Access tokens: one per account, shared by every caller, fetched by one caller at a time.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::{
    sync::MutexGuard,
    time::{Instant, timeout_at},
};

use super::{
    App, TokenEndpoint,
    answer::{Answer, Verdict},
    transport::{Failure, Transport},
};
use crate::channels::outbound::{NotSent, Reason};

/// How long before its end a token is replaced. The platform offers the next one five minutes before.
const MARGIN: Duration = Duration::from_secs(120);

/// Longest token that is kept; the platform promises 512 characters.
const MAX_TOKEN_BYTES: usize = 2048;

/// How often the platform may be told to end a token before its time; it ignores more, and allows twenty a day.
const FORCE_INTERVAL: Duration = Duration::from_secs(30);

/// An access token.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(Arc<str>);

impl Token {
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

/// The tokens of every account this process sends for.
pub(super) struct Tokens {
    endpoint: TokenEndpoint,
    accounts: Mutex<HashMap<Key, Arc<Account>>>,
}

/// Address, app id and the secret's digest: whoever does not know the secret does not share the token.
type Key = (String, String, [u8; 32]);

#[derive(Default)]
struct Account {
    cached: Mutex<Option<Cached>>,
    /// Held while fetching, by the one who fetches; guards the time of the last forced fetch.
    renewal: tokio::sync::Mutex<Option<Instant>>,
}

struct Cached {
    token: Token,
    good_until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

/// Whether the platform is asked to end the token it gave before.
#[derive(Clone, Copy)]
enum Force {
    No,
    Yes,
}

impl Account {
    fn good(&self) -> Option<Token> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.as_ref().filter(|it| Instant::now() < it.good_until).map(|it| it.token.clone())
    }

    fn keep(&self, granted: Granted) -> Token {
        let token = Token(granted.access_token.into());
        let lifetime = Duration::from_secs(granted.expires_in.min(24 * 3600));
        let good_until = Instant::now() + lifetime.saturating_sub(MARGIN.min(lifetime / 2));
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        *cached = Some(Cached { token: token.clone(), good_until });
        token
    }

    /// Waits for the turn to fetch. Waiting is what this lock is for, and the deadline bounds it.
    async fn turn(&self, deadline: Instant) -> Result<MutexGuard<'_, Option<Instant>>, Failure> {
        let turn = timeout_at(deadline, self.renewal.lock()).await;
        turn.map_err(|_| Failure::NotSent(NotSent::OutOfTime))
    }
}

impl Tokens {
    pub(super) fn new(endpoint: TokenEndpoint) -> Self {
        Self { endpoint, accounts: Mutex::default() }
    }

    /// The account's token, fetched if there is none that is good.
    pub(super) async fn current(
        &self,
        transport: &Transport,
        app: &App,
        deadline: Instant,
    ) -> Result<Token, Failure> {
        let account = self.account(app);
        if let Some(token) = account.good() {
            return Ok(token);
        }
        let _turn = account.turn(deadline).await?;
        match account.good() {
            Some(token) => Ok(token),
            None => self.fetch(transport, app, &account, Force::No, deadline).await,
        }
    }

    /// A token in place of one that the platform refused.
    pub(super) async fn renew(
        &self,
        transport: &Transport,
        app: &App,
        ended: &Token,
        deadline: Instant,
    ) -> Result<Token, Failure> {
        let account = self.account(app);
        let mut forced = account.turn(deadline).await?;
        if let Some(token) = account.good().filter(|token| token != ended) {
            return Ok(token);
        }
        let token = self.fetch(transport, app, &account, Force::No, deadline).await?;
        if token != *ended {
            return Ok(token);
        }
        // The platform stands by a token that it refuses: someone else's forced refresh, or a fault of its own.
        match *forced {
            Some(last) if last.elapsed() < FORCE_INTERVAL => {
                Err(Failure::Throttled(FORCE_INTERVAL.saturating_sub(last.elapsed())))
            }
            Some(_) | None => {
                *forced = Some(Instant::now());
                self.fetch(transport, app, &account, Force::Yes, deadline).await
            }
        }
    }

    fn account(&self, app: &App) -> Arc<Account> {
        let secret = Sha256::digest(&app.secret).into();
        let key = (app.base_url.to_string(), app.app_id.clone(), secret);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.entry(key).or_default().clone()
    }

    async fn fetch(
        &self,
        transport: &Transport,
        app: &App,
        account: &Account,
        force: Force,
        deadline: Instant,
    ) -> Result<Token, Failure> {
        let answered = match self.endpoint {
            TokenEndpoint::Stable => {
                let body = json!({
                    "grant_type": "client_credential",
                    "appid": app.app_id,
                    "secret": app.secret,
                    "force_refresh": matches!(force, Force::Yes),
                });
                transport.post_anonymous(app, "/cgi-bin/stable_token", &body, deadline).await
            }
            TokenEndpoint::Classic => {
                let query = [
                    ("grant_type", "client_credential"),
                    ("appid", app.app_id.as_str()),
                    ("secret", app.secret.as_str()),
                ];
                transport.get_anonymous(app, "/cgi-bin/token", &query, deadline).await
            }
        };
        match answered {
            Ok(answer) => granted(&answer).map(|granted| account.keep(granted)),
            // Whatever became of this request, no message was in it.
            Err(Failure::Doubtful(_)) => Err(Failure::NotSent(NotSent::NoToken)),
            Err(failure) => Err(failure),
        }
    }
}

fn granted(answer: &Answer) -> Result<Granted, Failure> {
    let denied = |reason| Err(Failure::Denied { code: answer.code.unwrap_or_default(), reason });
    match answer.verdict() {
        None | Some(Verdict::Done) => answer
            .parse::<Granted>()
            .filter(|it| !it.access_token.is_empty() && it.access_token.len() <= MAX_TOKEN_BYTES)
            .ok_or(Failure::NotSent(NotSent::NoToken)),
        Some(Verdict::Throttled(pause)) => Err(Failure::Throttled(pause)),
        Some(Verdict::Refused(reason)) => denied(reason),
        // Of a request for a token, the same number says that the secret is wrong.
        Some(Verdict::TokenEnded) => denied(Reason::WrongCredentials),
        Some(Verdict::Doubtful(_)) => Err(Failure::NotSent(NotSent::NoToken)),
    }
}
