//! Rows of `facts`: written by the projection alone, read as numbers and as the rows behind them.

use chassis::{database::keyset::older, page::Place, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition as Where, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select,
    sea_query::Expr,
};
use uuid::Uuid;

use super::entities::fact::{self, Column, Model};
use crate::{
    domain::{Comparison, Condition, Days, Dimension, Fact, Generation, Metric, Point, Query, Row},
    error::Result,
};

/// Values are added up in two halves, because neither database adds 64-bit numbers without overflow.
const HALF: i64 = 1 << 32;

/// The tenant's rows of one generation.
fn of(tenant: TenantId, generation: Generation) -> Select<fact::Entity> {
    fact::Entity::find()
        .filter(Column::Generation.eq(generation.0))
        .filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// The rows of a metric on some days that meet the conditions: the same for a number and its rows.
fn behind(
    tenant: TenantId,
    generation: Generation,
    metric: Metric,
    days: Days,
    conditions: &[Condition],
) -> Select<fact::Entity> {
    let mut rows = of(tenant, generation)
        .filter(Column::Metric.eq(metric.id()))
        .filter(Column::EventTime.gte(days.first_moment()))
        .filter(Column::EventTime.lte(days.last_moment()));
    for condition in conditions {
        let column = column(condition.dimension);
        rows = rows.filter(match condition.comparison {
            Comparison::Is => column.eq(&condition.value),
            Comparison::IsNot => column.ne(&condition.value),
        });
    }
    rows
}

/// When and by which event facts came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The event.
    pub event_id: Uuid,
    /// When it happened.
    pub event_time: DateTime<Utc>,
}

/// Adds the facts of one event, in one statement. Those that are there already stay as they are.
pub async fn append(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    generation: Generation,
    origin: Origin,
    facts: &[Fact],
) -> std::result::Result<(), DbErr> {
    if facts.is_empty() {
        return Ok(());
    }
    let rows = facts.iter().map(|fact| into_row(tenant, generation, origin, fact));
    fact::Entity::insert_many(rows.map(IntoActiveModel::into_active_model))
        .on_conflict_do_nothing()
        .exec_without_returning(conn)
        .await
        .map(drop)
}

/// Computes at most `limit` points of a metric.
pub async fn points(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    generation: Generation,
    query: &Query,
    limit: usize,
) -> Result<Vec<Point>> {
    let mut groups = behind(tenant, generation, query.metric, query.days, &query.conditions)
        .select_only()
        .expr_as(Expr::cust("count(*)"), "row_count")
        .expr_as(Expr::cust(format!("CAST(sum(value / {HALF}) AS BIGINT)")), "high")
        .expr_as(Expr::cust(format!("CAST(sum(value % {HALF}) AS BIGINT)")), "low")
        .limit(u64::try_from(limit).unwrap_or(u64::MAX));
    if query.is_by_day {
        groups = groups.column(Column::Day).group_by(Column::Day);
    }
    for dimension in &query.dimensions {
        groups = groups.column(column(*dimension)).group_by(column(*dimension));
    }
    let statement = groups.build(conn.get_database_backend());
    let mut points = Vec::new();
    for group in conn.query_all_raw(statement).await? {
        points.extend(point(query, &group)?);
    }
    points.sort_unstable();
    Ok(points)
}

/// A group without rows, which only a question without groups has, is no point.
fn point(query: &Query, group: &QueryResult) -> Result<Option<Point>> {
    let rows: i64 = group.try_get("", "row_count")?;
    if rows == 0 {
        return Ok(None);
    }
    let (high, low): (i64, i64) = (group.try_get("", "high")?, group.try_get("", "low")?);
    let day = if query.is_by_day { group.try_get("", "day")? } else { String::new() };
    let labels = query.dimensions.iter().map(|it| group.try_get("", it.name()));
    Ok(Some(Point {
        day,
        labels: labels.collect::<std::result::Result<_, _>>()?,
        total: i128::from(high) * i128::from(HALF) + i128::from(low),
        rows,
    }))
}

/// Returns up to `limit` rows behind a number, newest first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    generation: Generation,
    query: &Query,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Row>> {
    let mut rows = behind(tenant, generation, query.metric, query.days, &query.conditions);
    if let Some(place) = place {
        // The first half bounds the range that is read, the second says where in it to go on.
        let after = Where::all().add(Column::EventTime.lte(place.time));
        rows = rows.filter(after.add(older(Column::EventTime, Column::EventId, place)));
    }
    let rows = rows.order_by_desc(Column::EventTime).order_by_desc(Column::EventId).limit(limit);
    let found = rows.all(conn).await?.into_iter();
    Ok(found.map(|row| from_row(query.metric, row)).collect())
}

