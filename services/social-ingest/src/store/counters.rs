//! The table `source_counters`: the completeness ledger, counted in the transactions that it counts.

use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult,
    sea_query::{Expr, ExprTrait, Func, OnConflict, Query},
};
use uuid::Uuid;

use crate::domain::SourceId;

const TABLE: &str = "source_counters";

/// Rows a source is counted in: writers meet seldom, readers add up few.
const SHARDS: u8 = 8;

/// How much each count grows. Counts of deliveries may fall: one of unknown outcome is settled later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Counts {
    pub(crate) stored: i64,
    pub(crate) duplicates: i64,
    pub(crate) decoded: i64,
    pub(crate) unsupported: i64,
    pub(crate) undecodable: i64,
    pub(crate) projected: i64,
    pub(crate) answered: i64,
    pub(crate) accepted: i64,
    pub(crate) sent: i64,
    pub(crate) failed: i64,
    pub(crate) unknown: i64,
    pub(crate) last_receive_time: Option<DateTime<Utc>>,
}

impl Counts {
    fn columns(&self) -> [(&'static str, i64); 11] {
        [
            ("stored", self.stored),
            ("duplicates", self.duplicates),
            ("decoded", self.decoded),
            ("unsupported", self.unsupported),
            ("undecodable", self.undecodable),
            ("projected", self.projected),
            ("answered", self.answered),
            ("accepted", self.accepted),
            ("sent", self.sent),
            ("failed", self.failed),
            ("unknown", self.unknown),
        ]
    }
}

/// Adds `more` to the counts of a source. Comes last in a transaction, so that its lock is held briefly.
///
/// `by` is the id of what is counted: it chooses the row.
pub(crate) async fn add(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
    by: Uuid,
    more: Counts,
) -> Result<(), DbErr> {
    if more == Counts::default() {
        return Ok(());
    }
    // The last byte of a UUIDv7 is random.
    let shard = i16::from(by.as_bytes()[15] % SHARDS);
    let columns = more.columns();
    let mut names = vec!["tenant_id", "source_id", "shard", "last_receive_time"];
    let mut values: Vec<Expr> = vec![
        tenant.as_uuid().into(),
        source.as_uuid().into(),
        shard.into(),
        more.last_receive_time.into(),
    ];
    let mut grown = OnConflict::columns(["tenant_id", "source_id", "shard"]);
    for (name, count) in columns {
        names.push(name);
        values.push(count.into());
        if count != 0 {
            grown.value(name, Expr::col((TABLE, name)).add(count));
        }
    }
    if let Some(time) = more.last_receive_time {
        grown.value("last_receive_time", Expr::value(time));
    }
    let upsert = Query::insert()
        .into_table(TABLE)
        .columns(names)
        .values_panic(values)
        .on_conflict(grown)
        .take();
    conn.execute(&upsert).await?;
    Ok(())
}

/// Adds up the counts of a source.
pub(crate) async fn total(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
) -> Result<Counts, DbErr> {
    let mut select = Query::select();
    for (name, _) in Counts::default().columns() {
        let sum = Func::coalesce([Expr::from(Func::sum(Expr::col(name))), Expr::from(0_i64)]);
        select.expr_as(Expr::expr(sum).cast_as("bigint"), name);
    }
    let select = select
        .expr_as(Func::max(Expr::col("last_receive_time")), "last_receive_time")
        .from(TABLE)
        .and_where(Expr::col("tenant_id").eq(tenant.as_uuid()))
        .and_where(Expr::col("source_id").eq(source.as_uuid()))
        .take();
    match conn.query_one(&select).await? {
        Some(row) => Counts::from_query_result(&row, ""),
        None => Ok(Counts::default()),
    }
}
