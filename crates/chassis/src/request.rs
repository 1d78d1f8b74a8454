//! The first line of every gRPC method: who calls, and whether what is required is there.

use tonic::{Code, Request, Status};

use crate::{authn, authn::Caller, status};

/// Takes a request apart into its caller and its message.
///
/// `missing` names the first required field that is unset. Fails with `UNAUTHENTICATED` without a caller, and with
/// `INVALID_ARGUMENT` / `FIELD_REQUIRED` naming the field.
pub fn open<T>(
    request: Request<T>,
    missing: fn(&T) -> Option<&'static str>,
) -> Result<(Caller, T), Status> {
    let caller = authn::caller(&request)?;
    let message = request.into_inner();
    match missing(&message) {
        None => Ok((caller, message)),
        Some(field) => Err(status::with(
            Code::InvalidArgument,
            status::DOMAIN,
            "FIELD_REQUIRED",
            format_args!("`{field}` is required"),
        )
        .metadata("field", field)
        .violation(field, "is required")
        .build()),
    }
}
