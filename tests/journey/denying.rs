//! Calls that a running platform turns down: who may not call at all, and what may not be asked for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use all_in_one::{Clients, DataDir};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chassis::authn::{LocalIssuer, Role};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use prost_types::FieldMask;
use proto::{
    analytics::v1::ListProjectionsRequest,
    customer::v1::{Contact, CreateContactRequest, ListContactsRequest, UpdateContactRequest},
    messaging::v1::{
        Inbox, ListConversationsRequest, ListInboxesRequest, ListMessagesRequest,
        SendMessageRequest, UpdateInboxRequest,
    },
    sales::v1::{
        CreateProductRequest, ListOrdersRequest, ListProductsRequest, Money, Product,
        UpdateProductRequest,
    },
    social::v1::{ListSourcesRequest, Source, UpdateSourceRequest},
};
use serde_json::{Value, json};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

use crate::world::{World, request_id};

const ELSEWHERE: &str = "0199f3a0-0000-7000-8000-0000000000ff";

/// The code and the reason of a refusal.
fn told<T>(answer: Result<Response<T>, Status>) -> (Code, String) {
    let status = answer.err().expect("it is refused");
    let info = status.get_details_error_info().expect("a refusal has a reason");
    (status.code(), info.reason)
}

fn wrong(reason: &str) -> (Code, String) {
    (Code::InvalidArgument, reason.to_owned())
}

/// What each of the five services says to a bearer of this token who only wants to read.
async fn answers(world: &World, token: &str) -> Vec<(Code, String)> {
    let clients = Clients::new(&world.addresses, token).unwrap();
    let Clients { mut contacts, mut inboxes, mut sources, mut orders, mut projections, .. } =
        clients;
    vec![
        told(contacts.list_contacts(ListContactsRequest::default()).await),
        told(inboxes.list_inboxes(ListInboxesRequest::default()).await),
        told(sources.list_sources(ListSourcesRequest::default()).await),
        told(orders.list_orders(ListOrdersRequest::default()).await),
        told(projections.list_projections(ListProjectionsRequest::default()).await),
    ]
}

#[tokio::test]
async fn a_token_of_another_issuer_or_algorithm_or_time_identifies_nobody_at_any_service() {
    let world = World::start().await;
    let key = std::fs::read(DataDir::issuer_key(world.data_dir())).unwrap();
    let key = EncodingKey::from_ed_pem(&key).unwrap();
    let issuer = LocalIssuer::load_or_create(DataDir::issuer_key(world.data_dir())).unwrap();
    let public = &issuer.jwks()["keys"][0];
    let id = public["kid"].as_str().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({
        "iss": LocalIssuer::ISSUER, "aud": LocalIssuer::AUDIENCE, "sub": "mallory",
        "tenant": ELSEWHERE, "roles": ["admin"], "exp": now + 60,
    });
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let signed = |algorithm: Algorithm, claims: &Value, key: &EncodingKey| {
        let header = Header { kid: Some(id.to_owned()), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, claims, key).unwrap()
    };
    let unsigned = {
        let part = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
        format!("{}.{}.", part(&json!({ "alg": "none", "kid": id })), part(&claims))
    };
    let known_to_all = URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
    let known_to_all = EncodingKey::from_secret(&known_to_all);
    let folder = tempfile::tempdir().unwrap();
    let stranger = LocalIssuer::load_or_create(folder.path().join("issuer.key")).unwrap();
    let foreign_key = stranger.token(ELSEWHERE, Role::Admin, Duration::from_secs(60));

    let good = signed(Algorithm::EdDSA, &claims, &key);
    let contacts = Clients::new(&world.addresses, &good).unwrap().contacts;
    contacts.clone().list_contacts(ListContactsRequest::default()).await.unwrap();
    for (token, reason) in [
        (
            signed(Algorithm::EdDSA, &with("iss", json!("https://evil.example")), &key),
            "ISSUER_UNKNOWN",
        ),
        (foreign_key, "KEY_UNKNOWN"),
        (unsigned, "ALGORITHM_NOT_ALLOWED"),
        (signed(Algorithm::HS256, &claims, &known_to_all), "ALGORITHM_NOT_ALLOWED"),
        (signed(Algorithm::EdDSA, &with("exp", json!(now - 60)), &key), "TOKEN_EXPIRED"),
        (signed(Algorithm::EdDSA, &with("aud", json!("shop")), &key), "AUDIENCE_WRONG"),
    ] {
        for answer in answers(&world, &token).await {
            assert_eq!(answer, (Code::Unauthenticated, reason.to_owned()));
        }
    }
}

