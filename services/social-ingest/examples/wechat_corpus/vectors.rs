//! Known answers that others published: each recomputed by the adapter.

use std::{fs, path::Path};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::Value;
use social_ingest::channels::{
    inbound::Kind,
    wechat::{self, Credentials, TIMESTAMP_WINDOW, user_data},
};

use crate::Tally;

pub(crate) fn run(folder: &Path) -> anyhow::Result<Tally> {
    let text = fs::read_to_string(folder.join("vectors.json")).context("read `vectors.json`")?;
    let all: Value = serde_json::from_str(&text).context("parse `vectors.json`")?;
    let all = all.as_array().or_else(|| all["vectors"].as_array()).context("no list of vectors")?;

    let mut tally = Tally::default();
    for vector in all.iter().filter(|it| it["channel"] == "wechat_oa") {
        let id = text_of(vector, "id")?;
        let (input, expected) = (&vector["input"], &vector["expected"]);
        let is_right = match id {
            "wechat-url-sha1" => handshake(input, expected)?,
            "wechat-official-decrypt" => message(input, expected)?,
            "wechat-jssdk" => page(input, expected)?,
            "wechat-miniprogram-userinfo" => user(input, expected)?,
            unknown => anyhow::bail!("nothing is known about the vector `{unknown}`"),
        };
        let outcome =
            if is_right { format!("{id}: as published") } else { format!("{id}: differs") };
        tally.check(id, outcome, is_right);
    }
    Ok(tally)
}

fn text_of<'a>(object: &'a Value, field: &str) -> anyhow::Result<&'a str> {
    object[field].as_str().with_context(|| format!("vector lacks `{field}`"))
}

fn time_of(input: &Value) -> anyhow::Result<DateTime<Utc>> {
    let seconds = text_of(input, "timestamp")?.parse()?;
    DateTime::from_timestamp(seconds, 0).context("`timestamp` is no time")
}

fn handshake(input: &Value, expected: &Value) -> anyhow::Result<bool> {
    let credentials = Credentials::parse(text_of(input, "token")?, None, "wx-any", None)?;
    let query = format!(
        "signature={}&timestamp={}&nonce={}&echostr=ok",
        text_of(expected, "signature")?,
        text_of(input, "timestamp")?,
        text_of(input, "nonce")?,
    );
    let answer = wechat::handshake(&query, &credentials, time_of(input)?, TIMESTAMP_WINDOW);
    Ok(answer.as_deref() == Ok("ok"))
}

fn message(input: &Value, expected: &Value) -> anyhow::Result<bool> {
    let key = text_of(input, "encoding_aes_key")?;
    let (token, app_id) = (text_of(input, "token")?, text_of(input, "appid")?);
    let credentials = Credentials::parse(token, Some(key), app_id, None)?;
    let query = format!(
        "encrypt_type=aes&msg_signature={}&timestamp={}&nonce={}",
        text_of(expected, "msg_signature")?,
        text_of(input, "timestamp")?,
        text_of(input, "nonce")?,
    );
    let body = format!("<xml><Encrypt><![CDATA[{}]]></Encrypt></xml>", text_of(input, "encrypt")?);

    let verified =
        wechat::verify(&query, body.as_bytes(), &credentials, time_of(input)?, TIMESTAMP_WINDOW)?;
    let is_hello = match wechat::decode(&verified)?.kind {
        Kind::Text { content } => content == "hello",
        _ => false,
    };
    Ok(is_hello && verified.document() == text_of(expected, "plaintext")?.as_bytes())
}

fn page(input: &Value, expected: &Value) -> anyhow::Result<bool> {
    let signed = text_of(input, "string")?;
    let (parts, url) = signed.split_once("&url=").context("no `url` in the signed string")?;
    let part = |name: &str| {
        let part = parts.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        part.with_context(|| format!("no `{name}` in the signed string"))
    };
    let signature = wechat::page_signature(
        part("jsapi_ticket")?,
        part("noncestr")?,
        part("timestamp")?.parse()?,
        url,
    );
    Ok(signature == text_of(expected, "signature")?)
}

fn user(input: &Value, expected: &Value) -> anyhow::Result<bool> {
    let user = user_data::open(
        text_of(input, "session_key")?,
        text_of(input, "iv")?,
        text_of(input, "encrypted_data")?,
        text_of(input, "appid")?,
    )?;
    Ok(serde_json::to_value(&user)? == *expected)
}
