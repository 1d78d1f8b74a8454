//! CloudEvents in binary mode: the only place that knows how an event looks on the wire.

use bytes::Bytes;
use chassis::tenant::TenantId;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use crate::{
    failure::Failure,
    log::{Delivered, MAX_PAYLOAD_BYTES, Record},
    message::{Envelope, Message},
};

const SPEC_VERSION: &str = "1.0";
const CONTENT_TYPE: &str = "application/protobuf";

/// Longest key, type or other header value that is read.
const MAX_HEADER_BYTES: usize = 512;

/// Writes a message as the record that goes into the log.
///
/// `traceparent` is the context of the command that made the event; nothing on the way replaces it.
pub(crate) fn encode(message: Message, traceparent: Option<&str>) -> Record {
    let text = |value: String| Bytes::from(value);
    let mut headers = vec![
        ("ce_specversion".to_owned(), Bytes::from_static(SPEC_VERSION.as_bytes())),
        ("ce_id".to_owned(), text(message.id.to_string())),
        ("ce_source".to_owned(), text(format!("/{}", message.topic))),
        ("ce_type".to_owned(), text(message.kind)),
        ("ce_time".to_owned(), text(message.time.to_rfc3339_opts(SecondsFormat::Micros, true))),
        ("ce_subject".to_owned(), text(message.aggregate.clone())),
        ("ce_tenant".to_owned(), text(message.tenant.to_string())),
        ("ce_version".to_owned(), text(message.version.to_string())),
    ];
    if let Some(causation) = message.causation {
        headers.push(("ce_causationid".to_owned(), text(causation.to_string())));
    }
    headers.push(("content-type".to_owned(), Bytes::from_static(CONTENT_TYPE.as_bytes())));
    if let Some(traceparent) = traceparent {
        headers.push(("traceparent".to_owned(), text(traceparent.to_owned())));
    }
    Record {
        topic: message.topic,
        key: Some(text(message.aggregate)),
        headers,
        payload: Some(message.payload),
    }
}

/// Reads the event's type alone, to pass over what nobody asked for without reading the rest.
pub(crate) fn kind(record: &Record) -> Option<&str> {
    record.header("ce_type").and_then(|value| std::str::from_utf8(value).ok())
}

/// Reads a record back, or rejects one that is not an event of ours and names the first reason.
pub(crate) fn decode(delivered: &Delivered) -> Result<Envelope, Failure> {
    let record = &delivered.record;
    if required(record, "ce_specversion")? != SPEC_VERSION {
        return Err(Failure::reject("`ce_specversion` is not `1.0`"));
    }
    if required(record, "content-type")? != CONTENT_TYPE {
        return Err(Failure::reject("`content-type` is not `application/protobuf`"));
    }
    let Some(payload) = &record.payload else {
        return Err(Failure::reject("payload is missing"));
    };
    if MAX_PAYLOAD_BYTES < payload.len() {
        return Err(Failure::reject("payload is too long"));
    }
    Ok(Envelope {
        id: parsed(record, "ce_id", Uuid::try_parse)?,
        kind: required(record, "ce_type")?.to_owned(),
        tenant: parsed(record, "ce_tenant", TenantId::parse)?,
        aggregate: required(record, "ce_subject")?.to_owned(),
        // The database keeps it in a signed column.
        version: parsed(record, "ce_version", str::parse::<u32>)?.into(),
        time: parsed(record, "ce_time", DateTime::parse_from_rfc3339)?.with_timezone(&Utc),
        causation: match record.header("ce_causationid") {
            Some(_) => Some(parsed(record, "ce_causationid", Uuid::try_parse)?),
            None => None,
        },
        partition: delivered.partition.clone(),
        offset: delivered.offset,
        // A broken trace context must not cost the event.
        traceparent: required(record, "traceparent").ok().map(str::to_owned),
        payload: payload.clone(),
    })
}

fn required<'a>(record: &'a Record, name: &'static str) -> Result<&'a str, Failure> {
    let Some(value) = record.header(name) else {
        return Err(Failure::reject(format!("header `{name}` is missing")));
    };
    if value.is_empty() || MAX_HEADER_BYTES < value.len() {
        return Err(Failure::reject(format!("header `{name}` has a bad length")));
    }
    std::str::from_utf8(value).map_err(|_| Failure::reject(format!("header `{name}` is not UTF-8")))
}

