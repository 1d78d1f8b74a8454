//! The `kith` command: starts the whole platform, prints tokens and traces, and runs the demo.

use std::{process::ExitCode, time::Duration};

use all_in_one::{
    DataDir, Options, Platform,
    config::{Cli, Command, TokenArgs, TraceArgs, UpArgs},
    demo, json, text, traces,
};
use anyhow::{Context, bail};
use bus::BusArgs;
use chassis::{
    authn::{LocalIssuer, Role},
    clock::Clock,
    shutdown,
    telemetry::{self, SpanStore},
};
use clap::Parser;

/// How long a token of `kith token` is good for.
const TOKEN_TTL: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Up(args) => up(args).await,
        Command::Token(args) => token(&args),
        Command::Trace(args) => trace(&args).await,
        Command::Demo(args) => demo::run(args).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn up(args: UpArgs) -> anyhow::Result<()> {
    let spans = SpanStore::default();
    let telemetry = telemetry::init_with("kith", &args.telemetry, Some(spans.clone()))
        .context("start telemetry")?;
    let stop = shutdown::on_signal();
    let kafka = args.kafka_brokers.map(|brokers| {
        BusArgs::kafka(brokers, args.kafka_topic_prefix).with_partitions(args.kafka_partitions)
    });
    let mut platform = Platform::start(Options {
        data_dir: args.data_dir.data_dir,
        port: args.port,
        database_url: args.database_url,
        kafka,
        spans,
        clock: Clock::system(),
    })
    .await?;
    say(&if args.json { json(&platform) } else { text(&platform) });

    let outcome = tokio::select! {
        () = stop.cancelled() => platform.stop().await,
        error = platform.failed() => Err(error),
    };

    telemetry.shutdown().await;
    outcome
}

fn token(args: &TokenArgs) -> anyhow::Result<()> {
    let folder = &args.data_dir.data_dir;
    std::fs::create_dir_all(folder).with_context(|| format!("create `{}`", folder.display()))?;
    let issuer = LocalIssuer::load_or_create(DataDir::issuer_key(folder))?;
    if args.tenant == "*" && args.role != Role::Service {
        bail!("only the role `service` may act for every tenant: name one with `--tenant`");
    }
    say(&issuer.token(&args.tenant, args.role, TOKEN_TTL));
    Ok(())
}

async fn trace(args: &TraceArgs) -> anyhow::Result<()> {
    let folder = &args.data_dir.data_dir;
    let answer = match &args.id {
        Some(id) => traces::fetch(folder, id).await?,
        None => traces::list(folder).await?,
    };
    say(answer.trim_end());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what a command answers goes to standard output")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "why a command failed goes to standard error")]
fn say_error(error: &anyhow::Error) {
    eprintln!("kith: {error:#}");
}
