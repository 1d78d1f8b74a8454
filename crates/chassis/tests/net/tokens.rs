//! Tokens that do not identify a caller: each is UNAUTHENTICATED with a reason of its own.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chassis::{
    authn::{LocalIssuer, Role, caller},
    client,
    tenant::TenantId,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{ISSUER, Probe, Served, TENANT, TestIssuer, bearing, request, tenant};

fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}

fn claims() -> Value {
    json!({
        "iss": LocalIssuer::ISSUER, "aud": LocalIssuer::AUDIENCE, "sub": "ada",
        "tenant": TENANT, "roles": ["agent"], "exp": now() + 60,
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[field] = value;
    claims
}

fn without(field: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(field);
    claims
}

fn key_id() -> String {
    ISSUER.issuer.jwks()["keys"][0]["kid"].as_str().unwrap().to_owned()
}

fn signed_by(issuer: &TestIssuer, key_id: &str, claims: &Value) -> String {
    let pem = std::fs::read(issuer.key_path()).unwrap();
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key_id.to_owned());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_pem(&pem).unwrap()).unwrap()
}

fn signed(claims: &Value) -> String {
    signed_by(&ISSUER, &key_id(), claims)
}

fn unsigned(header: Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", encode(&header), encode(claims))
}

fn keyed_by_the_public_key() -> String {
    let public = ISSUER.issuer.jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(key_id());
    let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).unwrap());
    jsonwebtoken::encode(&header, &claims(), &secret).unwrap()
}

#[tokio::test]
async fn a_token_that_identifies_nobody_is_refused_with_its_reason() {
    let served = Served::start(Probe::willing()).await;
    let mut client = served.plain().await;
    let stranger = TestIssuer::new();
    let tampered = {
        let good = signed(&claims());
        let (_, signature) = good.rsplit_once('.').unwrap();
        let other = signed(&with("tenant", json!("0199a0b0-0000-7000-8000-00000000beef")));
        let (content, _) = other.rsplit_once('.').unwrap();
        format!("{content}.{signature}")
    };

    let cases = [
        ("not a token", "nonsense".to_owned(), "TOKEN_MALFORMED"),
        ("three parts of nonsense", "a.b.c".to_owned(), "TOKEN_MALFORMED"),
        ("too long", "a".repeat(9_000), "TOKEN_MALFORMED"),
        ("no expiry", signed(&without("exp")), "TOKEN_MALFORMED"),
        ("no subject", signed(&without("sub")), "TOKEN_MALFORMED"),
        (
            "an extension that must be understood",
            unsigned(json!({ "alg": "EdDSA", "crit": ["b64"] }), &claims()),
            "TOKEN_MALFORMED",
        ),
        ("another issuer", signed(&with("iss", json!("https://evil.example"))), "ISSUER_UNKNOWN"),
        ("no algorithm", unsigned(json!({ "alg": "none" }), &claims()), "ALGORITHM_NOT_ALLOWED"),
        ("the public key as a secret", keyed_by_the_public_key(), "ALGORITHM_NOT_ALLOWED"),
        ("another key", signed_by(&stranger, "stranger", &claims()), "KEY_UNKNOWN"),
        ("no key", unsigned(json!({ "alg": "EdDSA" }), &claims()), "KEY_UNKNOWN"),
        (
            "another key under our name",
            signed_by(&stranger, &key_id(), &claims()),
            "SIGNATURE_INVALID",
        ),
        ("other claims under a good signature", tampered, "SIGNATURE_INVALID"),
        ("expired", signed(&with("exp", json!(now() - 60))), "TOKEN_EXPIRED"),
        ("not valid yet", signed(&with("nbf", json!(now() + 600))), "TOKEN_NOT_YET_VALID"),
        ("another audience", signed(&with("aud", json!("shop"))), "AUDIENCE_WRONG"),
        ("no audience", signed(&without("aud")), "AUDIENCE_WRONG"),
        ("no tenant", signed(&without("tenant")), "TENANT_MISSING"),
        ("a tenant that is none", signed(&with("tenant", json!("acme"))), "TENANT_INVALID"),
        ("every tenant, but no service", signed(&with("tenant", json!("*"))), "TENANT_INVALID"),
    ];
    for (what, token, reason) in cases {
        let status = client.check(bearing(&token)).await.unwrap_err();

        assert_eq!(status.code(), Code::Unauthenticated, "{what}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            (reason, "chassis.kith"),
            "{what}"
        );
        assert!(!status.message().contains("ada"), "{what}");
    }

    let status = client.check(request()).await.unwrap_err();
    assert_eq!(status.get_details_error_info().unwrap().reason, "TOKEN_MISSING");
}

