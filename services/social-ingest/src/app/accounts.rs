//! Opened credentials, in the form a channel's adapter takes, kept for as long as the source has that version.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chassis::malformed::Malformed;

use super::Vault;
use crate::{
    channels::{outbound::Outcome, reach::Reach, wechat},
    domain::{Credentials, Source, SourceId, SourceState, WeChatCredentials},
    error::{Error, Result},
    store::sources::Sealed,
};

/// Accounts kept open at once; the next one begins anew.
const MAX_OPEN: usize = 10_000;

/// Longest app secret that is believed; the platform's have 32 characters.
const MAX_SECRET_LEN: usize = 128;

/// A source's account, ready to verify what comes in and to send.
#[derive(Debug)]
pub(crate) enum Account {
    /// A WeChat Official Account.
    WeChat {
        /// What its webhooks are verified with.
        webhook: wechat::Credentials,
        /// What its API is called with.
        api: wechat::client::App,
    },
}

/// The accounts of all sources, and the clients they are called with.
pub(crate) struct Accounts {
    vault: Vault,
    reach: Reach,
    wechat: wechat::client::Client,
    open: Mutex<HashMap<SourceId, (u64, Arc<Account>)>>,
}

/// One text on its way to one person.
#[derive(Clone, Copy)]
pub(crate) struct Outbound<'a> {
    /// From which account.
    pub(crate) account: &'a Account,
    /// To whom, as the provider names them.
    pub(crate) recipient: &'a str,
    /// What to say, no longer than the provider allows.
    pub(crate) text: &'a str,
}

impl Accounts {
    /// Opens with `vault`, and calls with `wechat` what `reach` allows.
    pub(crate) fn new(vault: Vault, reach: Reach, wechat: wechat::client::Client) -> Self {
        Self { vault, reach, wechat, open: Mutex::default() }
    }

    /// Seals credentials after checking that an account can be made of them and the source.
    pub(crate) fn seal(
        &self,
        tenant: chassis::tenant::TenantId,
        source: &Source,
        credentials: &Credentials,
    ) -> Result<Vec<u8>> {
        account(source, credentials)?;
        self.check_address(source)?;
        Ok(self.vault.seal(tenant, source.id, credentials))
    }

    /// Refuses an address that this process must not call.
    pub(crate) fn check_address(&self, source: &Source) -> Result<()> {
        let refuse = |problem| Error::InvalidField {
            field: "source.api_base_url",
            problem: Malformed(problem),
        };
        let url: reqwest::Url =
            source.base_url().parse().map_err(|_| refuse("must be an address"))?;
        // The account's own parts play no role in whether its address is well-formed.
        wechat::client::App::parse(source.base_url(), "app", "secret").map_err(|_| {
            refuse("must be an http or https address without user, query or fragment")
        })?;
        match self.reach.allows(&url) {
            true => Ok(()),
            false => Err(refuse("must be a public https address")),
        }
    }

    /// Opens the account of a source, or fails with [`Error::SourceDisconnected`] or [`Error::CredentialsSealed`].
    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Arc<Account>> {
        let source = &sealed.source;
        match source.state {
            SourceState::Connected => (),
            SourceState::Disconnected => return Err(Error::SourceDisconnected(source.id)),
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, account)) = open.get(&source.id)
            && *version == source.version
        {
            return Ok(account.clone());
        }
        let credentials = sealed
            .credentials
            .as_deref()
            .and_then(|it| self.vault.open(sealed.tenant, source.id, it))
            .ok_or(Error::CredentialsSealed(source.id))?;
        let account = Arc::new(account(source, &credentials)?);
        if MAX_OPEN <= open.len() {
            open.clear();
        }
        open.insert(source.id, (source.version, account.clone()));
        Ok(account)
    }

    /// Sends a text once.
    pub(crate) async fn send(&self, outbound: Outbound<'_>) -> Outcome {
        match outbound.account {
            Account::WeChat { api, .. } => {
                self.wechat.send_text(api, outbound.recipient, outbound.text).await
            }
        }
    }

    /// Looks for a text in the provider's record.
    pub(crate) async fn look_up(
        &self,
        outbound: Outbound<'_>,
        attempted: chrono::DateTime<chrono::Utc>,
    ) -> crate::channels::outbound::Lookup {
        match outbound.account {
            Account::WeChat { api, .. } => {
                self.wechat.look_up(api, outbound.recipient, outbound.text, attempted).await
            }
        }
    }
}

impl Account {
    /// Longest text, in bytes, that one message may carry.
    pub(crate) fn max_text_bytes(&self) -> usize {
        match self {
            Self::WeChat { .. } => wechat::MAX_TEXT_BYTES,
        }
    }
}

fn account(source: &Source, credentials: &Credentials) -> Result<Account> {
    match credentials {
        Credentials::WeChat(it) => wechat_account(source, it),
    }
}

fn wechat_account(source: &Source, credentials: &WeChatCredentials) -> Result<Account> {
    let WeChatCredentials { app_id, app_secret, token, encoding_aes_key } = credentials;
    let is_secret = app_secret.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_secret || MAX_SECRET_LEN < app_secret.len() {
        return Err(Error::InvalidField {
            field: "wechat.app_secret",
            problem: Malformed("must be at most 128 printable characters"),
        });
    }
    let webhook = wechat::Credentials::parse(token, encoding_aes_key.as_deref(), app_id, None)
        .map_err(|bad| Error::InvalidField {
            field: match bad.field {
                "token" => "wechat.token",
                "app_id" => "wechat.app_id",
                _ => "wechat.encoding_aes_key",
            },
            problem: Malformed(bad.problem),
        })?;
    let api = wechat::client::App::parse(source.base_url(), app_id, app_secret).map_err(|_| {
        Error::InvalidField {
            field: "source.api_base_url",
            problem: Malformed("must be an http or https address without user, query or fragment"),
        }
    })?;
    Ok(Account::WeChat { webhook, api })
}
