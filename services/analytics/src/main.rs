//! The analytics service process: reads settings, starts telemetry, serves until told to stop.

use analytics::Config;
use anyhow::Context;
use bus::Links;
use chassis::{clock::Clock, server::Listeners, shutdown, telemetry};
use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let telemetry = telemetry::init("analytics", &config.telemetry).context("start telemetry")?;
    let listeners = Listeners::bind(&config.server).await.context("bind listeners")?;
    let links = Links {
        log: config.bus.connect().await.context("connect event log")?,
        tokens: config.token.source(),
        clock: Clock::system(),
    };

    let log = links.log.clone();

    let outcome = analytics::serve(config, listeners, links, shutdown::on_signal()).await;

    log.close().await;
    telemetry.shutdown().await;
    outcome
}
