//! Error → gRPC status: the one place of this service that knows codes.

use chassis::status;
use tonic::{Code, Status};

use crate::error::Error;

/// Groups the reasons below. Clients match on (domain, reason), never on the message.
const DOMAIN: &str = "customer.kith";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let with = |code, reason| status::with(code, DOMAIN, reason, &message);
        let builder = match error {
            Error::InvalidFields(violations) => {
                let builder = with(Code::InvalidArgument, "INVALID_FIELD");
                violations
                    .iter()
                    .fold(builder, |builder, it| builder.violation(it.field, it.problem))
            }
            Error::ContactNotFound(id) => {
                status::not_found(DOMAIN, "CONTACT_NOT_FOUND", "kith.customer.v1.Contact", id)
            }
            Error::AccountNotFound(id) => {
                status::not_found(DOMAIN, "ACCOUNT_NOT_FOUND", "kith.customer.v1.Account", id)
            }
            Error::IdentityNotFound(Some(name)) => {
                status::not_found(DOMAIN, "IDENTITY_NOT_FOUND", "kith.customer.v1.Identity", name)
            }
            Error::IdentityNotFound(None) => with(Code::NotFound, "IDENTITY_NOT_FOUND"),
            Error::EmailTaken => with(Code::AlreadyExists, "EMAIL_TAKEN"),
            Error::DomainTaken => with(Code::AlreadyExists, "DOMAIN_TAKEN"),
            Error::IdentityTaken => with(Code::AlreadyExists, "IDENTITY_TAKEN"),
            Error::ContactChanged(id) => with(Code::Aborted, "CONTACT_CHANGED")
                .metadata("name", id)
                .resource("kith.customer.v1.Contact", id),
            Error::AccountChanged(id) => with(Code::Aborted, "ACCOUNT_CHANGED")
                .metadata("name", id)
                .resource("kith.customer.v1.Account", id),
            Error::ContactNotDeleted(id) => with(Code::FailedPrecondition, "CONTACT_NOT_DELETED")
                .metadata("name", id)
                .resource("kith.customer.v1.Contact", id),
            Error::UnknownPath(error) => return error.into(),
            Error::BadPage(error) => return error.into(),
            Error::BadFilter(error) => return error.into(),
            Error::Command(error) => return error.into(),
            Error::Db(failure) => return failure.into(),
        };
        builder.build()
    }
}
