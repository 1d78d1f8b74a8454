//! The customers of the demo: they write through the signed, encrypted front door, and some deliveries come twice.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, ensure};
use chassis::clock::Clock;
use emulators::wechat::{Content, Mode, Payload};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;

use super::{
    shop::{ACCOUNT, Shop, openid},
    texts,
};
use crate::{Platform, http};

/// Webhooks on their way at once.
const CONCURRENCY: usize = 8;
/// One delivery in so many comes a second time, as the provider's retries do.
const SECOND_DELIVERY_EVERY: u64 = 10;

/// What the customers did.
pub(super) struct Day {
    /// Different webhooks, each stored once.
    pub(super) stored: u64,
    /// Second deliveries of the same message.
    pub(super) repeated: u64,
    /// The trace of the first webhook.
    pub(super) trace_id: String,
}

/// Sends `webhooks` messages, each from one of the shop's people.
pub(super) async fn write(
    platform: &Platform,
    shop: &Shop,
    webhooks: u32,
    bar: &ProgressBar,
) -> anyhow::Result<Day> {
    let texts = texts::all();
    let client = http::client()?;
    let url = format!("{}{}", platform.addresses.webhooks, shop.webhook_path);
    let trace_id = format!("{:032x}", rand::random::<u128>() | 1);
    let repeated = AtomicU64::new(0);
    // One person's messages follow one another, as a phone sends them; people do not wait for each other.
    let people = (0..shop.people).map(|person| {
        let (client, url, texts, trace_id, repeated) =
            (&client, &url, &texts, &trace_id, &repeated);
        async move {
            for number in (0..u64::from(webhooks)).filter(|n| *n as usize % shop.people == person) {
                let text = texts[(number as usize * 7 + person) % texts.len()];
                let words = if number == 0 { texts[0].words } else { text.words };
                let content = Content::Text { id: 23_000_000_000_000_000 + number, content: words };
                let now = Clock::system().now().timestamp();
                let xml =
                    Payload { account: ACCOUNT, openid: &openid(person), at: now, content }.xml();
                let webhook = shop.signer.deliver(Mode::Safe, &xml, now);
                let times = if number % SECOND_DELIVERY_EVERY == 3 { 2 } else { 1 };
                for time in 0..times {
                    let mut request = client
                        .post(format!("{url}?{}", webhook.query))
                        .header("content-type", "text/xml")
                        .body(webhook.body.clone());
                    if number == 0 {
                        let span = rand::random::<u64>() | 1;
                        request =
                            request.header("traceparent", format!("00-{trace_id}-{span:016x}-01"));
                    }
                    let answer = request.send().await.context("send webhook")?;
                    ensure!(answer.status().is_success(), "webhook answered {}", answer.status());
                    repeated.fetch_add(time, Ordering::Relaxed);
                }
                bar.inc(1);
            }
            anyhow::Ok(())
        }
    });
    stream::iter(people).buffer_unordered(CONCURRENCY).try_collect::<Vec<()>>().await?;
    Ok(Day { stored: u64::from(webhooks), repeated: repeated.into_inner(), trace_id })
}
