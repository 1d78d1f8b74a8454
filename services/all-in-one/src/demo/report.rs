//! What came of the demo's day, read from the APIs alone.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::Context;
use chassis::clock::Clock;
use chrono::TimeDelta;
use proto::{
    analytics::v1::{ListMetricDefinitionsRequest, QueryMetricRequest},
    messaging::v1::{
        Conversation, ListConversationsRequest, ListMessagesRequest, Message, message,
    },
    social::v1::GetSourceHealthRequest,
};
use serde::Serialize;

use super::{customers::Day, shop::Shop};
use crate::Clients;

/// Conversations shown with their words.
const SHOWN: usize = 8;

/// What came of the day.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    webhooks: Webhooks,
    conversations: Conversations,
    deliveries: Deliveries,
    metrics: BTreeMap<String, Vec<Point>>,
    trace_id: String,
    trace: String,
}

#[derive(Debug, Serialize)]
struct Webhooks {
    sent: u64,
    repeated: u64,
    stored: i64,
    duplicates: i64,
    projected: i64,
    answered: i64,
    gap: i64,
}

#[derive(Debug, Serialize)]
struct Conversations {
    total: usize,
    by_status: BTreeMap<String, usize>,
    shown: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    status: String,
    assignee: String,
    messages: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    sequence: i64,
    author: String,
    state: String,
    intent: String,
    sentiment: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Deliveries {
    sent: i64,
    failed: i64,
    unknown: i64,
}

#[derive(Debug, Serialize)]
struct Point {
    date: String,
    dimensions: BTreeMap<String, String>,
    value: f64,
    rows: i64,
}

/// Asks the services what came of the day.
pub(super) async fn collect(
    clients: &Clients,
    shop: &Shop,
    day: &Day,
    trace: String,
) -> anyhow::Result<Report> {
    let request = GetSourceHealthRequest { name: shop.source.clone() };
    let health = clients.sources.clone().get_source_health(request).await?.into_inner();
    Ok(Report {
        webhooks: Webhooks {
            sent: day.stored,
            repeated: day.repeated,
            stored: health.stored,
            duplicates: health.duplicates,
            projected: health.projected,
            answered: health.answered,
            gap: health.gap,
        },
        conversations: conversations(clients).await?,
        deliveries: Deliveries {
            sent: health.deliveries_sent,
            failed: health.deliveries_failed,
            unknown: health.deliveries_unknown,
        },
        metrics: metrics(clients).await?,
        trace_id: day.trace_id.clone(),
        trace,
    })
}

async fn conversations(clients: &Clients) -> anyhow::Result<Conversations> {
    let mut all: Vec<Conversation> = Vec::new();
    let mut token = String::new();
    loop {
        let request = ListConversationsRequest {
            page_size: 200,
            page_token: token,
            ..ListConversationsRequest::default()
        };
        let page = clients.conversations.clone().list_conversations(request).await;
        let page = page.context("list conversations")?.into_inner();
        all.extend(page.conversations);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let mut by_status = BTreeMap::new();
    for conversation in &all {
        *by_status.entry(conversation.status().as_str_name().to_owned()).or_default() += 1;
    }
    let mut shown = Vec::new();
    for conversation in all.iter().take(SHOWN) {
        let request = ListMessagesRequest {
            conversation: conversation.name.clone(),
            page_size: 6,
            ..ListMessagesRequest::default()
        };
        let page = clients.messages.clone().list_messages(request).await;
        let messages = page.context("list messages")?.into_inner().messages;
        shown.push(Shown {
            name: conversation.name.clone(),
            status: conversation.status().as_str_name().to_owned(),
            assignee: conversation.assignee.clone(),
            messages: messages.into_iter().map(line).collect(),
        });
    }
    Ok(Conversations { total: all.len(), by_status, shown })
}

fn line(message: Message) -> Line {
    let analysis = message.analysis.clone().unwrap_or_default();
    Line {
        sequence: message.sequence,
        author: message.author().as_str_name().trim_start_matches("AUTHOR_").to_lowercase(),
        state: message.state().as_str_name().trim_start_matches("STATE_").to_lowercase(),
        intent: analysis.intent.clone(),
        sentiment: match message.direction() {
            message::Direction::Incoming => {
                analysis.sentiment().as_str_name().trim_start_matches("SENTIMENT_").to_lowercase()
            }
            message::Direction::Outgoing
            | message::Direction::Note
            | message::Direction::Unspecified => String::new(),
        },
        text: message.text,
    }
}

async fn metrics(clients: &Clients) -> anyhow::Result<BTreeMap<String, Vec<Point>>> {
    let definitions = clients
        .metrics
        .clone()
        .list_metric_definitions(ListMetricDefinitionsRequest {})
        .await
        .context("list metrics")?
        .into_inner()
        .metric_definitions;
    let today = Clock::system().now().date_naive();
    let mut metrics = BTreeMap::new();
    for definition in definitions {
        // A contact is a person: their numbers are shown on demand, not in a report.
        let dimensions = definition.dimensions.iter().filter(|it| *it != "contact").cloned();
        let request = QueryMetricRequest {
            metric: definition.name.clone(),
            start_date: (today - TimeDelta::days(7)).to_string(),
            end_date: today.to_string(),
            group_by: std::iter::once("date".to_owned()).chain(dimensions).collect(),
            filter: String::new(),
        };
        let answer = clients.metrics.clone().query_metric(request).await;
        let points =
            answer.with_context(|| format!("query {}", definition.name))?.into_inner().points;
        let points = points.into_iter().map(|point| Point {
            date: point.date,
            dimensions: point.dimensions,
            value: point.value,
            rows: point.row_count,
        });
        metrics.insert(definition.name, points.collect());
    }
    Ok(metrics)
}

/// The report as a page of text for people.
pub(super) fn text(report: &Report) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut page, report);
    page
}

fn write_page(page: &mut String, report: &Report) -> std::fmt::Result {
    let Report { webhooks, conversations, deliveries, metrics, trace_id, trace } = report;
    writeln!(
        page,
        "Webhooks: {} sent, {} of them twice; {} stored, {} duplicates, {} projected, {} answered, gap {}",
        webhooks.sent,
        webhooks.repeated,
        webhooks.stored,
        webhooks.duplicates,
        webhooks.projected,
        webhooks.answered,
        webhooks.gap
    )?;
    writeln!(
        page,
        "Replies: {} sent, {} failed, {} of unknown outcome",
        deliveries.sent, deliveries.failed, deliveries.unknown
    )?;
    writeln!(page, "\nConversations: {}", conversations.total)?;
    for (status, count) in &conversations.by_status {
        writeln!(page, "  {count:>5} {status}")?;
    }
    for shown in &conversations.shown {
        writeln!(page, "\n  {} {} {}", shown.name, shown.status, shown.assignee)?;
        for line in &shown.messages {
            let what = format!("{} {} {}", line.state, line.intent, line.sentiment);
            writeln!(
                page,
                "    {:>3} {:>8}  {}  [{}]",
                line.sequence,
                line.author,
                line.text,
                what.trim()
            )?;
        }
    }
    for (metric, points) in metrics {
        writeln!(page, "\n{metric}")?;
        for point in points {
            let dimensions: Vec<_> =
                point.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
            writeln!(
                page,
                "  {} {:>12.2}  {:>5} rows  {}",
                point.date,
                point.value,
                point.rows,
                dimensions.join(" ")
            )?;
        }
    }
    writeln!(page, "\nTrace {trace_id}\n{trace}")
}
