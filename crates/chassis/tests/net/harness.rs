//! A server on free ports whose one method does what the test says: gRPC health, standing in for any service.

use std::{
    pin::Pin,
    sync::{Arc, LazyLock},
    time::Duration,
};

use chassis::{
    authn::{AuthnArgs, FixedToken, LocalIssuer, Role, TokenSource, Verifier},
    authz::Policy,
    client::{Client, ClientArgs},
    server::{self, Listeners, ServerArgs, ServerOptions},
    telemetry::{self, SpanStore, TelemetryArgs},
};
use futures::stream::{self, BoxStream};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Request, Response, Status, service::Routes, transport::Channel};
use tonic_health::pb::{
    FILE_DESCRIPTOR_SET, HealthCheckRequest, HealthCheckResponse,
    health_client::HealthClient,
    health_server::{Health, HealthServer},
};
use uuid::Uuid;

/// The tenant of tokens in these tests.
pub(crate) const TENANT: &str = "0199a0b0-0000-7000-8000-000000000001";

/// The path of the method under test.
pub(crate) const CHECK: &str = "/grpc.health.v1.Health/Check";

pub(crate) type Answering = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;

type Behaviour = Arc<dyn Fn(Request<HealthCheckRequest>) -> Answering + Send + Sync>;

/// The service under test.
#[derive(Clone)]
pub(crate) struct Probe {
    behaviour: Behaviour,
}

impl Probe {
    pub(crate) fn new<F, A>(behaviour: F) -> Self
    where
        F: Fn(Request<HealthCheckRequest>) -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), Status>> + Send + 'static,
    {
        Self { behaviour: Arc::new(move |request| Box::pin(behaviour(request))) }
    }

    pub(crate) fn willing() -> Self {
        Self::new(|_| async { Ok(()) })
    }
}

#[tonic::async_trait]
impl Health for Probe {
    type WatchStream = BoxStream<'static, Result<HealthCheckResponse, Status>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        (self.behaviour)(request).await?;
        Ok(Response::new(HealthCheckResponse { status: 1 }))
    }

    async fn watch(
        &self,
        _: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        Ok(Response::new(Box::pin(stream::pending())))
    }
}

/// An issuer with its key in a directory of its own.
pub(crate) struct TestIssuer {
    pub(crate) issuer: Arc<LocalIssuer>,
    pub(crate) directory: TempDir,
}

impl TestIssuer {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let issuer = LocalIssuer::load_or_create(directory.path().join("issuer.pem")).unwrap();
        Self { issuer: Arc::new(issuer), directory }
    }

    pub(crate) fn args(&self) -> AuthnArgs {
        AuthnArgs::for_local(&self.issuer)
    }

    pub(crate) fn token(&self, role: Role) -> String {
        self.issuer.token(TENANT, role, Duration::from_secs(60))
    }

    pub(crate) fn key_path(&self) -> std::path::PathBuf {
        self.directory.path().join("issuer.pem")
    }
}

/// One issuer for every test that does not care.
pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::new);

/// A running server.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) health_url: String,
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<anyhow::Result<()>>,
    _stop_on_drop: DropGuard,
}

impl Served {
    pub(crate) async fn start(probe: Probe) -> Self {
        Self::with(probe, ServerArgs::default()).await
    }

    pub(crate) async fn with(probe: Probe, args: ServerArgs) -> Self {
        let policy =
            Policy::new([(CHECK, "probes.read"), ("/grpc.health.v1.Health/Watch", "probes.read")]);
        Self::guarded(probe, args, policy, &ISSUER.args()).await
    }

    pub(crate) async fn guarded(
        probe: Probe,
        args: ServerArgs,
        policy: Policy,
        authn: &AuthnArgs,
    ) -> Self {
        let listeners = Listeners::on_free_ports().await.unwrap();
        Self::on(listeners, probe, args, policy, authn).await
    }

    pub(crate) async fn on(
        listeners: Listeners,
        probe: Probe,
        args: ServerArgs,
        policy: Policy,
        authn: &AuthnArgs,
    ) -> Self {
        Self::ready_when(None, listeners, probe, args, policy, authn).await
    }

    pub(crate) async fn ready_when(
        ready: Option<watch::Receiver<bool>>,
        listeners: Listeners,
        probe: Probe,
        args: ServerArgs,
        policy: Policy,
        authn: &AuthnArgs,
    ) -> Self {
        let url = listeners.grpc_url().unwrap();
        let health_url = listeners.health_url().unwrap();
        let options = ServerOptions {
            service: "probe",
            args,
            verifier: Arc::new(Verifier::new(authn).await.unwrap()),
            policy,
            descriptors: FILE_DESCRIPTOR_SET,
            service_names: &["grpc.health.v1.Health"],
            ready,
        };
        let routes = Routes::new(HealthServer::new(probe));
        let stop = CancellationToken::new();
        let running = tokio::spawn(server::run(listeners, routes, options, stop.clone()));
        Self { url, health_url, stop: stop.clone(), running, _stop_on_drop: stop.drop_guard() }
    }

    /// A client without anything of ours: what it sees is what the server sends.
    pub(crate) async fn plain(&self) -> HealthClient<Channel> {
        plain(&self.url).await
    }

    /// A client of the health port.
    pub(crate) async fn health(&self) -> HealthClient<Channel> {
        plain(&self.health_url).await
    }

    /// A client of ours, as an agent.
    pub(crate) fn client(&self) -> HealthClient<Client> {
        self.client_with(&ClientArgs::default())
    }

    pub(crate) fn client_with(&self, args: &ClientArgs) -> HealthClient<Client> {
        client(&self.url, args)
    }
}

async fn plain(url: &str) -> HealthClient<Channel> {
    HealthClient::new(Channel::from_shared(url.to_owned()).unwrap().connect().await.unwrap())
}

pub(crate) fn client(url: &str, args: &ClientArgs) -> HealthClient<Client> {
    let token = FixedToken::new(ISSUER.token(Role::Agent));
    HealthClient::new(Client::new(url, Arc::new(token) as Arc<dyn TokenSource>, args).unwrap())
}

pub(crate) fn request() -> Request<HealthCheckRequest> {
    Request::new(HealthCheckRequest::default())
}

/// A request as an agent, for clients that add no token.
pub(crate) fn signed() -> Request<HealthCheckRequest> {
    bearing(&ISSUER.token(Role::Agent))
}

pub(crate) fn bearing(token: &str) -> Request<HealthCheckRequest> {
    let mut request = request();
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// Spans of this process, kept from the first call on.
pub(crate) fn spans() -> SpanStore {
    static SPANS: LazyLock<SpanStore> = LazyLock::new(|| {
        let store = SpanStore::default();
        let args = TelemetryArgs { log_filter: "off".to_owned(), ..TelemetryArgs::default() };
        telemetry::init_with("tests", &args, Some(store.clone())).unwrap();
        store
    });
    SPANS.clone()
}

/// Waits until `check` gives a value; what never happens fails the test.
pub(crate) async fn eventually<T>(mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let patience = Duration::from_secs(20);
    let waiting = async {
        loop {
            match check().await {
                Some(value) => return value,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    tokio::time::timeout(patience, waiting).await.expect("it happens in time")
}

pub(crate) fn tenant() -> Uuid {
    TENANT.parse().unwrap()
}
