//! WeChat's documents, as the emulator pushes them, in the product's common model.

use emulators::wechat::{Content, Mode, Payload, WebhookSigner};
use social_ingest::channels::{
    inbound::{EventKind, Inbound, Kind, Undecodable},
    wechat::{self, Verified},
};

use crate::wechat::{ACCOUNT, APP, MODES, NOW, OPENID, credentials, verify, xml};

/// Sends a document through every mode, which must not change what is read from it.
#[track_caller]
fn receive(xml: &str) -> Result<Inbound, Undecodable> {
    let signer = WebhookSigner::generate(APP);
    let mut received = MODES.map(|mode| {
        let webhook = signer.deliver(mode, xml, NOW);
        let verified = verify(&webhook, &credentials(&signer, mode)).unwrap();
        wechat::decode(&verified)
    });
    assert_eq!(received[0], received[1]);
    assert_eq!(received[1], received[2]);
    std::mem::replace(&mut received[0], Err(Undecodable("")))
}

#[test]
fn a_text_arrives_whole_in_every_mode() {
    let words = "我的订单没有到达，\n请帮我查询 <b>状态</b> & ]]> 👍";

    let inbound =
        receive(&xml(Content::Text { id: 24_876_543_210_987_654, content: words })).unwrap();

    assert_eq!(inbound.dedupe_key, "message:24876543210987654");
    assert_eq!(inbound.sender, OPENID);
    assert_eq!(inbound.receiver, ACCOUNT);
    assert_eq!(inbound.sent_at.timestamp(), NOW - 3);
    assert!(inbound.kind == Kind::Text { content: words.to_owned() });
}

#[test]
fn every_kind_of_message_is_read() {
    #[track_caller]
    fn check(fields: &str, expected: Kind) {
        let document = format!(
            "<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{OPENID}</FromUserName>\
             <CreateTime>{NOW}</CreateTime>{fields}<MsgId>7</MsgId></xml>"
        );
        assert!(receive(&document).unwrap().kind == expected, "{fields}");
    }

    check(
        "<MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[http://p.example/1?a=1&b=2]]></PicUrl><MediaId>m-1</MediaId>",
        Kind::Image { media_id: "m-1".into(), url: Some("http://p.example/1?a=1&b=2".into()) },
    );
    check(
        "<MsgType>voice</MsgType><MediaId>m-2</MediaId><Format>amr</Format><Recognition>什么时候发货</Recognition>",
        Kind::Voice {
            media_id: "m-2".into(),
            format: Some("amr".into()),
            transcript: Some("什么时候发货".into()),
        },
    );
    check(
        "<MsgType>shortvideo</MsgType><MediaId>m-3</MediaId><ThumbMediaId>t-3</ThumbMediaId>",
        Kind::Video { media_id: "m-3".into(), thumbnail_media_id: Some("t-3".into()) },
    );
    check(
        "<MsgType>location</MsgType><Location_X>31.2304</Location_X><Location_Y>-121.4737</Location_Y><Scale>16</Scale><Label></Label>",
        Kind::Location { latitude: 31.2304, longitude: -121.4737, scale: Some(16), label: None },
    );
    check(
        "<MsgType>link</MsgType><Title>退货说明</Title><Description></Description><Url>https://s.example/r</Url>",
        Kind::Link {
            title: "退货说明".into(),
            description: None,
            url: "https://s.example/r".into(),
        },
    );
    check("<MsgType>hologram</MsgType>", Kind::Unsupported { type_name: "hologram".into() });
}

#[test]
fn an_event_keeps_its_meaning_its_key_and_its_fields() {
    let document = format!(
        "<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{OPENID}</FromUserName>\
         <CreateTime>{NOW}</CreateTime><MsgType>event</MsgType><Event>scancode_waitmsg</Event>\
         <EventKey>menu-3</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType>\
         <ScanResult>SKU 42</ScanResult></ScanCodeInfo><List><item>a</item><item>b</item></List></xml>"
    );

    let Kind::Event(event) = receive(&document).unwrap().kind else { panic!("not an event") };

    assert_eq!(event.kind, EventKind::MenuChosen);
    assert_eq!(event.name, "scancode_waitmsg");
    assert_eq!(event.key.as_deref(), Some("menu-3"));
    let fields: Vec<_> =
        event.fields.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("List.item", "a"),
            ("List.item.2", "b"),
            ("ScanCodeInfo.ScanResult", "SKU 42"),
            ("ScanCodeInfo.ScanType", "qrcode"),
        ]
    );
}

