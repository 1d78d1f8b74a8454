//! The way from `kith trace` to the spans a running platform keeps in memory: plain HTTP on loopback.

use std::{fmt::Write, path::Path};

use anyhow::{Context, bail};
use axum::{
    Router,
    extract::{Path as UrlPath, State},
    http::StatusCode,
    routing::get,
};
use chassis::telemetry::{SpanStore, render};
use chrono::DateTime;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{data_dir::Endpoints, http};

/// Traces in a list.
const LISTED: usize = 20;
/// First spans looked at for it; most of them have a cause and so belong to another trace.
const LOOKED_AT: usize = 2_000;

/// Serves the spans of `store` until `stop`.
pub async fn serve(
    listener: TcpListener,
    store: SpanStore,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let routes = Router::new()
        .route("/traces", get(latest))
        .route("/traces/{id}", get(journey))
        .with_state(store);
    axum::serve(listener, routes)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .context("serve traces")
}

/// What began lately: first spans without a cause, newest first.
async fn latest(State(store): State<SpanStore>) -> String {
    let roots = store.latest_roots(LOOKED_AT);
    let begun = roots.iter().filter(|span| span.links.is_empty()).take(LISTED);
    let mut list = String::new();
    for span in begun {
        let time = i64::try_from(span.start_us).ok().and_then(DateTime::from_timestamp_micros);
        let time = time.map(|it| it.format("%H:%M:%S").to_string()).unwrap_or_default();
        let service = span.service.as_deref().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(list, "{}  {time}  {service:<13}  {}", span.trace_id, span.name);
    }
    list
}

async fn journey(
    State(store): State<SpanStore>,
    UrlPath(id): UrlPath<String>,
) -> Result<String, StatusCode> {
    let spans = store.related(&id);
    if spans.is_empty() { Err(StatusCode::NOT_FOUND) } else { Ok(render(&spans)) }
}

/// Asks the platform that runs on `data_dir` for a trace and everything linked to it, drawn as a tree.
///
/// Fails in words if no platform answers or it no longer knows the trace.
pub async fn fetch(data_dir: &Path, id: &str) -> anyhow::Result<String> {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bail!("a trace id has 32 hexadecimal digits");
    }
    ask(data_dir, &format!("/traces/{}", id.to_ascii_lowercase())).await
}

/// Asks the platform that runs on `data_dir` what began lately, one line a trace, newest first.
///
/// Fails in words if no platform answers.
pub async fn list(data_dir: &Path) -> anyhow::Result<String> {
    let list = ask(data_dir, "/traces").await?;
    if list.is_empty() { Ok("nothing has happened since the start\n".to_owned()) } else { Ok(list) }
}

async fn ask(data_dir: &Path, path: &str) -> anyhow::Result<String> {
    let endpoints = Endpoints::read(data_dir)?;
    let answer =
        http::client()?.get(format!("{}{path}", endpoints.traces)).send().await.with_context(
            || {
                format!(
                    "the platform on `{}` does not run: start it with `kith up`",
                    data_dir.display()
                )
            },
        )?;
    if answer.status().as_u16() == 404 {
        bail!("no such trace among the latest: traces are kept in memory, and not over a restart");
    }
    answer.error_for_status().context("read trace")?.text().await.context("read trace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_trace_that_nobody_knows_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let never_ran = fetch(folder.path(), &"0".repeat(32)).await.unwrap_err();
        let malformed = fetch(folder.path(), "1234").await.unwrap_err();

        assert!(never_ran.to_string().contains("kith up"), "{never_ran:#}");
        assert!(malformed.to_string().contains("32"), "{malformed:#}");
    }
}
