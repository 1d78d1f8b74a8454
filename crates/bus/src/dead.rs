//! Dead letters: events nobody can read, kept as they came, with where from and why.

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::log::{Delivered, MAX_PAYLOAD_BYTES, Record};

/// The topic for what `group` cannot read of `topic`.
pub fn topic(topic: &str, group: &str) -> String {
    format!("{topic}.{group}.dead")
}

/// The record as it came, under `kith_dead_*` headers that tell its origin and the reason.
///
/// A payload too long to be appended again stays where it was; the origin tells where that is.
pub(crate) fn letter(
    delivered: &Delivered,
    group: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Record {
    let mut record = delivered.record.clone();
    let topic = topic(&delivered.partition.topic, group);
    let mut headers = vec![
        ("kith_dead_topic", delivered.partition.topic.as_ref().to_owned()),
        ("kith_dead_partition", delivered.partition.number.to_string()),
        ("kith_dead_offset", delivered.offset.to_string()),
        ("kith_dead_group", group.to_owned()),
        ("kith_dead_error", reason.to_owned()),
        ("kith_dead_time", now.to_rfc3339_opts(SecondsFormat::Micros, true)),
    ];
    let is_too_long = MAX_PAYLOAD_BYTES < record.payload.as_ref().map_or(0, Bytes::len);
    if is_too_long {
        record.payload = None;
        headers.push(("kith_dead_payload", "omitted".to_owned()));
    }
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
    record.headers.extend(headers);
    Record { topic, ..record }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Partition;

    fn delivered(payload: Vec<u8>) -> Delivered {
        Delivered {
            partition: Partition::new("kith.customer.v1", 3),
            offset: 17,
            time: DateTime::default(),
            record: Record {
                topic: "kith.customer.v1".into(),
                key: Some(Bytes::from_static(b"contacts/1")),
                headers: vec![("ce_id".into(), Bytes::from_static(b"?"))],
                payload: Some(payload.into()),
            },
        }
    }

    #[test]
    fn a_dead_letter_is_what_came_with_origin_and_reason() {
        let letter =
            letter(&delivered(vec![1]), "analytics.count", "no `ce_id`", DateTime::default());

        assert_eq!(letter.topic, "kith.customer.v1.analytics.count.dead");
        assert_eq!(letter.payload.as_deref(), Some([1].as_slice()));
        assert_eq!(letter.header("ce_id").unwrap(), "?");
        assert_eq!(letter.header("kith_dead_topic").unwrap(), "kith.customer.v1");
        assert_eq!(letter.header("kith_dead_partition").unwrap(), "3");
        assert_eq!(letter.header("kith_dead_offset").unwrap(), "17");
        assert_eq!(letter.header("kith_dead_group").unwrap(), "analytics.count");
        assert_eq!(letter.header("kith_dead_error").unwrap(), "no `ce_id`");
    }

    #[test]
    fn a_payload_that_is_too_long_stays_in_its_topic() {
        let long = delivered(vec![0; MAX_PAYLOAD_BYTES + 1]);

        let letter = letter(&long, "analytics.count", "payload is too long", DateTime::default());

        assert_eq!(letter.payload, None);
        assert_eq!(letter.header("kith_dead_payload").unwrap(), "omitted");
    }
}
