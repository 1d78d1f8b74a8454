//! The access tokens that the emulated provider hands out, and to whom.

use std::{collections::HashMap, time::Duration};

use super::account::Refused;

/// Lifetime of a token, as documented.
const LIFETIME: Duration = Duration::from_secs(7200);

/// Age at which the stable endpoint hands out a successor; both are then valid.
const RENEWAL: Duration = Duration::from_secs(7200 - 300);

/// Whether a token request insists on a new token.
#[derive(Clone, Copy)]
pub(super) enum Fresh {
    /// The last one will do while it is young.
    IfNeeded,
    /// A new one, and the old ones live on: the classic endpoint, which lets them overlap for minutes.
    Beside,
    /// A new one, and the old ones end now.
    Always,
}

/// Every time is one since 1970 by the emulator's clock.
#[derive(Default)]
pub(super) struct Tokens {
    secrets: HashMap<String, String>,
    tokens: HashMap<String, Token>,
    issued: usize,
}

struct Token {
    app_id: String,
    issued: Duration,
    is_expired: bool,
}

impl Tokens {
    pub(super) fn register(&mut self, app_id: &str, secret: &str) {
        self.secrets.insert(app_id.to_owned(), secret.to_owned());
    }

    pub(super) fn expire_all(&mut self) {
        self.tokens.values_mut().for_each(|token| token.is_expired = true);
    }

    pub(super) fn expire(&mut self, value: &str) {
        self.tokens.entry(value.to_owned()).and_modify(|token| token.is_expired = true);
    }

    pub(super) fn forget(&mut self, value: &str) {
        self.tokens.remove(value);
    }

    /// A token and the seconds it lives, or what is wrong with the app or its secret.
    pub(super) fn grant(
        &mut self,
        app_id: &str,
        secret: &str,
        fresh: Fresh,
        now: Duration,
    ) -> Result<(String, u64), Refused> {
        if !self.secrets.is_empty() {
            match self.secrets.get(app_id) {
                None => return Err((40013, "invalid appid")),
                Some(known) if known != secret => return Err((40125, "invalid appsecret")),
                Some(_) => (),
            }
        }
        let young = self.newest(app_id).filter(|(_, token)| now < token.issued + RENEWAL);
        match (fresh, young) {
            (Fresh::IfNeeded, Some((value, token))) => {
                let left = (token.issued + LIFETIME).saturating_sub(now);
                Ok((value.clone(), left.as_secs()))
            }
            (Fresh::IfNeeded, None) | (Fresh::Beside, _) => Ok(self.issue(app_id, now)),
            (Fresh::Always, _) => {
                self.tokens.retain(|_, token| token.app_id != app_id);
                Ok(self.issue(app_id, now))
            }
        }
    }

    /// The app a token belongs to, or what the provider says about the token.
    pub(super) fn authorize(&self, value: Option<&str>, now: Duration) -> Result<String, Refused> {
        let Some(value) = value else { return Err((41001, "access_token missing")) };
        let Some(token) = self.tokens.get(value) else {
            return Err((40001, "invalid credential, access_token is invalid or not latest"));
        };
        match token.is_expired || token.issued + LIFETIME <= now {
            true => Err((42001, "access_token expired")),
            false => Ok(token.app_id.clone()),
        }
    }

    fn newest(&self, app_id: &str) -> Option<(&String, &Token)> {
        let is_good = |token: &Token| token.app_id == app_id && !token.is_expired;
        let good = self.tokens.iter().filter(|(_, token)| is_good(token));
        good.max_by_key(|(_, token)| token.issued)
    }

    fn issue(&mut self, app_id: &str, now: Duration) -> (String, u64) {
        self.issued += 1;
        let value = format!("token-{}-of-{app_id}", self.issued);
        let token = Token { app_id: app_id.to_owned(), issued: now, is_expired: false };
        self.tokens.insert(value.clone(), token);
        (value, LIFETIME.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_767_225_600);

    #[test]
    fn a_young_token_is_handed_out_again_unless_a_new_one_is_forced() {
        let mut tokens = Tokens::default();
        let mut grant = |fresh, now| tokens.grant("wx-1", "s", fresh, now).unwrap();
        let (first, _) = grant(Fresh::IfNeeded, NOW);

        let (second, left) = grant(Fresh::IfNeeded, NOW + Duration::from_secs(60));
        let (forced, _) = grant(Fresh::Always, NOW);

        assert_eq!((&second, left), (&first, 7140));
        assert_ne!(forced, first);
        assert_eq!(tokens.authorize(Some(&first), NOW).map_err(|it| it.0), Err(40001));
        assert_eq!(tokens.authorize(Some(&forced), NOW), Ok("wx-1".to_owned()));
    }

    #[test]
    fn a_token_and_its_successor_are_both_good_for_five_minutes() {
        let mut tokens = Tokens::default();
        let (first, _) = tokens.grant("wx-1", "s", Fresh::IfNeeded, NOW).unwrap();
        let late = NOW + RENEWAL;

        let (second, _) = tokens.grant("wx-1", "s", Fresh::IfNeeded, late).unwrap();

        assert_ne!(first, second);
        assert!(tokens.authorize(Some(&first), late).is_ok());
        assert_eq!(tokens.authorize(Some(&first), NOW + LIFETIME).map_err(|it| it.0), Err(42001));
    }
}
