//! WeChat's webhook, signed and encrypted by the emulator, verified and opened by the product.

use std::time::Duration;

use emulators::wechat::{Content, Mode, Webhook, WebhookSigner};
use social_ingest::channels::{
    inbound::Refusal,
    wechat::{self, Credentials, TIMESTAMP_WINDOW},
};

use crate::wechat::{ACCOUNT, APP, MODES, NOW, credentials, hello, now, verify, xml};

#[test]
fn the_handshake_is_answered_with_its_own_text() {
    let signer = WebhookSigner::generate(APP);
    let credentials = credentials(&signer, Mode::Safe);
    let query = signer.handshake(NOW, "4837265109&<>");

    let answer = wechat::handshake(&query, &credentials, now(), TIMESTAMP_WINDOW);

    assert_eq!(answer.as_deref(), Ok("4837265109&<>"));
    let forged = query.replace("nonce=", "nonce=1");
    let refused = wechat::handshake(&forged, &credentials, now(), TIMESTAMP_WINDOW);
    assert_eq!(refused, Err(Refusal::WrongSignature));
}

#[test]
fn a_signature_of_someone_else_is_refused_in_every_mode() {
    let ours = WebhookSigner::generate(APP);
    let theirs = WebhookSigner { token: "another".to_owned(), ..ours.clone() };
    let document = hello();

    for mode in MODES {
        let webhook = theirs.deliver(mode, &document, NOW);
        assert_eq!(verify(&webhook, &credentials(&ours, mode)), Err(Refusal::WrongSignature));
    }
}

#[test]
fn the_signature_of_the_query_alone_does_not_admit_another_ciphertext() {
    let signer = WebhookSigner::generate(APP);
    let seen = signer.deliver(Mode::Safe, &hello(), NOW);
    let other = signer.deliver(Mode::Safe, &xml(Content::Text { id: 2, content: "pay" }), NOW);

    let forged = Webhook { query: seen.query, body: other.body };

    assert_eq!(verify(&forged, &credentials(&signer, Mode::Safe)), Err(Refusal::WrongSignature));
}

#[test]
fn an_account_with_a_key_accepts_nothing_in_the_clear_and_one_without_nothing_encrypted() {
    let signer = WebhookSigner::generate(APP);
    let document = hello();
    let plain = signer.deliver(Mode::Plain, &document, NOW);
    let safe = signer.deliver(Mode::Safe, &document, NOW);
    let mut posing = plain.clone();
    posing.query += "&encrypt_type=aes&msg_signature=00";

    assert_eq!(verify(&plain, &credentials(&signer, Mode::Safe)), Err(Refusal::NotEncrypted));
    assert_eq!(verify(&posing, &credentials(&signer, Mode::Safe)), Err(Refusal::NotEncrypted));
    assert_eq!(verify(&safe, &credentials(&signer, Mode::Plain)), Err(Refusal::KeyMissing));
}

#[test]
fn a_timestamp_is_good_for_five_minutes_either_way() {
    let signer = WebhookSigner::generate(APP);
    let check = |at: i64, expected: Result<(), Refusal>| {
        for mode in MODES {
            let webhook = signer.deliver(mode, &hello(), at);
            assert_eq!(verify(&webhook, &credentials(&signer, mode)).map(drop), expected);
        }
    };

    check(NOW - 300, Ok(()));
    check(NOW + 300, Ok(()));
    check(NOW - 301, Err(Refusal::Stale));
    check(NOW + 301, Err(Refusal::Stale));
    check(i64::MIN, Err(Refusal::Stale));
}

