//! Error → gRPC status: the one place of this service that knows codes.

use chassis::status;
use tonic::{Code, Status};

use crate::error::Error;

/// Groups the reasons below. Clients match on (domain, reason), never on the message.
const DOMAIN: &str = "social.kith";

const SOURCE: &str = "kith.social.v1.Source";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let with = |code, reason| status::with(code, DOMAIN, reason, &message);
        let of_source =
            |code, reason, id| with(code, reason).metadata("name", id).resource(SOURCE, id);
        let builder = match error {
            Error::InvalidField { field, problem } => status::invalid_field(DOMAIN, field, problem),
            Error::SourceNotFound(id) => status::not_found(DOMAIN, "SOURCE_NOT_FOUND", SOURCE, id),
            Error::EnvelopeNotFound(name) => {
                status::not_found(DOMAIN, "ENVELOPE_NOT_FOUND", "kith.social.v1.Envelope", name)
            }
            Error::InboundMessageNotFound(id) => status::not_found(
                DOMAIN,
                "INBOUND_MESSAGE_NOT_FOUND",
                "kith.social.v1.InboundMessage",
                id,
            ),
            Error::DeliveryNotFound(id) => {
                status::not_found(DOMAIN, "DELIVERY_NOT_FOUND", "kith.social.v1.Delivery", id)
            }
            Error::AccountConnected => with(Code::AlreadyExists, "ACCOUNT_CONNECTED"),
            Error::AccountDiffers(id) => of_source(Code::FailedPrecondition, "ACCOUNT_DIFFERS", id),
            Error::SourceDisconnected(id) => {
                of_source(Code::FailedPrecondition, "SOURCE_DISCONNECTED", id)
            }
            Error::SourceChanged(id) => of_source(Code::Aborted, "SOURCE_CHANGED", id),
            Error::DeliverySettled(id) => with(Code::FailedPrecondition, "DELIVERY_SETTLED")
                .metadata("name", id)
                .resource("kith.social.v1.Delivery", id),
            Error::CredentialsSealed(id) => {
                tracing::error!(source.id = %id, "cannot open credentials, is the key the right one?");
                with(Code::Internal, "INTERNAL")
            }
            Error::Mask(error) => return error.into(),
            Error::Page(error) => return error.into(),
            Error::Filter(error) => return error.into(),
            Error::Command(error) => return error.into(),
            Error::Db(failure) => return failure.into(),
        };
        builder.build()
    }
}
