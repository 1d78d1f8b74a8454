//! Error → gRPC status: the one place of this service that knows codes.

use chassis::status;
use tonic::{Code, Status};

use crate::{convert, error::Error};

/// Groups the reasons below. Clients match on (domain, reason), never on the message.
const DOMAIN: &str = "sales.kith";

const ORDER: &str = "kith.sales.v1.Order";
const PRODUCT: &str = "kith.sales.v1.Product";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let with = |code, reason| status::with(code, DOMAIN, reason, &message);
        let builder = match error {
            Error::InvalidField { field, problem } => {
                status::invalid_field(DOMAIN, &field, problem)
            }
            Error::ProductNotFound(id) => {
                status::not_found(DOMAIN, "PRODUCT_NOT_FOUND", PRODUCT, id)
            }
            Error::OrderNotFound(id) => status::not_found(DOMAIN, "ORDER_NOT_FOUND", ORDER, id),
            Error::NoOrderOf(contact) => {
                with(Code::NotFound, "ORDER_NOT_FOUND").metadata("contact", contact)
            }
            Error::SkuTaken => {
                with(Code::AlreadyExists, "SKU_TAKEN").violation("product.sku", "is taken")
            }
            Error::OrderNumberTaken => with(Code::AlreadyExists, "ORDER_NUMBER_TAKEN")
                .violation("order.number", "is taken"),
            Error::ProductChanged(id) => {
                with(Code::Aborted, "PRODUCT_CHANGED").metadata("name", id).resource(PRODUCT, id)
            }
            Error::OrderChanged(id) => {
                with(Code::Aborted, "ORDER_CHANGED").metadata("name", id).resource(ORDER, id)
            }
            Error::OrderMoveIllegal { order, from, to } => {
                with(Code::FailedPrecondition, "ORDER_MOVE_ILLEGAL")
                    .metadata("name", order)
                    .metadata("from", convert::state_to_pb(from).as_str_name())
                    .metadata("to", convert::state_to_pb(to).as_str_name())
                    .resource(ORDER, order)
            }
            Error::OrderLinked(id) => with(Code::FailedPrecondition, "ORDER_LINKED")
                .metadata("name", id)
                .resource(ORDER, id),
            Error::AmountDiffers(id) => with(Code::InvalidArgument, "AMOUNT_DIFFERS")
                .metadata("name", id)
                .violation("amount", "must be the total of the order")
                .resource(ORDER, id),
            Error::UnknownPath(error) => return error.into(),
            Error::BadPage(error) => return error.into(),
            Error::BadFilter(error) => return error.into(),
            Error::Command(error) => return error.into(),
            Error::Db(failure) => return failure.into(),
        };
        builder.build()
    }
}