#[test]
fn an_event_is_told_from_the_next_and_not_from_its_own_retry() {
    let key = |event, key, at| {
        let content = Content::Event { event, key };
        let xml = Payload { account: ACCOUNT, openid: OPENID, at, content }.xml();
        receive(&xml).unwrap().dedupe_key
    };
    let first = key("CLICK", Some("orders"), NOW);

    assert_eq!(key("CLICK", Some("orders"), NOW), first);
    assert_ne!(key("CLICK", Some("returns"), NOW), first);
    assert_ne!(key("CLICK", Some("orders"), NOW + 1), first);
    assert_ne!(key("VIEW", Some("orders"), NOW), first);
    assert!(!first.contains(OPENID));
}

#[test]
fn an_undecodable_document_is_still_told_from_others_by_its_digest() {
    let signer = WebhookSigner::generate(APP);
    let credentials = credentials(&signer, Mode::Safe);
    let peek = |document: &str| {
        let verified = verify(&signer.deliver(Mode::Safe, document, NOW), &credentials).unwrap();
        assert!(wechat::decode(&verified).is_err());
        wechat::peek(&verified)
    };

    let first = peek("<xml><MsgType>text</MsgType>");

    assert!(first.dedupe_key.starts_with("body:"));
    assert_eq!(first.sender, None);
    assert_eq!(peek("<xml><MsgType>text</MsgType>"), first);
    assert_ne!(peek("<xml><MsgType>text</MsgTyp>"), first);
}

#[test]
fn a_document_with_something_missing_says_what() {
    #[track_caller]
    fn check(document: &str, expected: &'static str) {
        assert_eq!(receive(document).map(drop), Err(Undecodable(expected)));
    }

    let with = |fields: &str| {
        format!(
            "<xml><FromUserName>{OPENID}</FromUserName><ToUserName>{ACCOUNT}</ToUserName>{fields}</xml>"
        )
    };
    check("<xml></xml>", "no sender");
    check(&format!("<xml><FromUserName>{}</FromUserName></xml>", "o".repeat(129)), "no sender");
    check(&with("<MsgType>text</MsgType>"), "no time");
    check(&with("<CreateTime>99999999999999999999</CreateTime>"), "no time");
    check(&with("<CreateTime>1</CreateTime>"), "no type");
    check(&with("<CreateTime>1</CreateTime><MsgType>text</MsgType>"), "no content");
    check(&with("<CreateTime>1</CreateTime><MsgType>image</MsgType>"), "no media id");
    check(&with("<CreateTime>1</CreateTime><MsgType>event</MsgType>"), "no event");
    let somewhere =
        "<CreateTime>1</CreateTime><MsgType>location</MsgType><Location_Y>1</Location_Y>";
    check(&with(&format!("{somewhere}<Location_X>NaN</Location_X>")), "no position");
    check(&with(&format!("{somewhere}<Location_X>91</Location_X>")), "no position");
}

#[test]
fn a_malformed_document_or_one_with_a_dtd_or_an_entity_is_authentic_but_yields_no_message() {
    #[track_caller]
    fn check(document: &str, expected: &'static str) {
        let signer = WebhookSigner::generate(APP);
        for mode in [Mode::Plain, Mode::Safe] {
            let verified =
                verify(&signer.deliver(mode, document, NOW), &credentials(&signer, mode));
            assert_eq!(wechat::decode(&verified.unwrap()).map(drop), Err(Undecodable(expected)));
        }
    }

    check("<xml><ToUserName></xml>", "not well-formed");
    check("not xml at all </xml>", "text outside the document");
    check(
        "<!DOCTYPE xml [<!ENTITY me SYSTEM \"file:///etc/hostname\">]><xml><Content>&me;</Content></xml>",
        "document type definition is not allowed",
    );
    check("<xml><Content>&nbsp;</Content></xml>", "entity is not allowed");
    check(&format!("{}{}", "<xml>".repeat(40), "</xml>".repeat(40)), "nested too deep");
}

#[test]
fn nothing_about_a_person_is_printed() {
    let inbound = receive(&xml(Content::Text { id: 1, content: "my phone is 555" })).unwrap();
    let verified = Verified::from_stored(xml(Content::Text { id: 1, content: "555" }).into_bytes());
    let signer = WebhookSigner::generate(APP);

    let printed = format!("{inbound:?} {verified:?} {:?}", wechat::peek(&verified));
    let secrets = format!("{:?}", credentials(&signer, Mode::Safe));

    assert!(!printed.contains("555") && !printed.contains(OPENID), "{printed}");
    assert!(!secrets.contains(&signer.token) && !secrets.contains(&signer.encoding_aes_key));
}