#[tokio::test]
async fn a_page_token_of_another_tenant_opens_nothing_and_stays_good_for_its_own() {
    let world = World::start().await;
    world.order("oFirst").await;
    world.order("oSecond").await;
    for _ in 0..2 {
        let contact = Some(Contact { display_name: "Ada".to_owned(), ..Contact::default() });
        let request = CreateContactRequest { contact, request_id: request_id() };
        world.clients.contacts.clone().create_contact(request).await.unwrap();
    }
    let issuer = LocalIssuer::load_or_create(DataDir::issuer_key(world.data_dir())).unwrap();
    let token = issuer.token(ELSEWHERE, Role::Admin, Duration::from_secs(60));
    let theirs = Clients::new(&world.addresses, &token).unwrap();

    let contacts = |page_token: String| ListContactsRequest {
        page_size: 1,
        page_token,
        ..ListContactsRequest::default()
    };
    let orders =
        |page_token: String| ListOrdersRequest { page_size: 1, page_token, ..Default::default() };
    let mut ours = world.clients.contacts.clone();
    let first = ours.list_contacts(contacts(String::new())).await.unwrap().into_inner();
    let asked = contacts(first.next_page_token.clone());
    let refused = theirs.contacts.clone().list_contacts(asked).await;
    assert_eq!(told(refused), wrong("PAGE_TOKEN_INVALID"));
    let second = ours.list_contacts(contacts(first.next_page_token)).await.unwrap().into_inner();
    assert_ne!(first.contacts, second.contacts);
    let mut ours = world.clients.orders.clone();
    let page = ours.list_orders(orders(String::new())).await.unwrap().into_inner();
    let refused = theirs.orders.clone().list_orders(orders(page.next_page_token.clone())).await;
    assert_eq!(told(refused), wrong("PAGE_TOKEN_INVALID"));

    // Nor does it open another list of its own tenant.
    let products =
        ListProductsRequest { page_token: page.next_page_token, ..ListProductsRequest::default() };
    let refused = world.clients.products.clone().list_products(products).await;
    assert_eq!(told(refused), wrong("PAGE_TOKEN_INVALID"));
}