#[test]
fn a_query_that_lacks_or_doubles_a_parameter_is_refused() {
    let signer = WebhookSigner::generate(APP);
    let credentials = credentials(&signer, Mode::Safe);
    let good = signer.deliver(Mode::Safe, &hello(), NOW);
    let check = |query: String, expected: Refusal| {
        let body = good.body.clone();
        assert_eq!(verify(&Webhook { query, body }, &credentials), Err(expected));
    };

    let missing = Refusal::Malformed("query lacks a parameter of the signature");
    check(good.query.replace("msg_signature", "m"), missing);
    check(good.query.replace("nonce", "n"), missing);
    check(good.query.replace("timestamp", "t"), missing);
    check(String::new(), missing);
    let doubled = Refusal::Malformed("query names a parameter twice");
    check(format!("{}&nonce=1", good.query), doubled);
    check("a".repeat(4097), Refusal::Malformed("query is too long"));
    let many: String = (0..33).map(|it| format!("p{it}=&")).collect();
    check(many, Refusal::Malformed("query has too many parameters"));
}

#[test]
fn a_ciphertext_that_is_rightly_signed_but_spoilt_is_refused() {
    let signer = WebhookSigner::generate(APP);
    let credentials = credentials(&signer, Mode::Safe);
    let document = hello();
    let framed = WebhookSigner::frame([7; 16], document.as_bytes(), APP);
    let check = |ciphertext: &str, expected: Refusal| {
        let webhook = signer.deliver_ciphertext(ciphertext, NOW);
        assert_eq!(verify(&webhook, &credentials), Err(expected), "{ciphertext:.20}");
    };
    let padded_with = |filler: u8, count: usize| {
        let mut blocks = framed.clone();
        // Dots after the receiver bring it to a whole block whatever the filler.
        blocks.resize((blocks.len() + count).div_ceil(16) * 16, b'.');
        let end = blocks.len();
        blocks[end - count..].fill(filler);
        signer.encrypt_blocks(&blocks)
    };

    check(&padded_with(0, 16), Refusal::Undecryptable("bad padding"));
    check(&padded_with(33, 33), Refusal::Undecryptable("bad padding"));
    check(&padded_with(32, 31), Refusal::Undecryptable("bad padding"));
    let dots_after_the_receiver = padded_with(22, 22);
    check(&dots_after_the_receiver, Refusal::WrongReceiver);

    let whole = signer.encrypt(&document);
    check(&whole[..whole.len() - 8], Refusal::Undecryptable("not whole blocks"));
    check("AAAA", Refusal::Undecryptable("not whole blocks"));
    check("no base64!", Refusal::Undecryptable("not base64"));
    let one_block = signer.encrypt_blocks(&[1; 16]);
    check(&one_block, Refusal::Undecryptable("shorter than its frame"));

    let mut oversized = framed.clone();
    oversized[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
    let oversized = signer.encrypt_blocks(&WebhookSigner::pad(oversized));
    check(&oversized, Refusal::Undecryptable("length exceeds the frame"));

    let other_key = WebhookSigner { token: signer.token.clone(), ..WebhookSigner::generate(APP) };
    let webhook = other_key.deliver(Mode::Safe, &document, NOW);
    assert!(verify(&webhook, &credentials).is_err());
}

#[test]
fn every_padding_from_1_to_32_opens() {
    let signer = WebhookSigner::generate(APP);
    let credentials = Credentials::parse(&signer.token, Some(&signer.encoding_aes_key), APP, None);
    let credentials = credentials.unwrap();

    for length in 0..32 {
        let document = "x".repeat(length);
        let webhook = signer.deliver(Mode::Safe, &document, NOW);
        assert_eq!(verify(&webhook, &credentials).unwrap().document(), document.as_bytes());
    }
}

#[test]
fn a_message_for_another_account_is_refused() {
    let signer = WebhookSigner::generate(APP);
    let elsewhere = WebhookSigner { app_id: "wx0000000000000000".to_owned(), ..signer.clone() };
    let document = hello();
    let other_account = document.replace(ACCOUNT, "gh_other");

    let by_app = elsewhere.deliver(Mode::Safe, &document, NOW);
    assert_eq!(verify(&by_app, &credentials(&signer, Mode::Safe)), Err(Refusal::WrongReceiver));
    for mode in MODES {
        let by_name = signer.deliver(mode, &other_account, NOW);
        assert_eq!(verify(&by_name, &credentials(&signer, mode)), Err(Refusal::WrongReceiver));
    }
}

#[test]
fn an_oversized_body_is_refused_before_it_is_read() {
    let signer = WebhookSigner::generate(APP);
    let huge = xml(Content::Text { id: 1, content: &"字".repeat(100_000) });

    for mode in MODES {
        let webhook = signer.deliver(mode, &huge, NOW);
        assert_eq!(verify(&webhook, &credentials(&signer, mode)), Err(Refusal::TooLarge));
    }
}

#[test]
fn a_stored_body_opens_again_years_later() {
    let signer = WebhookSigner::generate(APP);
    let webhook = signer.deliver(Mode::Safe, &hello(), NOW);
    let credentials = credentials(&signer, Mode::Safe);
    let verified = verify(&webhook, &credentials).unwrap();

    let later = wechat::reopen(webhook.body.as_bytes(), &credentials);

    assert_eq!(later, Ok(verified));
    let other = Credentials::parse("t", Some(&"A".repeat(43)), APP, None).unwrap();
    assert!(wechat::reopen(webhook.body.as_bytes(), &other).is_err());
}

#[test]
fn no_flipped_or_missing_byte_makes_it_through_or_panics() {
    let signer = WebhookSigner::generate(APP);
    let credentials = credentials(&signer, Mode::Safe);
    let webhook = signer.deliver(Mode::Safe, &hello(), NOW);
    let (start, end) = (webhook.body.find("<Encrypt>").unwrap(), webhook.body.len());

    for at in start..end {
        let mut body = webhook.body.clone().into_bytes();
        body[at] ^= 1;
        let verified =
            wechat::verify(&webhook.query, &body, &credentials, now(), Duration::from_secs(300));
        assert!(verified.is_err(), "byte {at}");
        let cut = wechat::verify(
            &webhook.query,
            &body[..at],
            &credentials,
            now(),
            Duration::from_secs(300),
        );
        assert!(cut.is_err(), "cut at {at}");
    }
}

#[test]
fn credentials_that_the_console_cannot_have_shown_are_refused() {
    let field =
        |token, key, app_id| Credentials::parse(token, key, app_id, None).unwrap_err().field;

    assert_eq!(field("", None, APP), "token");
    assert_eq!(field("a b", None, APP), "token");
    assert_eq!(field("t", None, ""), "app_id");
    assert_eq!(field("t", Some("short"), APP), "encoding_aes_key");
    assert_eq!(field("t", Some(&"-".repeat(43)), APP), "encoding_aes_key");
}

#[test]
fn an_envelope_that_is_malformed_or_has_a_dtd_is_refused() {
    #[track_caller]
    fn check(spoil: impl Fn(&str) -> String, expected: Refusal) {
        let signer = WebhookSigner::generate(APP);
        for mode in [Mode::Mixed, Mode::Safe] {
            let Webhook { query, body } = signer.deliver(mode, &hello(), NOW);
            let spoilt = Webhook { query, body: spoil(&body) };
            assert_eq!(verify(&spoilt, &credentials(&signer, mode)), Err(expected));
        }
    }

    check(|body| body.replace("</xml>", ""), Refusal::Malformed("not well-formed"));
    check(|_| String::new(), Refusal::Malformed("empty document"));
    check(
        |body| format!("<!DOCTYPE xml [<!ENTITY a \"b\">]>{body}"),
        Refusal::Malformed("document type definition is not allowed"),
    );
    check(
        |body| body.replace("<Encrypt>", "<Encrypt>&a;"),
        Refusal::Malformed("entity is not allowed"),
    );
    check(|body| body.replace("Encrypt>", "Encrypted>"), Refusal::NotEncrypted);
}
