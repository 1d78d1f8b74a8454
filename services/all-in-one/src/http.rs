//! A plain HTTP client for this machine: the demo's customers, `kith trace`, the end-to-end tests.

use std::time::Duration;

use anyhow::Context;

/// Longest that one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Makes a client that takes no proxy and waits ten seconds at most.
///
/// Each request has a connection of its own, as a provider's have: one that the other side is just closing, because it
/// refused what came before, is never used again.
pub fn client() -> anyhow::Result<reqwest::Client> {
    install_cryptography();
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).pool_max_idle_per_host(0);
    client.build().context("build HTTP client")
}

/// Chooses the cryptography of the process, which must be done once before any TLS can be spoken.
pub(crate) fn install_cryptography() {
    // Fails if it was done before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
