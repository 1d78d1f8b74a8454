//! Documents that the platform pushed: every one in every mode, and every one spoilt.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use emulators::wechat::{Mode, Webhook, WebhookSigner};
use social_ingest::channels::{
    inbound::{Inbound, Kind, Refusal},
    wechat::{self, Credentials, TIMESTAMP_WINDOW},
};

use crate::Tally;

/// When the pushes are made: any time will do.
const NOW: i64 = 1_767_225_600;

pub(crate) fn run(folder: &Path) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut files: Vec<_> = fs::read_dir(folder.join("wechat"))
        .context("read the folder `wechat`")?
        .collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    files.retain(|file| file.file_name().to_string_lossy().ends_with(".xml.json"));
    ensure!(!files.is_empty(), "`wechat` holds no `*.xml.json`");

    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(file.path()).with_context(|| format!("read `{name}`"))?;
        let documents: BTreeMap<String, String> =
            serde_json::from_str(&text).with_context(|| format!("parse `{name}`"))?;
        for (entry, document) in documents {
            tally.count(format!("documents in {name}"));
            replay(&format!("{name} {entry}"), &document, &mut tally)?;
        }
    }
    Ok(tally)
}

fn replay(subject: &str, document: &str, tally: &mut Tally) -> anyhow::Result<()> {
    let signer = WebhookSigner::generate("wx0123456789abcdef");
    let mut keys = Vec::new();
    for mode in [Mode::Plain, Mode::Mixed, Mode::Safe] {
        let subject = format!("{subject} {mode:?}");
        let key = match mode {
            Mode::Plain => None,
            Mode::Mixed | Mode::Safe => Some(signer.encoding_aes_key.as_str()),
        };
        let credentials = Credentials::parse(&signer.token, key, &signer.app_id, None)?;
        let webhook = signer.deliver(mode, document, NOW);

        match verify(&webhook, &credentials, NOW) {
            Ok(verified) => {
                let peek = wechat::peek(&verified);
                let is_known = peek.sender.as_deref() == Some(field(document, "FromUserName"));
                tally.check(&subject, "sender known before decoding", is_known);
                keys.push(peek.dedupe_key);
                match wechat::decode(&verified) {
                    Ok(inbound) => {
                        let is_expected = is_faithful(&inbound, document);
                        tally.check(&subject, name(&inbound), is_expected);
                    }
                    Err(error) => tally.check(&subject, error.to_string(), false),
                }
            }
            Err(refusal) => tally.check(&subject, refusal.to_string(), false),
        }
        refuse(&subject, &webhook, &credentials, tally);
    }
    keys.dedup();
    tally.check(subject, "one dedupe key in three modes", keys.len() == 1);
    Ok(())
}

/// The same delivery by a stranger, too late, and for another account.
fn refuse(subject: &str, webhook: &Webhook, credentials: &Credentials, tally: &mut Tally) {
    let mut expect = |outcome: Result<(), Refusal>, expected: Refusal| match outcome {
        Ok(()) => tally.check(subject, format!("accepted in spite of: {expected}"), false),
        Err(refusal) => tally.check(subject, format!("refused: {refusal}"), refusal == expected),
    };

    let mut forged = webhook.clone();
    forged.query = forged.query.replace("nonce=", "nonce=1");
    expect(verify(&forged, credentials, NOW).map(drop), Refusal::WrongSignature);
    expect(verify(webhook, credentials, NOW + 3600).map(drop), Refusal::Stale);
}

fn verify(
    webhook: &Webhook,
    credentials: &Credentials,
    now: i64,
) -> Result<wechat::Verified, Refusal> {
    let now = DateTime::<Utc>::UNIX_EPOCH + Duration::from_secs(now.unsigned_abs());
    wechat::verify(&webhook.query, webhook.body.as_bytes(), credentials, now, TIMESTAMP_WINDOW)
}

fn name(inbound: &Inbound) -> String {
    match &inbound.kind {
        Kind::Event(event) => format!("decoded event {:?}", event.kind),
        Kind::Unsupported { type_name } => format!("unsupported `{type_name}`"),
        kind => format!("decoded {}", kind.name()),
    }
}

/// Compares with what a plain search for the fields finds, which knows no XML.
fn is_faithful(inbound: &Inbound, document: &str) -> bool {
    let is_same = |ours: Option<&str>, tag: &str| ours.unwrap_or_default() == field(document, tag);
    let is_enveloped = is_same(Some(&inbound.sender), "FromUserName")
        && is_same(Some(&inbound.receiver), "ToUserName")
        && is_same(Some(&inbound.sent_at.timestamp().to_string()), "CreateTime");
    let message_type = field(document, "MsgType");
    let is_decoded = match &inbound.kind {
        Kind::Text { content } => message_type == "text" && is_same(Some(content), "Content"),
        Kind::Image { media_id, url } => {
            message_type == "image"
                && is_same(Some(media_id), "MediaId")
                && is_same(url.as_deref(), "PicUrl")
        }
        Kind::Voice { media_id, format, transcript } => {
            message_type == "voice"
                && is_same(Some(media_id), "MediaId")
                && is_same(format.as_deref(), "Format")
                && is_same(transcript.as_deref(), "Recognition")
        }
        Kind::Video { media_id, thumbnail_media_id } => {
            matches!(message_type, "video" | "shortvideo")
                && is_same(Some(media_id), "MediaId")
                && is_same(thumbnail_media_id.as_deref(), "ThumbMediaId")
        }
        Kind::Location { latitude, longitude, scale, label } => {
            message_type == "location"
                && field(document, "Location_X").parse() == Ok(*latitude)
                && field(document, "Location_Y").parse() == Ok(*longitude)
                && field(document, "Scale").parse().ok() == *scale
                && is_same(label.as_deref(), "Label")
        }
        Kind::Link { title, description, url } => {
            message_type == "link"
                && is_same(Some(title), "Title")
                && is_same(description.as_deref(), "Description")
                && is_same(Some(url), "Url")
        }
        Kind::Event(event) => {
            let named = match field(document, "Event") {
                "" => message_type,
                named => named,
            };
            let is_full = event.fields.values().all(|text| document.contains(text.as_str()));
            matches!(message_type, "event" | "device_text" | "device_event")
                && event.name == named
                && is_same(event.key.as_deref(), "EventKey")
                && is_full
        }
        Kind::Unsupported { type_name } => {
            let known =
                ["text", "image", "voice", "video", "shortvideo", "location", "link", "event"];
            !known.contains(&message_type) && type_name == message_type
        }
    };
    is_enveloped && is_decoded
}

/// The text of the first element of a name, by searching for its tags.
fn field<'a>(document: &'a str, tag: &str) -> &'a str {
    let inner = document.split_once(&format!("<{tag}>")).and_then(|(_, rest)| {
        let (inner, _) = rest.split_once(&format!("</{tag}>"))?;
        Some(inner.trim())
    });
    let inner = inner.unwrap_or_default();
    inner.strip_prefix("<![CDATA[").and_then(|it| it.strip_suffix("]]>")).unwrap_or(inner).trim()
}
