//! The record of sent messages, by which a doubtful send is looked up.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::{
    App, Client,
    answer::{Answer, Verdict},
    transport::Request,
};

/// `opercode` of a message from the account to the person.
const SENT: i64 = 2002;

/// Seconds around an attempt in which its record is looked for.
const BEFORE: i64 = 60;
const AFTER: i64 = 600;

/// Records asked for at once, bytes they may take, and pages read before the look-up is given up.
const PAGE: usize = 500;
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;
const MAX_PAGES: usize = 20;

/// The message that is looked for.
pub(super) struct Sought<'a> {
    pub(super) openid: &'a str,
    pub(super) text: &'a str,
    pub(super) attempted: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Page {
    recordlist: Vec<Record>,
    #[serde(default)]
    msgid: u64,
}

#[derive(Deserialize)]
struct Record {
    openid: String,
    opercode: i64,
    text: String,
}

/// Counts the records of a message; `None` when they cannot be read to the end.
pub(super) async fn count(
    client: &Client,
    app: &App,
    sought: &Sought<'_>,
    deadline: Instant,
) -> Option<usize> {
    let attempted = sought.attempted.timestamp();
    let mut from = 1;
    let mut count = 0;
    for _ in 0..MAX_PAGES {
        let request = Request {
            path: "/customservice/msgrecord/getmsglist",
            body: json!({
                "starttime": attempted - BEFORE,
                "endtime": attempted + AFTER,
                "msgid": from,
                "number": PAGE,
            }),
            max_answer_bytes: MAX_PAGE_BYTES,
        };
        let answer = client.authorized(app, &request, deadline).await.ok()?;
        let page = page(&answer)?;
        count += page.recordlist.iter().filter(|record| is_of(sought, record)).count();
        if page.recordlist.len() < PAGE {
            return Some(count);
        }
        from = page.msgid;
    }
    None
}

fn page(answer: &Answer) -> Option<Page> {
    match answer.verdict() {
        None | Some(Verdict::Done) => answer.parse(),
        Some(
            Verdict::TokenEnded
            | Verdict::Throttled(_)
            | Verdict::Refused(_)
            | Verdict::Doubtful(_),
        ) => None,
    }
}

/// The platform puts blanks around the words in its record.
fn is_of(sought: &Sought<'_>, record: &Record) -> bool {
    record.opercode == SENT
        && record.openid == sought.openid
        && record.text.trim() == sought.text.trim()
}
