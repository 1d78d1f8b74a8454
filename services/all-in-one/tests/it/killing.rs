//! The first proof: every process is killed in the middle of the journey, again and again; nothing is lost or doubled.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use all_in_one::Clients;
use chassis::clock::Clock;
use emulators::{
    WeChatEmulator,
    wechat::{Content, Mode, Payload, WebhookSigner},
};
use proto::{
    customer::v1::{Channel, IdentityKey},
    messaging::v1::{
        ListConversationsRequest, ListMessagesRequest, Message,
        message::{Direction, State},
    },
    sales::v1::{CreateOrderRequest, LineItem, Money, Order},
    social::v1::{
        ConnectSourceRequest, GetSourceHealthRequest, Source, WeChatCredentials,
        connect_source_request::Credentials,
    },
};
use testkit::eventually;
use uuid::Uuid;

use crate::process::{Places, Up};

const APP_ID: &str = "wx00000000000000bb";
const KILLS: u64 = 5;
/// Customers of each life of the platform; each asks one question.
const CUSTOMERS: u64 = 12;

#[tokio::test]
async fn killed_in_the_middle_of_the_journey_it_loses_nothing_and_doubles_nothing() {
    let places = Places::new().await;
    let emulator = WeChatEmulator::start().await;
    let signer = WebhookSigner::generate(APP_ID);
    let mut up = places.up();
    let source = connect(&up.clients(), &emulator, &signer).await;

    let mut asked = BTreeSet::new();
    for life in 0..=KILLS {
        let people: Vec<String> =
            (0..CUSTOMERS).map(|number| format!("oLife{life}Customer{number}")).collect();
        for openid in &people {
            place_order(&up.clients(), openid).await;
        }
        let questions = ask(&up, &source, &signer, &people, life * CUSTOMERS);
        if life < KILLS {
            // A little later each time, so that the kill meets the journey in other places.
            let moment = Duration::from_millis(40 + 90 * life);
            let _ = tokio::time::timeout(moment, questions).await;
            up.kill();
            up = places.up();
            // The provider repeats what was not acknowledged to it; what was is a second delivery.
            ask(&up, &source, &signer, &people, life * CUSTOMERS).await;
        } else {
            questions.await;
        }
        asked.extend(people);
    }

    let clients = up.clients();
    let expected = i64::try_from(asked.len()).unwrap();
    eventually("everything that came in is settled", async || {
        let request = GetSourceHealthRequest { name: source.name.clone() };
        let health = clients.sources.clone().get_source_health(request).await.unwrap().into_inner();
        let settled = health.deliveries_sent + health.deliveries_failed + health.deliveries_unknown;
        health.gap == 0 && health.projected == expected && settled == expected
    })
    .await;

    let heard = eventually("every reply is settled", async || {
        let heard = messages(&clients).await;
        heard.iter().all(|it| it.state() != State::Queued).then_some(heard)
    })
    .await;
    let count = |direction| heard.iter().filter(|it| it.direction() == direction).count();
    assert_eq!(count(Direction::Incoming), asked.len(), "a message was lost or doubled");
    assert_eq!(count(Direction::Outgoing), asked.len(), "an answer was lost or doubled");
    let mut sent = BTreeMap::<String, usize>::new();
    for message in emulator.sent() {
        *sent.entry(message.openid).or_default() += 1;
    }
    assert!(sent.values().all(|times| *times == 1), "a reply was sent twice: {sent:?}");
    let surely = heard.iter().filter(|it| it.state() == State::Sent).count();
    let unknown = heard.iter().filter(|it| it.state() == State::Unknown).count();
    assert_eq!(surely + unknown, asked.len(), "a reply failed");
    assert!((surely..=surely + unknown).contains(&sent.len()), "{surely} {unknown} {sent:?}");
}

async fn ask(up: &Up, source: &Source, signer: &WebhookSigner, people: &[String], first_id: u64) {
    let http = all_in_one::http::client().unwrap();
    for (openid, id) in people.iter().zip(first_id + 1..) {
        let now = Clock::system().now().timestamp();
        let content = Content::Text { id, content: "请帮我查询订单状态" };
        let xml = Payload { account: "gh_1", openid, at: now, content }.xml();
        let webhook = signer.deliver(Mode::Safe, &xml, now);
        let url = format!("{}{}?{}", up.webhooks(), source.webhook_path, webhook.query);
        let answer = http.post(url).body(webhook.body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

async fn connect(clients: &Clients, emulator: &WeChatEmulator, signer: &WebhookSigner) -> Source {
    let request = ConnectSourceRequest {
        source: Some(Source {
            display_name: "Tea house".to_owned(),
            api_base_url: emulator.base_url(),
            ..Source::default()
        }),
        credentials: Some(Credentials::Wechat(WeChatCredentials {
            app_id: APP_ID.to_owned(),
            app_secret: "a-secret-of-the-emulated-account".to_owned(),
            token: signer.token.clone(),
            encoding_aes_key: signer.encoding_aes_key.clone(),
        })),
        request_id: Uuid::new_v4().to_string(),
    };
    clients.sources.clone().connect_source(request).await.unwrap().into_inner()
}

async fn place_order(clients: &Clients, openid: &str) {
    let order = Order {
        buyer: Some(IdentityKey {
            channel: Channel::Wechat.into(),
            realm: APP_ID.to_owned(),
            external_id: openid.to_owned(),
        }),
        line_items: vec![LineItem {
            title: "Jasmine tea".to_owned(),
            quantity: 1,
            unit_price: Some(Money { currency_code: "CNY".to_owned(), minor_units: 9_900 }),
            ..LineItem::default()
        }],
        ..Order::default()
    };
    let request = CreateOrderRequest { order: Some(order), request_id: Uuid::new_v4().to_string() };
    clients.orders.clone().create_order(request).await.unwrap();
}

/// Every message of every conversation.
async fn messages(clients: &Clients) -> Vec<Message> {
    let request = ListConversationsRequest { page_size: 200, ..Default::default() };
    let page = clients.conversations.clone().list_conversations(request).await.unwrap();
    let mut all = Vec::new();
    for conversation in page.into_inner().conversations {
        let request = ListMessagesRequest { conversation: conversation.name, ..Default::default() };
        let page = clients.messages.clone().list_messages(request).await.unwrap();
        all.extend(page.into_inner().messages);
    }
    all
}
