//! A caller with a token, for the generated clients.

use std::{net::SocketAddr, sync::Arc};

use chassis::{
    authn::FixedToken,
    client::{Client, ClientArgs},
};

/// Returns what a generated client sends through: to `address`, with `token`, as a service would.
pub fn client(address: SocketAddr, token: impl Into<String>) -> Client {
    let token = Arc::new(FixedToken::new(token));
    Client::new(&format!("http://{address}"), token, &ClientArgs::default())
        .expect("an address and a port make a URI")
}
