//! Deliveries and how they are settled by hand.

use chassis::malformed::Malformed;
use proto::social::v1 as pb;

use super::{optional, timestamp};
use crate::{
    domain::{Delivery, DeliveryState, Resolution},
    error::{Error, Result},
};

/// A delivery as callers see it.
pub(crate) fn delivery(delivery: &Delivery) -> pb::Delivery {
    let state = match delivery.state {
        DeliveryState::Pending => pb::delivery::State::Pending,
        DeliveryState::Sending => pb::delivery::State::Sending,
        DeliveryState::Sent => pb::delivery::State::Sent,
        DeliveryState::Failed => pb::delivery::State::Failed,
        DeliveryState::Unknown => pb::delivery::State::Unknown,
    };
    pb::Delivery {
        name: delivery.id.to_string(),
        message: delivery.message.to_string(),
        source: delivery.source.to_string(),
        thread: delivery.thread.to_string(),
        state: state.into(),
        attempts: delivery.attempts,
        failure_reason: delivery.failure_reason.clone().unwrap_or_default(),
        provider_code: i32::try_from(delivery.provider_code).unwrap_or_default(),
        next_attempt_time: optional(delivery.next_attempt_time),
        create_time: Some(timestamp(delivery.create_time)),
        update_time: Some(timestamp(delivery.update_time)),
    }
}

/// Reads how an agent settles a delivery.
pub(crate) fn resolution(state: i32) -> Result<Resolution> {
    match pb::delivery::State::try_from(state) {
        Ok(pb::delivery::State::Sent) => Ok(Resolution::Sent),
        Ok(pb::delivery::State::Failed) => Ok(Resolution::Failed),
        Ok(
            pb::delivery::State::Unspecified
            | pb::delivery::State::Pending
            | pb::delivery::State::Sending
            | pb::delivery::State::Unknown,
        )
        | Err(_) => Err(Error::InvalidField {
            field: "state",
            problem: Malformed("must be STATE_SENT or STATE_FAILED"),
        }),
    }
}
