//! The trait of every message in a `*_events.proto`.

/// A domain event of the contract: a fact in the past tense, without personal data.
pub trait Event: prost::Message + Default {
    /// The proto full name, `kith.customer.v1.ContactCreated`: the CloudEvents type.
    const TYPE: &'static str;
    /// The proto package, `kith.customer.v1`: the topic.
    const TOPIC: &'static str;
}
