//! Columns: what is written is read back, and sorts the same on both databases.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{QueryOrder, entity::prelude::*};

use crate::harness::{ADA, TestDatabase, add_note_at, note};

fn times() -> Vec<DateTime<Utc>> {
    let second = DateTime::from_timestamp(1_767_225_599, 0).unwrap();
    vec![
        DateTime::from_timestamp(0, 0).unwrap(),
        second - TimeDelta::milliseconds(1),
        second,
        second + TimeDelta::microseconds(1),
        second + TimeDelta::microseconds(10),
        second + TimeDelta::milliseconds(1),
        second + TimeDelta::microseconds(1_001),
        second + TimeDelta::milliseconds(100),
        second + TimeDelta::milliseconds(110),
        second + TimeDelta::seconds(1),
        DateTime::from_timestamp(253_402_300_799, 0).unwrap(),
    ]
}

#[tokio::test]
async fn times_are_read_back_as_written_and_sort_by_time() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();
    for (index, time) in times().iter().enumerate().rev() {
        add_note_at(&txn, ADA, &index.to_string(), *time).await.unwrap();
    }

    let rows = note::Entity::find().order_by_asc(note::Column::CreateTime).all(&txn).await.unwrap();

    let read: Vec<_> = rows.into_iter().map(|row| row.create_time).collect();
    assert_eq!(read, times());
}

#[tokio::test]
async fn times_compare_by_time() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();
    for (index, time) in times().iter().enumerate() {
        add_note_at(&txn, ADA, &index.to_string(), *time).await.unwrap();
    }

    for (index, time) in times().into_iter().enumerate() {
        let earlier =
            note::Entity::find().filter(note::Column::CreateTime.lt(time)).count(&txn).await;
        let equal =
            note::Entity::find().filter(note::Column::CreateTime.eq(time)).count(&txn).await;
        assert_eq!(earlier.unwrap(), index as u64, "{time}");
        assert_eq!(equal.unwrap(), 1, "{time}");
    }
}

#[tokio::test]
async fn ids_are_read_back_and_sort_by_their_time() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();
    let mut ids = Vec::new();
    for (index, time) in times().iter().enumerate() {
        ids.push(add_note_at(&txn, ADA, &index.to_string(), *time).await.unwrap());
    }

    let rows = note::Entity::find().order_by_asc(note::Column::Id).all(&txn).await.unwrap();

    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    let found = note::Entity::find_by_id((ADA.as_uuid(), ids[3])).one(&txn).await.unwrap();
    assert_eq!(found.as_ref(), Some(&rows[3]));
}
