//! Keyset pages in SQL: the rows after the last one seen, in order of a time and an id.

use sea_orm::{ColumnTrait, Condition};

use crate::page::Place;

/// Rows that come after `place` in descending order of `time` and `id`.
pub fn older<C: ColumnTrait>(time: C, id: C, place: Place) -> Condition {
    Condition::any()
        .add(time.lt(place.time))
        .add(Condition::all().add(time.eq(place.time)).add(id.lt(place.id)))
}

/// Rows that come after `place` in ascending order of `time` and `id`.
pub fn newer<C: ColumnTrait>(time: C, id: C, place: Place) -> Condition {
    Condition::any()
        .add(time.gt(place.time))
        .add(Condition::all().add(time.eq(place.time)).add(id.gt(place.id)))
}
