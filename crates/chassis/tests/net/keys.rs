//! An issuer's keys over HTTP: read again when they rotate, not more often than allowed, kept through an outage.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, http::StatusCode, routing::get};
use chassis::authn::{AuthnArgs, IssuerSetting, LocalIssuer, Role, Verifier};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{TENANT, TestIssuer};

/// Serves a key set that the test changes, and counts how often it is read.
#[derive(Clone)]
struct KeyServer {
    set: Arc<Mutex<Option<Value>>>,
    reads: Arc<AtomicUsize>,
}

impl KeyServer {
    async fn start(set: Value) -> (Self, String) {
        let server =
            Self { set: Arc::new(Mutex::new(Some(set))), reads: Arc::new(AtomicUsize::new(0)) };
        let shared = server.clone();
        let answer = move || {
            shared.reads.fetch_add(1, Ordering::SeqCst);
            let set = shared.set.lock().unwrap().clone();
            async move { set.map(Json).ok_or(StatusCode::SERVICE_UNAVAILABLE) }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let routes = Router::new().route("/jwks", get(answer));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (server, url)
    }

    fn publish(&self, set: Option<Value>) {
        *self.set.lock().unwrap() = set;
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

fn args(url: &str, min_interval: Duration) -> AuthnArgs {
    let setting = format!("{}|EdDSA|{url}|{}", LocalIssuer::ISSUER, LocalIssuer::AUDIENCE);
    AuthnArgs {
        oidc_issuers: vec![setting.parse::<IssuerSetting>().unwrap()],
        jwks_min_interval: min_interval,
        ..AuthnArgs::default()
    }
}

async fn reason(verifier: &Verifier, token: &str) -> String {
    let status = verifier.verify(token, None).await.unwrap_err();
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn a_new_key_is_found_when_a_token_names_it() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let (server, url) = KeyServer::start(old.issuer.jwks()).await;
    let verifier = Verifier::new(&args(&url, Duration::ZERO)).await.unwrap();
    verifier.verify(&old.token(Role::Agent), None).await.unwrap();
    assert_eq!(server.reads(), 1);

    server.publish(Some(new.issuer.jwks()));

    verifier.verify(&new.token(Role::Agent), None).await.unwrap();
    assert_eq!(server.reads(), 2);
}

#[tokio::test]
async fn unknown_keys_do_not_make_the_issuer_be_asked_again_and_again() {
    let (known, stranger) = (TestIssuer::new(), TestIssuer::new());
    let (server, url) = KeyServer::start(known.issuer.jwks()).await;
    let verifier = Verifier::new(&args(&url, Duration::from_secs(3600))).await.unwrap();

    for attempt in 0..20 {
        let ttl = Duration::from_secs(60 + attempt);
        let token = stranger.issuer.token(TENANT, Role::Agent, ttl);
        assert_eq!(reason(&verifier, &token).await, "KEY_UNKNOWN");
    }

    assert_eq!(server.reads(), 1);
}

#[tokio::test]
async fn known_keys_outlive_an_outage_of_their_issuer() {
    let (known, stranger) = (TestIssuer::new(), TestIssuer::new());
    let (server, url) = KeyServer::start(known.issuer.jwks()).await;
    let verifier = Verifier::new(&args(&url, Duration::ZERO)).await.unwrap();

    server.publish(None);

    assert_eq!(reason(&verifier, &stranger.token(Role::Agent)).await, "KEY_UNKNOWN");
    assert_eq!(server.reads(), 2);
    verifier.verify(&known.token(Role::Agent), None).await.unwrap();
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_unavailable_and_not_a_wrong_token() {
    let issuer = TestIssuer::new();
    let (server, url) = KeyServer::start(json!(null)).await;
    server.publish(None);
    let verifier = Verifier::new(&args(&url, Duration::ZERO)).await.unwrap();

    let status = verifier.verify(&issuer.token(Role::Agent), None).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "KEYS_UNAVAILABLE");

    server.publish(Some(issuer.issuer.jwks()));
    verifier.verify(&issuer.token(Role::Agent), None).await.unwrap();
}

#[tokio::test]
async fn an_issuer_configured_twice_is_an_error_at_the_start() {
    let issuer = TestIssuer::new();
    let mut args = issuer.args();
    args.oidc_issuers.push(issuer.issuer.setting());

    assert!(Verifier::new(&args).await.is_err());
}
