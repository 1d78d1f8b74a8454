//! Sources, their credentials and their health.

use chassis::{etag, malformed::Malformed, mask::Mask};
use proto::social::v1 as pb;

use super::{channel, optional, timestamp};
use crate::{
    domain::{
        BaseUrl, Change, Credentials, DisplayName, Source, SourceHealth, SourceState,
        WeChatCredentials,
    },
    error::{Error, Result},
};

/// The fields that an update may change.
pub(crate) const SOURCE_MASK: &[&str] = &["display_name", "api_base_url"];

/// Reads what the caller chooses of a new source.
pub(crate) fn new_source(source: &pb::Source) -> Result<(DisplayName, Option<BaseUrl>)> {
    let display_name =
        DisplayName::parse(&source.display_name).map_err(Error::field("source.display_name"))?;
    let api_base_url =
        BaseUrl::parse(&source.api_base_url).map_err(Error::field("source.api_base_url"))?;
    Ok((display_name, api_base_url))
}

/// Reads the fields that an update names.
pub(crate) fn change(source: &pb::Source, mask: &Mask) -> Result<Change> {
    let mut change = Change::default();
    if mask.has("display_name") {
        let name = DisplayName::parse(&source.display_name);
        change.display_name = Some(name.map_err(Error::field("source.display_name"))?);
    }
    if mask.has("api_base_url") {
        let url = BaseUrl::parse(&source.api_base_url);
        change.api_base_url = Some(url.map_err(Error::field("source.api_base_url"))?);
    }
    Ok(change)
}

/// Reads the credentials of a new source.
pub(crate) fn credentials_of_connect(
    credentials: Option<pb::connect_source_request::Credentials>,
) -> Result<Credentials> {
    match credentials {
        Some(pb::connect_source_request::Credentials::Wechat(it)) => wechat(it),
        None => Err(no_credentials()),
    }
}

/// Reads the new credentials of a source.
pub(crate) fn credentials_of_rotate(
    credentials: Option<pb::rotate_credentials_request::Credentials>,
) -> Result<Credentials> {
    match credentials {
        Some(pb::rotate_credentials_request::Credentials::Wechat(it)) => wechat(it),
        None => Err(no_credentials()),
    }
}

fn no_credentials() -> Error {
    Error::InvalidField { field: "credentials", problem: Malformed("must be set") }
}

/// Only what must be there is judged here; the channel's adapter knows the shapes.
fn wechat(credentials: pb::WeChatCredentials) -> Result<Credentials> {
    let pb::WeChatCredentials { app_id, app_secret, token, encoding_aes_key } = credentials;
    let required =
        [("wechat.app_id", &app_id), ("wechat.app_secret", &app_secret), ("wechat.token", &token)];
    for (field, value) in required {
        if value.is_empty() {
            return Err(Error::InvalidField { field, problem: Malformed("must not be empty") });
        }
    }
    let encoding_aes_key = Some(encoding_aes_key).filter(|it| !it.is_empty());
    Ok(Credentials::WeChat(WeChatCredentials { app_id, app_secret, token, encoding_aes_key }))
}

/// A source as callers see it.
pub(crate) fn source(source: &Source) -> pb::Source {
    let state = match source.state {
        SourceState::Connected => pb::source::State::Connected,
        SourceState::Disconnected => pb::source::State::Disconnected,
    };
    pb::Source {
        name: source.id.to_string(),
        display_name: source.display_name.as_str().to_owned(),
        channel: channel(source.channel).into(),
        api_base_url: source
            .api_base_url
            .as_ref()
            .map(BaseUrl::as_str)
            .unwrap_or_default()
            .to_owned(),
        state: state.into(),
        webhook_path: format!("/webhooks/{}/{}", source.channel.path(), source.id.as_uuid()),
        realm: source.realm.clone(),
        create_time: Some(timestamp(source.create_time)),
        update_time: Some(timestamp(source.update_time)),
        etag: etag::of(source.version),
    }
}

/// The completeness ledger as callers see it.
pub(crate) fn health(health: &SourceHealth) -> pb::SourceHealth {
    pb::SourceHealth {
        source: health.source.to_string(),
        received: health.received,
        duplicates: health.duplicates,
        stored: health.stored,
        decoded: health.decoded,
        unsupported: health.unsupported,
        undecodable: health.undecodable,
        projected: health.projected,
        answered: health.answered,
        gap: health.gap,
        pending: health.pending,
        last_receive_time: optional(health.last_receive_time),
        oldest_gap_time: optional(health.oldest_gap_time),
        deliveries_pending: health.deliveries_pending,
        deliveries_sent: health.deliveries_sent,
        deliveries_failed: health.deliveries_failed,
        deliveries_unknown: health.deliveries_unknown,
        refused: health.refused,
    }
}