#[tokio::test]
async fn an_unknown_field_in_a_mask_changes_nothing_in_any_service() {
    let world = World::start().await;
    world.write("oMasked", "你好").await;
    world.quiet(1).await;
    let mask = || Some(FieldMask { paths: vec!["display_name".to_owned(), "colour".to_owned()] });
    let clients = world.clients.clone();

    let contact = Contact {
        name: world.contact("oMasked").await,
        display_name: "Mallory".to_owned(),
        ..Contact::default()
    };
    let update = UpdateContactRequest {
        contact: Some(contact),
        update_mask: mask(),
        request_id: request_id(),
    };
    assert_eq!(
        told(clients.contacts.clone().update_contact(update).await),
        wrong("MASK_PATH_UNKNOWN")
    );
    let inboxes = clients.inboxes.clone().list_inboxes(ListInboxesRequest::default()).await;
    let before = inboxes.unwrap().into_inner().inboxes;
    let inbox = Inbox { display_name: "Mallory".to_owned(), ..before[0].clone() };
    let update =
        UpdateInboxRequest { inbox: Some(inbox), update_mask: mask(), request_id: request_id() };
    assert_eq!(
        told(clients.inboxes.clone().update_inbox(update).await),
        wrong("MASK_PATH_UNKNOWN")
    );
    let source = Source { display_name: "Mallory".to_owned(), ..world.source.clone() };
    let update =
        UpdateSourceRequest { source: Some(source), update_mask: mask(), request_id: request_id() };
    assert_eq!(
        told(clients.sources.clone().update_source(update).await),
        wrong("MASK_PATH_UNKNOWN")
    );
    let product = product(&world).await;
    let wanted = Product { display_name: "Mallory".to_owned(), ..product.clone() };
    let update = UpdateProductRequest {
        product: Some(wanted),
        update_mask: mask(),
        request_id: request_id(),
    };
    assert_eq!(
        told(clients.products.clone().update_product(update).await),
        wrong("MASK_PATH_UNKNOWN")
    );

    let inboxes = clients.inboxes.clone().list_inboxes(ListInboxesRequest::default()).await;
    assert_eq!(inboxes.unwrap().into_inner().inboxes, before);
    let sources = clients.sources.clone().list_sources(ListSourcesRequest::default()).await;
    assert_eq!(sources.unwrap().into_inner().sources, std::slice::from_ref(&world.source));
    let products = clients.products.clone().list_products(ListProductsRequest::default()).await;
    assert_eq!(products.unwrap().into_inner().products, [product]);
}

#[tokio::test]
async fn a_request_id_with_another_body_is_refused_and_the_first_answer_stays() {
    let world = World::start().await;
    world.write("oRepeated", "你们的客服态度太差了，我要投诉！").await;
    world.quiet(1).await;
    let conversation = world.conversations("oRepeated").await.remove(0).name;
    let (mut contacts, mut messages) =
        (world.clients.contacts.clone(), world.clients.messages.clone());
    let create = |name: &str, request_id: &str| CreateContactRequest {
        contact: Some(Contact { display_name: name.to_owned(), ..Contact::default() }),
        request_id: request_id.to_owned(),
    };
    let send = |text: &str, request_id: &str| SendMessageRequest {
        conversation: conversation.clone(),
        text: text.to_owned(),
        request_id: request_id.to_owned(),
    };

    let id = request_id();
    let first = contacts.create_contact(create("Ada", &id)).await.unwrap().into_inner();
    let other = contacts.create_contact(create("Grace", &id)).await;
    assert_eq!(told(other), wrong("REQUEST_ID_REUSED"));
    let again = contacts.create_contact(create("Ada", &id)).await.unwrap().into_inner();
    assert_eq!(again.name, first.name);
    let id = request_id();
    messages.send_message(send("非常抱歉。", &id)).await.unwrap();
    let other = messages.send_message(send("再说一次。", &id)).await;
    assert_eq!(told(other), wrong("REQUEST_ID_REUSED"));

    let said = world.messages("oRepeated", 2).await;
    assert_eq!(said[1].text, "非常抱歉。");
    assert_eq!(world.replies("oRepeated", 1).await.len(), 1);
    let list = ListConversationsRequest { page_token: "forged".to_owned(), ..Default::default() };
    let forged = world.clients.conversations.clone().list_conversations(list).await;
    assert_eq!(told(forged), wrong("PAGE_TOKEN_INVALID"));
    let list = ListMessagesRequest { conversation, page_size: -1, ..Default::default() };
    assert_eq!(told(messages.list_messages(list).await).0, Code::InvalidArgument);
}

async fn product(world: &World) -> Product {
    let product = Product {
        sku: "TEA-1".to_owned(),
        display_name: "西湖龙井".to_owned(),
        price: Some(Money { currency_code: "CNY".to_owned(), minor_units: 12_800 }),
        ..Product::default()
    };
    let request = CreateProductRequest { product: Some(product), request_id: request_id() };
    world.clients.products.clone().create_product(request).await.unwrap().into_inner()
}
