//! Answers that the API gave: each served by a local server to the real client.

use std::{fs, path::Path, time::Duration};

use anyhow::Context;
use axum::{Router, http::Uri};
use chrono::{DateTime, Utc};
use serde_json::Value;
use social_ingest::channels::{
    outbound::{Doubt, Lookup, Outcome},
    reach::Reach,
    wechat::client::{App, Client, Settings, TokenEndpoint},
};
use tokio::net::TcpListener;

use crate::Tally;

const GRANT: &str = r#"{"access_token":"granted","expires_in":7200}"#;

pub(crate) async fn run(folder: &Path) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut files: Vec<_> = fs::read_dir(folder.join("wechat").join("api"))
        .context("read the folder `wechat/api`")?
        .collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);

    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(file.path()).with_context(|| format!("read `{name}`"))?;
        let answer: Value =
            serde_json::from_str(&text).with_context(|| format!("parse `{name}`"))?;
        match name.as_str() {
            "token.json" => {
                let outcome = send(&text, r#"{"errcode":0}"#).await?;
                tally.check(&name, "token accepted", is_sent(&outcome));
            }
            "customservice_msgrecord_getmsglist.json" => {
                look_up(&text, &answer, &mut tally).await?
            }
            _ => {
                let outcome = send(GRANT, &text).await?;
                let (is_expected, seen) = match answer["errcode"].as_i64() {
                    Some(0) => (is_sent(&outcome), "read as success"),
                    Some(_) => (matches!(outcome, Outcome::Refused { .. }), "read as refusal"),
                    None => (
                        outcome == Outcome::Unknown(Doubt::UnreadableAnswer),
                        "another call's answer, not mistaken for that of a send",
                    ),
                };
                tally.check(&name, seen, is_expected);
            }
        }
    }
    Ok(tally)
}

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent { .. })
}

/// Every record of the file is looked for: those the account sent are there, those the person wrote are not.
async fn look_up(text: &str, answer: &Value, tally: &mut Tally) -> anyhow::Result<()> {
    let (client, app) = served(GRANT, text).await?;
    let field = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
    for record in answer["recordlist"].as_array().context("`recordlist` is no list")? {
        let time = record["time"].as_i64().and_then(|it| DateTime::<Utc>::from_timestamp(it, 0));
        let time = time.context("`time` is no time")?;
        let (openid, words) = (field(record, "openid"), field(record, "text"));
        let found = client.look_up(&app, &openid, words.trim(), time).await;
        let (expected, seen) = match record["opercode"].as_i64() {
            Some(2002) => (Lookup::Recorded { count: 1 }, "sent message found on record"),
            Some(_) | None => (Lookup::Absent, "received message not taken for a sent one"),
        };
        tally.check("record", seen, found == expected);
    }
    Ok(())
}

async fn send(token: &str, answer: &str) -> anyhow::Result<Outcome> {
    let (client, app) = served(token, answer).await?;
    Ok(client.send_text(&app, "openid", "words").await)
}

/// A client, and an account whose every call but the one for a token gets the same answer.
async fn served(token: &str, answer: &str) -> anyhow::Result<(Client, App)> {
    let (token, answer) = (token.to_owned(), answer.to_owned());
    let router = Router::new().fallback(async move |uri: Uri| match uri.path() {
        "/cgi-bin/stable_token" => token.clone(),
        _ => answer.clone(),
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("bind listener")?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });

    let settings = Settings {
        reach: Reach::Anywhere,
        connect_timeout: Duration::from_secs(1),
        total_timeout: Duration::from_secs(5),
        token_endpoint: TokenEndpoint::Stable,
    };
    Ok((Client::new(&settings)?, App::parse(&format!("http://{address}"), "wx-1", "secret")?))
}
