//! Requests that are too large, on a service that sets no limit of its own.

use chassis::server::ServerArgs;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_types::StatusExt;

use crate::harness::{Probe, Served, signed};

fn of_size(bytes: usize) -> Request<HealthCheckRequest> {
    let mut request = signed();
    request.get_mut().service = "x".repeat(bytes);
    request
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_the_connection_goes_on() {
    let args = ServerArgs { max_request_bytes: 100_000, ..ServerArgs::default() };
    let served = Served::with(Probe::willing(), args).await;
    let mut client = served.plain().await;

    for bytes in [100_001, 3_000_000, 40_000_000] {
        let status = client.check(of_size(bytes)).await.unwrap_err();

        assert_eq!(status.code(), Code::ResourceExhausted, "{bytes}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "MESSAGE_TOO_LARGE");
        assert_eq!(info.metadata["limit_bytes"], "100000");
    }
    client.check(of_size(90_000)).await.unwrap();
}
