//! Records and errors of the Kafka client ⇄ ours.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use rdkafka::{
    Message,
    error::{KafkaError, RDKafkaErrorCode},
    message::{Header, Headers, OwnedHeaders},
    producer::FutureRecord,
};

use super::settings::KafkaSettings;
use crate::log::{Delivered, LogError, Partition, Record};

/// A record as the producer takes it. A keyless record goes to any partition.
pub(super) fn outgoing<'a>(topic: &'a str, record: &'a Record) -> FutureRecord<'a, [u8], [u8]> {
    let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
    for (name, value) in &record.headers {
        headers = headers.insert(Header { key: name, value: Some(value.as_ref()) });
    }
    let mut outgoing = FutureRecord::to(topic).headers(headers);
    outgoing.key = record.key.as_deref();
    outgoing.payload = record.payload.as_deref();
    outgoing
}

/// A record as it was read.
pub(super) fn delivered(settings: &KafkaSettings, message: &impl Message) -> Delivered {
    let mut headers = Vec::new();
    if let Some(list) = message.headers() {
        for header in list.iter() {
            let value = header.value.map(Bytes::copy_from_slice).unwrap_or_default();
            headers.push((header.key.to_owned(), value));
        }
    }
    let topic = settings.inside(message.topic());
    Delivered {
        partition: Partition::new(topic, message.partition()),
        offset: message.offset(),
        time: time(message.timestamp().to_millis()),
        record: Record {
            topic: topic.to_owned(),
            key: message.key().map(Bytes::copy_from_slice),
            headers,
            payload: message.payload().map(Bytes::copy_from_slice),
        },
    }
}

fn time(millis: Option<i64>) -> DateTime<Utc> {
    millis.and_then(DateTime::from_timestamp_millis).unwrap_or_default()
}

/// What the caller can do about an error of the client. Its texts name no payload.
pub(super) fn error(error: &KafkaError) -> LogError {
    let refused = match error {
        KafkaError::ClientConfig(..) | KafkaError::ClientCreation(_) | KafkaError::Nul(_) => true,
        error => error.rdkafka_error_code().is_some_and(is_refusal),
    };
    if refused {
        LogError::Refused(error.to_string())
    } else {
        LogError::Unavailable(error.to_string())
    }
}

/// Why a topic was not created.
pub(super) fn topic_error(name: &str, code: RDKafkaErrorCode) -> LogError {
    let reason = format!("create topic `{name}`: {code}");
    if is_refusal(code) { LogError::Refused(reason) } else { LogError::Unavailable(reason) }
}

fn is_refusal(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidTopic
            | RDKafkaErrorCode::InvalidReplicationFactor
            | RDKafkaErrorCode::InvalidPartitions
            | RDKafkaErrorCode::InvalidConfig
            | RDKafkaErrorCode::PolicyViolation
            | RDKafkaErrorCode::InvalidRecord
    )
}
