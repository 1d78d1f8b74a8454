//! The table `command_requests`: which requests were claimed, and what they were answered.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait, FromQueryResult,
    sea_query::{Expr, InsertStatement, OnConflict, Query},
};
use uuid::Uuid;

use super::RequestKey;
use crate::clock::Clock;

const TABLE: &str = "command_requests";

/// What a request was answered, and the hash of the request that was.
#[derive(FromQueryResult)]
pub(super) struct Earlier {
    pub(super) request_hash: Vec<u8>,
    pub(super) answer: Option<String>,
}

/// Claims the request id. Adds no row if it is taken, and waits if whoever took it is not done.
pub(super) fn claim(key: &RequestKey, request_id: Uuid) -> InsertStatement {
    Query::insert()
        .into_table(TABLE)
        .columns(["tenant_id", "method", "request_id", "request_hash", "create_time"])
        .values_panic([
            key.tenant.as_uuid().into(),
            key.method.into(),
            request_id.into(),
            key.hash.to_vec().into(),
            Clock::system().now().into(),
        ])
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .take()
}

/// Looks up what became of the request.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    key: &RequestKey,
    request_id: Uuid,
) -> Result<Option<Earlier>, DbErr> {
    let select = Query::select()
        .columns(["request_hash", "answer"])
        .from(TABLE)
        .and_where(Expr::col("tenant_id").eq(key.tenant.as_uuid()))
        .and_where(Expr::col("method").eq(key.method))
        .and_where(Expr::col("request_id").eq(request_id))
        .take();
    match conn.query_one(&select).await? {
        Some(row) => Earlier::from_query_result(&row, "").map(Some),
        None => Ok(None),
    }
}

/// Stores the answer beside the claim.
pub(super) async fn answer(
    conn: &impl ConnectionTrait,
    key: &RequestKey,
    request_id: Uuid,
    answer: String,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table(TABLE)
        .value("answer", answer)
        .and_where(Expr::col("tenant_id").eq(key.tenant.as_uuid()))
        .and_where(Expr::col("method").eq(key.method))
        .and_where(Expr::col("request_id").eq(request_id))
        .take();
    conn.execute(&update).await?;
    Ok(())
}

/// Forgets up to `limit` requests claimed before `deadline`, and tells how many.
pub(super) async fn forget(
    conn: &impl ConnectionTrait,
    deadline: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    let key = || ["tenant_id", "method", "request_id"].map(Expr::col);
    let old = Query::select()
        .exprs(key())
        .from(TABLE)
        .and_where(Expr::col("create_time").lt(deadline))
        .limit(limit)
        .take();
    let delete =
        Query::delete().from_table(TABLE).and_where(Expr::tuple(key()).in_subquery(old)).take();
    Ok(conn.execute(&delete).await?.rows_affected())
}