fn parsed<T, E>(
    record: &Record,
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    parse(required(record, name)?)
        .map_err(|_| Failure::reject(format!("header `{name}` cannot be read")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Partition;

    const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn message() -> Message {
        Message {
            id: Uuid::from_u128(0x0199_f3a0_0000_7000_8000_0000_0000_0001),
            topic: "kith.customer.v1".into(),
            kind: "kith.customer.v1.ContactCreated".into(),
            tenant: TenantId::parse("0199f3a0-0000-7000-8000-00000000000a").unwrap(),
            aggregate: "contacts/0199f3a0-0000-7000-8000-00000000000b".into(),
            version: 7,
            time: DateTime::from_timestamp_micros(1_767_225_600_000_123).unwrap(),
            causation: Some(Uuid::from_u128(0x0199_f3a0_0000_7000_8000_0000_0000_0002)),
            payload: Bytes::from_static(b"\x0a\x03ada"),
        }
    }

    fn delivered(record: Record) -> Delivered {
        let partition = Partition::new("kith.customer.v1", 2);
        Delivered { partition, offset: 41, time: DateTime::default(), record }
    }

    /// The bytes are a public contract: a change here breaks every consumer outside this repository.
    #[test]
    fn the_wire_format_is_these_bytes() {
        let record = encode(message(), Some(TRACEPARENT));

        let headers: Vec<(&str, &[u8])> =
            record.headers.iter().map(|(name, value)| (name.as_str(), value.as_ref())).collect();
        assert_eq!(
            headers,
            [
                ("ce_specversion", b"1.0".as_slice()),
                ("ce_id", b"0199f3a0-0000-7000-8000-000000000001"),
                ("ce_source", b"/kith.customer.v1"),
                ("ce_type", b"kith.customer.v1.ContactCreated"),
                ("ce_time", b"2026-01-01T00:00:00.000123Z"),
                ("ce_subject", b"contacts/0199f3a0-0000-7000-8000-00000000000b"),
                ("ce_tenant", b"0199f3a0-0000-7000-8000-00000000000a"),
                ("ce_version", b"7"),
                ("ce_causationid", b"0199f3a0-0000-7000-8000-000000000002"),
                ("content-type", b"application/protobuf"),
                ("traceparent", TRACEPARENT.as_bytes()),
            ],
        );
        assert_eq!(record.topic, "kith.customer.v1");
        assert_eq!(
            record.key.as_deref(),
            Some(b"contacts/0199f3a0-0000-7000-8000-00000000000b".as_slice()),
        );
        assert_eq!(record.payload.as_deref(), Some(b"\x0a\x03ada".as_slice()));
    }

    #[test]
    fn what_was_written_is_read_back() {
        let envelope = decode(&delivered(encode(message(), Some(TRACEPARENT)))).unwrap();

        let Message { id, kind, tenant, aggregate, version, time, causation, payload, .. } =
            message();
        assert_eq!(
            envelope,
            Envelope {
                id,
                kind,
                tenant,
                aggregate,
                version,
                time,
                causation,
                partition: Partition::new("kith.customer.v1", 2),
                offset: 41,
                traceparent: Some(TRACEPARENT.into()),
                payload,
            },
        );
    }

    #[test]
    fn what_is_not_an_event_of_ours_is_rejected_with_the_first_reason() {
        #[track_caller]
        fn check(change: impl FnOnce(&mut Record), reason: &str) {
            let mut record = encode(message(), None);
            change(&mut record);
            assert_eq!(decode(&delivered(record)), Err(Failure::Reject(reason.into())));
        }
        fn set(record: &mut Record, name: &str, value: &'static [u8]) {
            record.headers.retain(|(header, _)| header != name);
            record.headers.push((name.into(), Bytes::from_static(value)));
        }

        check(|it| it.headers.clear(), "header `ce_specversion` is missing");
        check(|it| set(it, "ce_specversion", b"2.0"), "`ce_specversion` is not `1.0`");
        check(
            |it| set(it, "content-type", b"application/json"),
            "`content-type` is not `application/protobuf`",
        );
        check(|it| it.payload = None, "payload is missing");
        check(|it| it.payload = Some(vec![0; 1 << 20].into()), "payload is too long");
        check(|it| set(it, "ce_id", b"7"), "header `ce_id` cannot be read");
        check(|it| set(it, "ce_tenant", b"*"), "header `ce_tenant` cannot be read");
        check(|it| set(it, "ce_version", b"-1"), "header `ce_version` cannot be read");
        check(|it| set(it, "ce_time", b"yesterday"), "header `ce_time` cannot be read");
        check(|it| set(it, "ce_type", b"\xff"), "header `ce_type` is not UTF-8");
        check(|it| set(it, "ce_subject", b""), "header `ce_subject` has a bad length");
        check(|it| set(it, "ce_subject", &[b'x'; 513]), "header `ce_subject` has a bad length");
    }
}
