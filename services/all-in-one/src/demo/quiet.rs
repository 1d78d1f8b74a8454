//! Waits until the platform has nothing left to do, by asking its own APIs.

use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use proto::{
    analytics::v1::ListProjectionsRequest,
    social::v1::{GetSourceHealthRequest, SourceHealth},
};
use tokio::time::{Instant, sleep};

use crate::Clients;

/// How long the platform may go without getting on.
const STUCK: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often in a row nothing must be left.
const CALM_LOOKS: u32 = 5;

/// Returns once everything that came in at `source` is answered, delivered and counted.
///
/// Fails, saying what is left, if that gets nowhere for a minute.
pub(super) async fn reached(
    clients: &Clients,
    source: &str,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let (mut calm, mut last, mut moved) = (0, None, Instant::now());
    while calm < CALM_LOOKS {
        let health = health(clients, source).await?;
        let lag = lag(clients).await?;
        bar.set_position(u64::try_from(health.projected).unwrap_or_default());
        let left = health.pending + health.gap + health.deliveries_pending + lag;
        calm = if left == 0 { calm + 1 } else { 0 };
        let progress = Some((health, lag));
        if progress != last {
            (last, moved) = (progress, Instant::now());
        } else if STUCK < moved.elapsed() {
            bail!("the platform does not come to rest: {left} things are left to do");
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

async fn health(clients: &Clients, source: &str) -> anyhow::Result<SourceHealth> {
    let request = GetSourceHealthRequest { name: source.to_owned() };
    Ok(clients.sources.clone().get_source_health(request).await.context("get health")?.into_inner())
}

async fn lag(clients: &Clients) -> anyhow::Result<i64> {
    let request = ListProjectionsRequest {};
    let answer = clients.projections.clone().list_projections(request).await;
    let projections = answer.context("list projections")?.into_inner().projections;
    Ok(projections.iter().map(|it| it.lag_events).sum())
}
