//! A plain HTTP client for this machine: the demo's customers, `kith trace`, the end-to-end tests.

use std::time::Duration;

use anyhow::Context;

/// Longest that one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Makes a client that takes no proxy and waits ten seconds at most.
pub fn client() -> anyhow::Result<reqwest::Client> {
    install_cryptography();
    reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().context("build HTTP client")
}

/// Chooses the cryptography of the process, which must be done once before any TLS can be spoken.
pub(crate) fn install_cryptography() {
    // Fails if it was done before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