#[tokio::test]
async fn a_good_token_tells_the_handler_who_calls() {
    let served = Served::start(Probe::new(|request| async move {
        let caller = caller(&request)?;
        assert_eq!(caller.tenant.as_uuid(), tenant());
        assert_eq!(caller.subject, "ada");
        assert_eq!(caller.roles, [Role::Agent]);
        assert!(!format!("{caller:?}").contains("ada"));
        Ok(())
    }))
    .await;
    let mut client = served.plain().await;

    // A role of another system, and one named twice, change nothing.
    let token = signed(&with("roles", json!(["agent", "baker", "agent"])));
    client.check(bearing(&token)).await.unwrap();
    // Remembered by now, and still good.
    client.check(bearing(&token)).await.unwrap();
}

#[tokio::test]
async fn a_service_names_the_tenant_it_acts_for() {
    let served = Served::start(Probe::new(|request| async move {
        assert_eq!(caller(&request)?.tenant.as_uuid(), tenant());
        Ok(())
    }))
    .await;
    let mut client = served.plain().await;
    let token = ISSUER.issuer.token("*", Role::Service, Duration::from_secs(60));
    let named = |name: &str| {
        let mut request = bearing(&token);
        request.metadata_mut().insert("kith-tenant", name.parse().unwrap());
        request
    };

    client.check(named(TENANT)).await.unwrap();

    for (request, reason) in [(bearing(&token), "TENANT_MISSING"), (named("x"), "TENANT_INVALID")] {
        let status = client.check(request).await.unwrap_err();
        assert_eq!(status.get_details_error_info().unwrap().reason, reason);
    }
}

#[tokio::test]
async fn metadata_does_not_move_a_caller_to_another_tenant() {
    let served = Served::start(Probe::new(|request| async move {
        assert_eq!(caller(&request)?.tenant.as_uuid(), tenant());
        Ok(())
    }))
    .await;
    let mut client = served.plain().await;

    let mut request = bearing(&signed(&claims()));
    let foreign = "0199a0b0-0000-7000-8000-00000000beef".parse().unwrap();
    request.metadata_mut().insert("kith-tenant", foreign);

    client.check(request).await.unwrap();
}

#[tokio::test]
async fn our_client_sends_its_own_token_with_the_tenant_it_is_told() {
    let served = Served::start(Probe::new(|request| async move {
        let caller = caller(&request)?;
        assert_eq!((caller.tenant.as_uuid(), caller.roles), (tenant(), vec![Role::Service]));
        Ok(())
    }))
    .await;
    let ours =
        client::Client::new(&served.url, ISSUER.issuer.clone(), &Default::default()).unwrap();
    let mut client = tonic_health::pb::health_client::HealthClient::new(ours);

    let message = request().into_inner();
    client.check(client::for_tenant(message, TenantId::new(tenant()))).await.unwrap();
}

#[tokio::test]
async fn our_client_passes_on_a_users_token_when_it_acts_for_the_user() {
    let inner = Served::start(Probe::new(|request| async move {
        assert_eq!(caller(&request)?.roles, [Role::Viewer]);
        Ok(())
    }))
    .await;
    let next = inner.client();
    let outer = Served::start(Probe::new(move |request| {
        let mut next = next.clone();
        async move {
            let message = request.get_ref().clone();
            next.check(client::on_behalf_of(message, &request)).await.map(|_| ())
        }
    }))
    .await;

    let token = ISSUER.token(Role::Viewer);
    outer.plain().await.check(bearing(&token)).await.unwrap();
}