/// Counts the tenant's rows of a generation.
pub async fn count(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    generation: Generation,
) -> Result<i64> {
    counted(conn, of(tenant, generation)).await
}

/// Counts the rows of a generation across tenants, however long that takes: for background work only.
pub async fn count_all(conn: &impl ConnectionTrait, generation: Generation) -> Result<i64> {
    if conn.get_database_backend() == DbBackend::Postgres {
        conn.execute_unprepared("SET LOCAL statement_timeout = '10min'").await?;
    }
    counted(conn, fact::Entity::find().filter(Column::Generation.eq(generation.0))).await
}

async fn counted(conn: &impl ConnectionTrait, rows: Select<fact::Entity>) -> Result<i64> {
    let count = rows.select_only().expr_as(Expr::cust("count(*)"), "row_count");
    let counted = conn.query_one_raw(count.build(conn.get_database_backend())).await?;
    Ok(counted.map_or(Ok(0), |row| row.try_get("", "row_count"))?)
}

/// Tells whether any generation before `live` still has rows.
pub async fn has_before(conn: &impl ConnectionTrait, live: Generation) -> Result<bool> {
    if live == Generation::FIRST {
        return Ok(false);
    }
    let old = fact::Entity::find()
        .select_only()
        .column(Column::Generation)
        .filter(Column::Generation.lt(live.0))
        .limit(1);
    Ok(conn.query_one_raw(old.build(conn.get_database_backend())).await?.is_some())
}

/// Removes up to `limit` rows of the generations before `live`, and tells how many.
pub async fn remove_before(
    conn: &impl ConnectionTrait,
    live: Generation,
    limit: u64,
) -> Result<u64> {
    let key =
        || [Column::Generation, Column::TenantId, Column::EventId, Column::Metric].map(Expr::col);
    let old = fact::Entity::find()
        .select_only()
        .filter(Column::Generation.lt(live.0))
        .limit(limit)
        .into_query()
        .exprs(key())
        .take();
    let removed =
        fact::Entity::delete_many().filter(Expr::tuple(key()).in_subquery(old)).exec(conn).await?;
    Ok(removed.rows_affected)
}

fn column(dimension: Dimension) -> Column {
    match dimension {
        Dimension::Author => Column::Author,
        Dimension::Channel => Column::Channel,
        Dimension::Contact => Column::Contact,
        Dimension::Currency => Column::Currency,
        Dimension::Direction => Column::Direction,
        Dimension::Intent => Column::Intent,
        Dimension::Kind => Column::Kind,
        Dimension::Language => Column::Language,
        Dimension::Outcome => Column::Outcome,
        Dimension::Reason => Column::Reason,
        Dimension::Sentiment => Column::Sentiment,
    }
}

fn from_row(metric: Metric, row: Model) -> Row {
    let label = |dimension: Dimension| match dimension {
        Dimension::Author => &row.author,
        Dimension::Channel => &row.channel,
        Dimension::Contact => &row.contact,
        Dimension::Currency => &row.currency,
        Dimension::Direction => &row.direction,
        Dimension::Intent => &row.intent,
        Dimension::Kind => &row.kind,
        Dimension::Language => &row.language,
        Dimension::Outcome => &row.outcome,
        Dimension::Reason => &row.reason,
        Dimension::Sentiment => &row.sentiment,
    };
    let dimensions = metric.definition().dimensions.iter();
    let labels = dimensions.map(|it| (*it, label(*it).clone())).collect();
    Row {
        event_id: row.event_id,
        resource: row.resource,
        contact: row.contact,
        event_time: row.event_time,
        value: row.value,
        labels,
    }
}

fn into_row(tenant: TenantId, generation: Generation, origin: Origin, fact: &Fact) -> Model {
    let label = |dimension| fact.label(dimension).to_owned();
    Model {
        generation: generation.0,
        tenant_id: tenant.as_uuid(),
        event_id: origin.event_id,
        metric: fact.metric.id().to_owned(),
        event_time: origin.event_time,
        day: Days::of(origin.event_time),
        resource: fact.resource.as_str().to_owned(),
        value: fact.value,
        author: label(Dimension::Author),
        channel: label(Dimension::Channel),
        contact: fact.contact.map(|it| it.to_string()).unwrap_or_default(),
        currency: label(Dimension::Currency),
        direction: label(Dimension::Direction),
        intent: label(Dimension::Intent),
        kind: label(Dimension::Kind),
        language: label(Dimension::Language),
        outcome: label(Dimension::Outcome),
        reason: label(Dimension::Reason),
        sentiment: label(Dimension::Sentiment),
    }
}
