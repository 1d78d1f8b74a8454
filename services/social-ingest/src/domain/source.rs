//! The source: one configured endpoint of a channel that messages come from and replies go to.

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Channel, Credentials, SourceId, words::words};
use crate::error::Error;

words! {
    /// Whether a source works.
    SourceState {
        /// Webhooks are taken and replies sent.
        Connected = "CONNECTED",
        /// Webhooks are refused and replies fail.
        Disconnected = "DISCONNECTED",
    }
}

/// One configured endpoint of a channel, without its credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    /// Names it, also in the webhook's path.
    pub(crate) id: SourceId,
    /// What agents call it.
    pub(crate) display_name: DisplayName,
    /// The kind of channel.
    pub(crate) channel: Channel,
    /// Where the provider's API is; the provider's own address if absent.
    pub(crate) api_base_url: Option<BaseUrl>,
    /// Whether it works.
    pub(crate) state: SourceState,
    /// The account's id at the provider.
    pub(crate) realm: String,
    /// When it was connected.
    pub(crate) create_time: DateTime<Utc>,
    /// When it last changed.
    pub(crate) update_time: DateTime<Utc>,
    /// Counts its events, from 1.
    pub(crate) version: u64,
}

/// What happened to a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceEvent {
    /// It was connected.
    Connected,
    /// These fields, as the contract names them, changed.
    Updated(Vec<&'static str>),
    /// Its credentials were replaced.
    CredentialsRotated,
    /// It was disconnected.
    Disconnected,
}

/// New values for the fields that shall change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// Another name.
    pub(crate) display_name: Option<DisplayName>,
    /// Another address, or the provider's own.
    pub(crate) api_base_url: Option<Option<BaseUrl>>,
}

impl Source {
    /// Connects an account of a provider.
    pub(crate) fn connect(
        display_name: DisplayName,
        api_base_url: Option<BaseUrl>,
        credentials: &Credentials,
        now: DateTime<Utc>,
    ) -> (Self, SourceEvent) {
        let source = Self {
            id: SourceId::new(now),
            display_name,
            channel: credentials.channel(),
            api_base_url,
            state: SourceState::Connected,
            realm: credentials.realm().to_owned(),
            create_time: now,
            update_time: now,
            version: 1,
        };
        (source, SourceEvent::Connected)
    }

    /// Changes fields. Nothing happens if they all have these values already.
    pub(crate) fn update(self, change: Change, now: DateTime<Utc>) -> (Self, Option<SourceEvent>) {
        let display_name = change.display_name.unwrap_or_else(|| self.display_name.clone());
        let api_base_url = change.api_base_url.unwrap_or_else(|| self.api_base_url.clone());
        let changed: Vec<&'static str> = [
            (display_name != self.display_name).then_some("display_name"),
            (api_base_url != self.api_base_url).then_some("api_base_url"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if changed.is_empty() {
            return (self, None);
        }
        let source = Self { display_name, api_base_url, ..self }.changed(now);
        (source, Some(SourceEvent::Updated(changed)))
    }

    /// Replaces the credentials, or fails with [`Error::AccountDiffers`] if they are for another account.
    pub(crate) fn rotate(
        self,
        credentials: &Credentials,
        now: DateTime<Utc>,
    ) -> Result<(Self, SourceEvent), Error> {
        match self.state {
            SourceState::Disconnected => Err(Error::SourceDisconnected(self.id)),
            SourceState::Connected
                if self.channel != credentials.channel() || self.realm != credentials.realm() =>
            {
                Err(Error::AccountDiffers(self.id))
            }
            SourceState::Connected => Ok((self.changed(now), SourceEvent::CredentialsRotated)),
        }
    }

    /// Disconnects it. Nothing happens if it is disconnected already.
    pub(crate) fn disconnect(self, now: DateTime<Utc>) -> (Self, Option<SourceEvent>) {
        match self.state {
            SourceState::Disconnected => (self, None),
            SourceState::Connected => {
                let source = Self { state: SourceState::Disconnected, ..self }.changed(now);
                (source, Some(SourceEvent::Disconnected))
            }
        }
    }

    /// Where its provider's API is.
    pub(crate) fn base_url(&self) -> &str {
        match &self.api_base_url {
            Some(url) => url.as_str(),
            None => self.channel.default_base_url(),
        }
    }

    fn changed(self, now: DateTime<Utc>) -> Self {
        Self { update_time: now, version: self.version + 1, ..self }
    }
}

/// What agents call a source: trimmed, 1 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DisplayName(String);

impl DisplayName {
    /// Trims and measures a name.
    pub(crate) fn parse(raw: &str) -> Result<Self, Malformed> {
        let name = raw.trim();
        match name.chars().take(101).count() {
            0 => Err(Malformed("must not be empty")),
            101.. => Err(Malformed("must be at most 100 characters")),
            _ if name.chars().any(char::is_control) => {
                Err(Malformed("must not hold control characters"))
            }
            _ => Ok(Self(name.to_owned())),
        }
    }

