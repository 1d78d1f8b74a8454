//! The XML that the provider pushes when a user writes, in the shapes it documents.

use std::fmt::Write;

/// One push about one user.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// The official account's original id, `gh_…`.
    pub account: &'a str,
    /// The user's openid.
    pub openid: &'a str,
    /// When the user acted, in seconds since 1970.
    pub at: i64,
    /// What the user did.
    pub content: Content<'a>,
}

/// What the user did. A message has an id, an event has none.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields carry the provider's names")]
pub enum Content<'a> {
    /// Wrote words.
    Text { id: u64, content: &'a str },
    /// Sent a picture.
    Image { id: u64, url: &'a str, media_id: &'a str },
    /// Spoke; `recognition` is the provider's transcript, when the account has that feature.
    Voice { id: u64, media_id: &'a str, format: &'a str, recognition: Option<&'a str> },
    /// Followed, unfollowed, clicked, scanned, …
    Event { event: &'a str, key: Option<&'a str> },
    /// A message of a type named here, with no more than an id.
    Other { id: u64, kind: &'a str },
}

impl Payload<'_> {
    /// The document as it is pushed in plain mode.
    pub fn xml(&self) -> String {
        let mut xml = String::from("<xml>");
        text(&mut xml, "ToUserName", self.account);
        text(&mut xml, "FromUserName", self.openid);
        number(&mut xml, "CreateTime", self.at);
        match self.content {
            Content::Text { id, content } => {
                text(&mut xml, "MsgType", "text");
                text(&mut xml, "Content", content);
                number(&mut xml, "MsgId", id);
            }
            Content::Image { id, url, media_id } => {
                text(&mut xml, "MsgType", "image");
                text(&mut xml, "PicUrl", url);
                text(&mut xml, "MediaId", media_id);
                number(&mut xml, "MsgId", id);
            }
            Content::Voice { id, media_id, format, recognition } => {
                text(&mut xml, "MsgType", "voice");
                text(&mut xml, "MediaId", media_id);
                text(&mut xml, "Format", format);
                recognition.into_iter().for_each(|words| text(&mut xml, "Recognition", words));
                number(&mut xml, "MsgId", id);
            }
            Content::Event { event, key } => {
                text(&mut xml, "MsgType", "event");
                text(&mut xml, "Event", event);
                key.into_iter().for_each(|key| text(&mut xml, "EventKey", key));
            }
            Content::Other { id, kind } => {
                text(&mut xml, "MsgType", kind);
                number(&mut xml, "MsgId", id);
            }
        }
        xml.push_str("</xml>");
        xml
    }
}

fn text(xml: &mut String, name: &str, value: &str) {
    // A section cannot hold its own end: it is cut in two around it.
    let value = value.replace("]]>", "]]]]><![CDATA[>");
    write!(xml, "<{name}><![CDATA[{value}]]></{name}>").expect("a string takes any amount");
}

fn number(xml: &mut String, name: &str, value: impl std::fmt::Display) {
    write!(xml, "<{name}>{value}</{name}>").expect("a string takes any amount");
}
