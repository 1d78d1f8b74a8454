//! `kith demo`: a shop's day through the front door of a platform of its own, told afterwards by its APIs alone.

mod customers;
mod quiet;
mod report;
mod shop;
mod texts;

use std::time::Duration;

use anyhow::Context;
use chassis::telemetry::{self, LogFormat, SpanStore, TelemetryArgs};
use emulators::WeChatEmulator;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{Clients, Options, Platform, config::DemoArgs};

/// Runs the demo and prints its report.
///
/// Fails if the platform does not start or does not come to rest.
pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let spans = SpanStore::new(200_000);
    let quiet_logs = TelemetryArgs {
        log_filter: "error".to_owned(),
        log_format: LogFormat::Text,
        ..TelemetryArgs::default()
    };
    let telemetry = telemetry::init_with("kith", &quiet_logs, Some(spans.clone()))?;
    let temporary = tempfile::tempdir().context("create temporary folder")?;
    let data_dir = args.data_dir.unwrap_or_else(|| temporary.path().to_owned());
    let options = Options { spans: spans.clone(), ..Options::embedded(data_dir) };

    let platform = Platform::start(options).await?;
    let emulator = WeChatEmulator::start().await;
    let clients = Clients::new(&platform.addresses, &platform.token)?;

    // Some write once, some twice.
    let people = (args.webhooks as usize * 2).div_ceil(3);
    let shop = shop::open(&clients, &emulator, people).await.context("open the shop")?;
    let bar = progress("customers write", u64::from(args.webhooks));
    let day = customers::write(&platform, &shop, args.webhooks, &bar).await?;
    bar.finish();
    let bar = progress("platform answers", day.stored);
    quiet::reached(&clients, &shop.source, &bar).await?;
    bar.finish();
    let bar = progress("orders move", shop::MOVES);
    shop::move_orders(&clients, &shop, &bar).await.context("move orders")?;
    quiet::reached(&clients, &shop.source, &ProgressBar::hidden()).await?;
    bar.finish();

    let drawing = telemetry::render(&spans.related(&day.trace_id));
    let report = report::collect(&clients, &shop, &day, drawing).await.context("read results")?;
    let printed = match args.json {
        true => serde_json::to_string(&report).context("encode report")?,
        false => report::text(&report),
    };
    say(&printed);

    emulator.stop().await;
    platform.stop().await?;
    telemetry.shutdown().await;
    Ok(())
}

/// A bar on standard error, where it is a terminal; nothing elsewhere.
fn progress(what: &'static str, steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>18} {bar:30} {pos}/{len} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(steps).with_style(style).with_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[expect(clippy::print_stdout, reason = "what a command answers goes to standard output")]
fn say(text: &str) {
    println!("{text}");
}