    /// Takes a name that was stored.
    pub(crate) fn from_row(name: String) -> Self {
        Self(name)
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a provider's API is. Only its length is judged here; the channel's adapter knows which addresses it may call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Longest address that is kept.
    const MAX_LEN: usize = 500;

    /// Trims and measures an address; an empty one is none.
    pub(crate) fn parse(raw: &str) -> Result<Option<Self>, Malformed> {
        match raw.trim().trim_end_matches('/') {
            "" => Ok(None),
            url if Self::MAX_LEN < url.len() => Err(Malformed("must be at most 500 characters")),
            url => Ok(Some(Self(url.to_owned()))),
        }
    }

    /// Takes an address that was stored.
    pub(crate) fn from_row(url: String) -> Self {
        Self(url)
    }

    /// The address.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WeChatCredentials;

    fn credentials(app_id: &str) -> Credentials {
        Credentials::WeChat(WeChatCredentials {
            app_id: app_id.to_owned(),
            app_secret: "secret".to_owned(),
            token: "token".to_owned(),
            encoding_aes_key: None,
        })
    }

    fn source() -> Source {
        let name = DisplayName::parse("Shop").unwrap();
        Source::connect(name, None, &credentials("wx-1"), DateTime::default()).0
    }

    #[test]
    fn a_change_to_the_same_values_is_no_change() {
        let same = Change { display_name: DisplayName::parse(" Shop ").ok(), ..Change::default() };

        let (source, event) = source().update(same, DateTime::default());

        assert_eq!((source.version, event), (1, None));
    }

    #[test]
    fn a_change_names_the_fields_that_changed() {
        let change = Change {
            display_name: DisplayName::parse("Shop").ok(),
            api_base_url: Some(BaseUrl::parse("https://example.com/").unwrap()),
        };

        let (source, event) = source().update(change, DateTime::default());

        assert_eq!(source.base_url(), "https://example.com");
        assert_eq!((source.version, event), (2, Some(SourceEvent::Updated(vec!["api_base_url"]))));
    }

    #[test]
    fn credentials_of_another_account_are_refused() {
        let now = DateTime::default();

        assert!(source().rotate(&credentials("wx-1"), now).is_ok());
        assert!(matches!(
            source().rotate(&credentials("wx-2"), now),
            Err(Error::AccountDiffers(_))
        ));
        let gone = source().disconnect(now).0;
        assert!(matches!(
            gone.rotate(&credentials("wx-1"), now),
            Err(Error::SourceDisconnected(_))
        ));
    }

    #[test]
    fn a_source_is_disconnected_once() {
        let (gone, event) = source().disconnect(DateTime::default());

        assert_eq!(event, Some(SourceEvent::Disconnected));
        assert_eq!(gone.clone().disconnect(DateTime::default()), (gone, None));
    }

    #[test]
    fn names_are_trimmed_and_measured() {
        #[track_caller]
        fn check(raw: &str, expected: Option<&str>) {
            let name = DisplayName::parse(raw).ok();
            assert_eq!(name.as_ref().map(DisplayName::as_str), expected);
        }

        check(" 客服 ", Some("客服"));
        check(&"字".repeat(100), Some(&"字".repeat(100)));
        check(&"字".repeat(101), None);
        check("a\u{0}b", None);
        check("  ", None);
    }
}
