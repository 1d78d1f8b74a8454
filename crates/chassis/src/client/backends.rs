//! The addresses behind a name, looked up again and again, and taken in turn; one that fails rests a while.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::Uri;
use tokio::{
    net::lookup_host,
    sync::{Notify, watch},
    time::{Instant, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::{Channel, Endpoint};

use super::ClientArgs;
use crate::refusal::Refusal;

/// How long an address that could not be reached is passed over.
const REST: Duration = Duration::from_secs(1);

/// Least time between two lookups.
const LOOKUP_PAUSE: Duration = Duration::from_secs(1);

/// Longest time a lookup may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// Most addresses of one name that are used.
const MAX_BACKENDS: usize = 256;

/// How long a peer that has not answered a ping is waited for.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// The address of a service is not `http://host:port`.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` must look like `http://host:port`")]
pub struct BadUrl(String);

/// Everything known about where a service is.
pub(super) struct Backends {
    pub(super) host: String,
    pub(super) port: u16,
    /// Both, as errors name them.
    pub(super) target: Arc<str>,
    known: watch::Receiver<Known>,
    wanted: Arc<Notify>,
    turn: AtomicUsize,
    _lookup: AbortOnDropHandle<()>,
}

#[derive(Clone, Debug)]
enum Known {
    NotYet,
    Failed,
    At(Arc<[Backend]>),
}

/// One address of a service and the connection to it, opened when it is first used.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    address: SocketAddr,
    pub(super) channel: Channel,
    rests_until: Arc<AtomicU64>,
    born: Instant,
}

impl Backends {
    /// Starts to look for the service at `url`.
    pub(super) fn find(url: &str, args: &ClientArgs) -> Result<Self, BadUrl> {
        let bad = || BadUrl(url.to_owned());
        let origin: Uri = url.trim_end_matches('/').parse().map_err(|_| bad())?;
        if origin.scheme_str() != Some("http") || !matches!(origin.path(), "" | "/") {
            return Err(bad());
        }
        let host = origin.host().ok_or_else(bad)?.trim_matches(['[', ']']).to_owned();
        let port = origin.port_u16().unwrap_or(80);

        let (sender, known) = watch::channel(Known::NotYet);
        let wanted = Arc::new(Notify::new());
        let lookup = Lookup {
            host: host.clone(),
            port,
            origin,
            args: args.clone(),
            wanted: wanted.clone(),
            known: sender,
        };
        let task = AbortOnDropHandle::new(tokio::spawn(lookup.run()));
        let target = format!("{host}:{port}").into();
        Ok(Self { host, port, target, known, wanted, turn: AtomicUsize::new(0), _lookup: task })
    }

    /// Returns the address whose turn it is, once the name has been looked up.
    pub(super) async fn next(&self) -> Result<Backend, Refusal> {
        let mut known = self.known.clone();
        let settled = known.wait_for(|it| !matches!(it, Known::NotYet)).await;
        let backends = match settled.as_deref() {
            Ok(Known::At(backends)) => backends.clone(),
            Ok(Known::NotYet | Known::Failed) | Err(_) => return Err(self.unreachable()),
        };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let in_turn =
            || (0..backends.len()).map(|it| &backends[(turn.wrapping_add(it)) % backends.len()]);
        let chosen = in_turn().find(|it| !it.rests()).or_else(|| in_turn().next());
        chosen.cloned().ok_or_else(|| self.unreachable())
    }

    /// Notes that `backend` could not be reached: others are tried first, and the name is looked up again.
    pub(super) fn failed(&self, backend: &Backend) {
        backend.rest();
        self.wanted.notify_one();
    }

    pub(super) fn unreachable(&self) -> Refusal {
        Refusal::Unreachable { target: self.target.to_string() }
    }
}

impl Backend {
    fn new(address: SocketAddr, origin: &Uri, args: &ClientArgs) -> Option<Self> {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).ok()?;
        let channel = endpoint
            .origin(origin.clone())
            .connect_timeout(args.client_connect_timeout)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(args.client_keepalive_interval)
            .keep_alive_timeout(KEEPALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .connect_lazy();
        let rests_until = Arc::new(AtomicU64::new(0));
        Some(Self { address, channel, rests_until, born: Instant::now() })
    }

    fn rests(&self) -> bool {
        self.age_ms() < self.rests_until.load(Ordering::Relaxed)
    }

    fn rest(&self) {
        self.rests_until.store(self.age_ms() + REST.as_millis() as u64, Ordering::Relaxed);
    }

    /// Notes that the address answers.
    pub(super) fn answered(&self) {
        self.rests_until.store(0, Ordering::Relaxed);
    }

    fn age_ms(&self) -> u64 {
        self.born.elapsed().as_millis() as u64
    }
}

/// Keeps the addresses of a name up to date for as long as the client lives.
struct Lookup {
    host: String,
    port: u16,
    origin: Uri,
    args: ClientArgs,
    wanted: Arc<Notify>,
    known: watch::Sender<Known>,
}

impl Lookup {
    async fn run(self) {
        let mut backends: Arc<[Backend]> = Arc::new([]);
        loop {
            match timeout(LOOKUP_TIMEOUT, lookup_host((self.host.as_str(), self.port))).await {
                Ok(Ok(found)) => {
                    backends = self.renewed(&backends, found.collect());
                }
                // The addresses known before stay in use: a name server may fail while services do not.
                Ok(Err(_)) | Err(_) => {
                    tracing::debug!(host = self.host, "cannot look up a service")
                }
            }
            let is_found = !backends.is_empty();
            self.known.send_replace(match is_found {
                true => Known::At(backends.clone()),
                false => Known::Failed,
            });
            tokio::time::sleep(LOOKUP_PAUSE).await;
            if is_found {
                let _ = timeout(self.args.client_dns_interval, self.wanted.notified()).await;
            }
        }
    }

    /// An address that stays keeps its connection.
    fn renewed(&self, backends: &[Backend], mut found: Vec<SocketAddr>) -> Arc<[Backend]> {
        if found.is_empty() {
            return backends.into();
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(MAX_BACKENDS);
        let renewed = found.into_iter().filter_map(|address| {
            match backends.iter().find(|it| it.address == address) {
                Some(known) => Some(known.clone()),
                None => Backend::new(address, &self.origin, &self.args),
            }
        });
        renewed.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup() -> Lookup {
        Lookup {
            host: "customer".to_owned(),
            port: 1,
            origin: Uri::from_static("http://customer:1"),
            args: ClientArgs::default(),
            wanted: Arc::new(Notify::new()),
            known: watch::channel(Known::NotYet).0,
        }
    }

    fn addresses(ports: impl IntoIterator<Item = u16>) -> Vec<SocketAddr> {
        ports.into_iter().map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect()
    }

    /// Backends that have been found, without a lookup of their own.
    fn found(ports: impl IntoIterator<Item = u16>) -> Backends {
        let mut backends = Backends::find("http://127.0.0.1:1", &ClientArgs::default()).unwrap();
        let at = Known::At(lookup().renewed(&[], addresses(ports)));
        backends.known = watch::channel(at).1;
        backends
    }

    async fn ports(backends: &Backends, turns: usize) -> Vec<u16> {
        let mut ports = Vec::new();
        for _ in 0..turns {
            ports.push(backends.next().await.unwrap().address.port());
        }
        ports
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_are_taken_in_turn_and_one_that_failed_rests() {
        let backends = found([1, 2, 3]);
        assert_eq!(ports(&backends, 4).await, [1, 2, 3, 1]);

        let second = backends.next().await.unwrap();
        backends.failed(&second);

        assert_eq!(ports(&backends, 4).await, [3, 1, 3, 3]);
        tokio::time::advance(REST).await;
        assert_eq!(ports(&backends, 3).await, [1, 2, 3]);
    }

    #[tokio::test]
    async fn when_all_rest_they_are_tried_all_the_same() {
        let backends = found([1, 2]);
        for _ in 0..2 {
            let next = backends.next().await.unwrap();
            backends.failed(&next);
        }

        assert_eq!(ports(&backends, 2).await, [1, 2]);
    }

    #[tokio::test]
    async fn an_address_that_stays_keeps_its_connection() {
        let before = lookup().renewed(&[], addresses([1, 2]));

        let after = lookup().renewed(&before, addresses([3, 2, 2]));

        let kept =
            |it: &Backend| before.iter().any(|old| Arc::ptr_eq(&old.rests_until, &it.rests_until));
        assert_eq!(after.iter().map(kept).collect::<Vec<_>>(), [true, false]);
        assert_eq!(
            lookup().renewed(&after, Vec::new()).len(),
            2,
            "an empty answer changes nothing"
        );
    }
}
