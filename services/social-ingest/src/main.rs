//! The social-ingest process: reads settings, starts telemetry, serves until told to stop.

use anyhow::Context;
use bus::Links;
use chassis::{clock::Clock, server::Listeners, shutdown, telemetry};
use clap::Parser;
use social_ingest::Config;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let telemetry =
        telemetry::init("social-ingest", &config.telemetry).context("start telemetry")?;
    let listeners = Listeners::bind(&config.server).await.context("bind listeners")?;
    let webhook_addr = config.webhooks.webhook_addr;
    let webhooks = TcpListener::bind(webhook_addr)
        .await
        .with_context(|| format!("bind the webhook listener to `{webhook_addr}`"))?;
    let links = Links {
        log: config.bus.connect().await.context("connect event log")?,
        tokens: config.token.source(),
        clock: Clock::system(),
    };

    let stop = shutdown::on_signal();
    let outcome = social_ingest::serve(config, listeners, webhooks, links, stop).await;

    telemetry.shutdown().await;
    outcome
}
