//! The paths of the API: each counts the call, takes the planned fault, does the work and answers, well or badly.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::door::Cut;

use super::{
    Endpoint, Fault, When,
    account::{Account, Refused},
    tokens::Fresh,
};

/// Bytes in a body that no client should read to its end.
const OVERSIZED: usize = 8 * 1024 * 1024;

pub(super) fn router(account: Arc<Account>) -> Router {
    Router::new()
        .route("/cgi-bin/token", get(token))
        .route("/cgi-bin/stable_token", post(stable_token))
        .route("/cgi-bin/message/custom/send", post(send))
        .route("/customservice/msgrecord/getmsglist", post(records))
        .with_state(account)
}

#[derive(Deserialize)]
struct Presented {
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenRequest {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    force_refresh: bool,
}

async fn token(
    State(account): State<Arc<Account>>,
    Query(request): Query<TokenRequest>,
) -> Response {
    issue(&account, &request, Fresh::Beside).await
}

async fn stable_token(State(account): State<Arc<Account>>, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<TokenRequest>(&body) else {
        return refusal((47001, "data format error"));
    };
    let fresh = match request.force_refresh {
        true => Fresh::Always,
        false => Fresh::IfNeeded,
    };
    issue(&account, &request, fresh).await
}

async fn issue(account: &Account, request: &TokenRequest, fresh: Fresh) -> Response {
    let work = || match request.grant_type.as_str() {
        "client_credential" => account
            .token(&request.appid, &request.secret, fresh)
            .map(|(value, lives)| json!({ "access_token": value, "expires_in": lives })),
        _ => Err((40002, "invalid grant_type")),
    };
    answer(account, Endpoint::Token, None, work).await
}

async fn send(
    State(account): State<Arc<Account>>,
    Query(presented): Query<Presented>,
    body: Bytes,
) -> Response {
    let token = presented.access_token.as_deref();
    let work = || {
        let app_id = account.authorize(token)?;
        let request = serde_json::from_slice(&body).map_err(|_| (47001, "data format error"))?;
        account.record(app_id, request).map(|()| json!({ "errcode": 0, "errmsg": "ok" }))
    };
    answer(&account, Endpoint::Send, token, work).await
}

#[derive(Deserialize)]
struct RecordsRequest {
    starttime: u64,
    endtime: u64,
    msgid: u64,
    number: u64,
}

async fn records(
    State(account): State<Arc<Account>>,
    Query(presented): Query<Presented>,
    body: Bytes,
) -> Response {
    let token = presented.access_token.as_deref();
    let work = || {
        let app_id = account.authorize(token)?;
        let request: RecordsRequest =
            serde_json::from_slice(&body).map_err(|_| (65416, "invalid parameter"))?;
        if request.endtime < request.starttime || 24 * 3600 < request.endtime - request.starttime {
            return Err((65417, "invalid time range"));
        }
        Ok(page(&account, &app_id, &request))
    };
    answer(&account, Endpoint::Records, token, work).await
}

/// The records of one app in a time range; a record's number is its place among all messages, from 1.
fn page(account: &Account, app_id: &str, request: &RecordsRequest) -> Value {
    let sent = account.sent();
    let numbered = sent.iter().zip(1u64..);
    let wanted = numbered.filter(|(message, number)| {
        let is_in_time = request.starttime <= message.at && message.at <= request.endtime;
        message.app_id == app_id && is_in_time && request.msgid <= *number
    });
    let page: Vec<_> = wanted.take(usize::try_from(request.number).unwrap_or(usize::MAX)).collect();
    let last = page.last().map_or(request.msgid, |(_, number)| number + 1);
    let list: Vec<Value> = page
        .iter()
        .map(|(message, _)| {
            let shown = message.text.clone().unwrap_or_else(|| format!("[{}]", message.kind));
            json!({ "openid": message.openid, "opercode": 2002, "time": message.at, "text": shown, "worker": "" })
        })
        .collect();
    json!({ "recordlist": list, "number": list.len(), "msgid": last })
}

/// Does the work and answers, unless a fault is planned for this call.
async fn answer(
    account: &Account,
    endpoint: Endpoint,
    token: Option<&str>,
    work: impl FnOnce() -> Result<Value, Refused>,
) -> Response {
    match account.arrive(endpoint) {
        None => honest(work()),
        Some(Fault::TokenExpired) => {
            account.expire_token(token.unwrap_or_default());
            refusal((42001, "access_token expired"))
        }
        Some(Fault::TokenInvalid) => {
            account.forget_token(token.unwrap_or_default());
            refusal((40001, "invalid credential, access_token is invalid or not latest"))
        }
        Some(Fault::Refuse(code)) => refusal((code, "refused on command")),
        Some(Fault::Delay(delay)) => {
            let done = work();
            tokio::time::sleep(delay).await;
            honest(done)
        }
        Some(Fault::Cut(when)) => {
            perform(when, work);
            let mut response = Response::new(Body::empty());
            response.extensions_mut().insert(Cut);
            response
        }
        Some(Fault::ServerError(when)) => {
            perform(when, work);
            (StatusCode::BAD_GATEWAY, PAGE).into_response()
        }
        Some(Fault::NotJson(when)) => {
            perform(when, work);
            ([(header::CONTENT_TYPE, "text/html")], PAGE).into_response()
        }
        Some(Fault::Truncated(when)) => {
            perform(when, work);
            let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
            let half = Bytes::from_static(br#"{"errcode":0,"err"#);
            Response::new(Body::from_stream(stream::iter([Ok(half), Err(cut)])))
        }
        Some(Fault::Oversized(when)) => {
            perform(when, work);
            Json(json!({ "errcode": 0, "errmsg": "x".repeat(OVERSIZED) })).into_response()
        }
        Some(Fault::TooManyRequests(seconds)) => {
            let head = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, head, PAGE).into_response()
        }
    }
}

const PAGE: &str = "<html><body><h1>the gateway had a bad day</h1></body></html>";

fn perform(when: When, work: impl FnOnce() -> Result<Value, Refused>) {
    match when {
        When::BeforeRecording => (),
        // What the work says does not matter: its answer is about to be lost.
        When::AfterRecording => drop(work()),
    }
}

fn honest(done: Result<Value, Refused>) -> Response {
    match done {
        Ok(value) => Json(value).into_response(),
        Err(refused) => refusal(refused),
    }
}

/// Errors come with status 200, and with the request id that the provider's support asks for.
fn refusal((code, words): Refused) -> Response {
    let rid = "rid: 5f3b8c2a-6d1e4f70-0a9b8c7d";
    Json(json!({ "errcode": code, "errmsg": format!("{words} {rid}") })).into_response()
}
