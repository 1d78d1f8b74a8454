//! From the platform's document to the common model.

use std::{collections::BTreeMap, str::FromStr};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    Verified,
    xml::{self, Element},
};
use crate::channels::inbound::{Event, EventKind, Inbound, Kind, Peek, Undecodable};

/// Longest name of a person or an account that is believed; the platform's have 28 characters.
const MAX_NAME_BYTES: usize = 128;

/// Longest name of a message or event type that is kept.
const MAX_TYPE_BYTES: usize = 64;

/// Last second that every database and the wire can write, of the year 9999.
const MAX_TIME: i64 = 253_402_300_799;

/// Fields that every document has, or that have a place of their own in the model.
const ENVELOPE: [&str; 7] =
    ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Encrypt"];

/// Finds what must be known before the document is stored. Never fails: a document that cannot be read is told from
/// others by its digest.
pub fn peek(verified: &Verified) -> Peek {
    let parsed = xml::parse(verified.document()).ok();
    let sender = parsed.as_ref().and_then(|root| name(root, "FromUserName")).map(str::to_owned);
    let dedupe_key = parsed
        .as_ref()
        .and_then(dedupe_key)
        .unwrap_or_else(|| format!("body:{}", hex::encode(Sha256::digest(verified.document()))));
    Peek { dedupe_key, sender }
}

/// Decodes the document, or says why it yields no message.
pub fn decode(verified: &Verified) -> Result<Inbound, Undecodable> {
    let root = xml::parse(verified.document()).map_err(Undecodable)?;
    let sender = name(&root, "FromUserName").ok_or(Undecodable("no sender"))?;
    let receiver = name(&root, "ToUserName").ok_or(Undecodable("no receiver"))?;
    let sent_at = number::<i64>(&root, "CreateTime")
        .filter(|seconds| (0..=MAX_TIME).contains(seconds))
        .and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0))
        .ok_or(Undecodable("no time"))?;
    Ok(Inbound {
        dedupe_key: peek(verified).dedupe_key,
        sender: sender.to_owned(),
        receiver: receiver.to_owned(),
        sent_at,
        kind: kind(&root)?,
    })
}

/// A message has an id. An event has none: who, when and what tell it from others, and, where one push reports on
/// several things of a second, the id or the key of the thing.
fn dedupe_key(root: &Element) -> Option<String> {
    let message_type = root.value("MsgType")?;
    let id = number::<u64>(root, "MsgId").or_else(|| number::<u64>(root, "MsgID"));
    match (message_type, id) {
        ("event", _) | (_, None) => {
            let thing = [root.value("EventKey"), root.value("MsgID"), reported_message(root)];
            let mut parts = vec![
                message_type,
                name(root, "FromUserName")?,
                root.value("CreateTime")?,
                root.value("Event")?,
            ];
            parts.extend(thing.map(Option::unwrap_or_default));
            // The parts hold the person's name: the key must not.
            Some(format!("event:{}", hex::encode(Sha256::digest(parts.join("\n")))))
        }
        (_, Some(id)) => Some(format!("message:{id}")),
    }
}

fn reported_message(root: &Element) -> Option<&str> {
    root.find("SubscribeMsgSentEvent")?.find("List")?.value("MsgID")
}

fn kind(root: &Element) -> Result<Kind, Undecodable> {
    let media_id = || root.value("MediaId").map(str::to_owned).ok_or(Undecodable("no media id"));
    let optional = |field: &str| root.value(field).map(str::to_owned);
    let message_type = root.value("MsgType").ok_or(Undecodable("no type"))?;
    let kind = match message_type {
        "text" => {
            // Taken as it stands: the blanks at its ends are the person's.
            let content = root.find("Content").ok_or(Undecodable("no content"))?;
            Kind::Text { content: content.text.clone() }
        }
        "image" => Kind::Image { media_id: media_id()?, url: optional("PicUrl") },
        "voice" => Kind::Voice {
            media_id: media_id()?,
            format: optional("Format"),
            transcript: optional("Recognition"),
        },
        "video" | "shortvideo" => {
            Kind::Video { media_id: media_id()?, thumbnail_media_id: optional("ThumbMediaId") }
        }
        "location" => Kind::Location {
            latitude: degrees(root, "Location_X", 90.0)?,
            longitude: degrees(root, "Location_Y", 180.0)?,
            scale: number(root, "Scale"),
            label: optional("Label"),
        },
        "link" => Kind::Link {
            title: optional("Title").unwrap_or_default(),
            description: optional("Description"),
            url: optional("Url").ok_or(Undecodable("no address"))?,
        },
        "event" => Kind::Event(event(root, root.value("Event").ok_or(Undecodable("no event"))?)),
        "device_text" | "device_event" => {
            Kind::Event(event(root, root.value("Event").unwrap_or(message_type)))
        }
        unknown => Kind::Unsupported { type_name: shortened(unknown) },
    };
    Ok(kind)
}

fn event(root: &Element, name: &str) -> Event {
    let kind = match root.value("MsgType") {
        Some("device_text" | "device_event") => EventKind::DeviceReported,
        Some(_) | None => meaning(name),
    };
    let mut fields = BTreeMap::new();
    let others = root.children.iter().filter(|child| !ENVELOPE.contains(&child.name.as_str()));
    flatten(others, "", &mut fields);
    Event { kind, name: shortened(name), key: root.value("EventKey").map(str::to_owned), fields }
}

/// The platform is not of one mind about capitals.
fn meaning(name: &str) -> EventKind {
    match name.to_ascii_lowercase().as_str() {
        "subscribe" => EventKind::Followed,
        "unsubscribe" => EventKind::Unfollowed,
        "scan" => EventKind::Scanned,
        "click" | "view" | "view_miniprogram" | "scancode_push" | "scancode_waitmsg"
        | "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin" | "location_select" => {
            EventKind::MenuChosen
        }
        "location" => EventKind::LocationReported,
        "templatesendjobfinish" | "masssendjobfinish" | "subscribe_msg_sent_event" => {
            EventKind::DeliveryReported
        }
        "kf_create_session" | "kf_close_session" | "kf_switch_session" => EventKind::SessionChanged,
        "subscribe_msg_popup_event" | "subscribe_msg_change_event" => {
            EventKind::SubscriptionChanged
        }
        _ => EventKind::Other,
    }
}

/// Lists the texts below some elements by their path; the second of a name is numbered `.2`, and so on.
fn flatten<'a>(
    elements: impl Iterator<Item = &'a Element>,
    above: &str,
    fields: &mut BTreeMap<String, String>,
) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for element in elements {
        let count = seen.entry(&element.name).or_default();
        *count += 1;
        let step = match *count {
            1 => element.name.clone(),
            count => format!("{}.{count}", element.name),
        };
        let path = match above {
            "" => step,
            above => format!("{above}.{step}"),
        };
        match element.children.as_slice() {
            [] => drop(fields.insert(path, element.text.trim().to_owned())),
            children => flatten(children.iter(), &path, fields),
        }
    }
}

fn name<'a>(root: &'a Element, field: &str) -> Option<&'a str> {
    root.value(field).filter(|name| name.len() <= MAX_NAME_BYTES)
}

fn number<T: FromStr>(root: &Element, field: &str) -> Option<T> {
    root.value(field)?.parse().ok()
}

fn degrees(root: &Element, field: &str, limit: f64) -> Result<f64, Undecodable> {
    number::<f64>(root, field).filter(|it| it.abs() <= limit).ok_or(Undecodable("no position"))
}

fn shortened(type_name: &str) -> String {
    type_name[..type_name.floor_char_boundary(MAX_TYPE_BYTES)].to_owned()
}
