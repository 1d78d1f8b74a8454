//! Rows of `projections`: one for each projection, of no tenant.

use chassis::tenant::TenantId;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect, Select,
};

use super::entities::projection::{self, Column, Model};
use crate::{
    domain::{Building, Generation, Projection, ProjectionName},
    error::Result,
};

fn named(name: ProjectionName) -> Select<projection::Entity> {
    projection::Entity::find().filter(Column::Name.eq(name.id()))
}

/// Returns a projection.
pub async fn get(conn: &impl ConnectionTrait, name: ProjectionName) -> Result<Projection> {
    from_row(name, named(name).one(conn).await?)
}

/// Returns a projection and keeps others from changing it until the transaction ends.
pub async fn lock(conn: &impl ConnectionTrait, name: ProjectionName) -> Result<Projection> {
    from_row(name, named(name).lock_exclusive().one(conn).await?)
}

/// Replaces a projection. The caller has locked it.
pub async fn update(conn: &impl ConnectionTrait, projection: &Projection) -> Result<()> {
    let row = Model {
        name: projection.name.id().to_owned(),
        live_generation: projection.live.0,
        building_generation: projection.building.map(|it| it.generation.0),
        requester_tenant_id: projection.building.map(|it| it.requester.as_uuid()),
        swept_generation: projection.swept,
        rebuild_time: projection.rebuild_time,
    };
    projection::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::Name.eq(projection.name.id()))
        .exec(conn)
        .await?;
    Ok(())
}

/// Every projection has its row from the migration that made the table.
fn from_row(name: ProjectionName, row: Option<Model>) -> Result<Projection> {
    let Some(row) = row else {
        return Err(DbErr::RecordNotFound(name.to_string()).into());
    };
    let building = row.building_generation.zip(row.requester_tenant_id);
    Ok(Projection {
        name,
        live: Generation(row.live_generation),
        building: building.map(|(generation, requester)| Building {
            generation: Generation(generation),
            requester: TenantId::new(requester),
        }),
        swept: row.swept_generation,
        rebuild_time: row.rebuild_time,
    })
}
