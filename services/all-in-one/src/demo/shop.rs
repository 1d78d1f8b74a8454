//! The shop of the demo: a tea shop with a WeChat account, products, and orders from before anybody wrote.

use anyhow::Context;
use chassis::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use emulators::{WeChatEmulator, wechat::WebhookSigner};
use indicatif::ProgressBar;
use proto::{
    customer::v1::{
        Channel, ConsentPurpose, IdentityKey, RecordConsentRequest, ResolveIdentityRequest,
    },
    messaging::v1::{
        AutoReplyRule, CreateAutoReplyRuleRequest, CreateInboxRequest, Inbox, auto_reply_rule,
    },
    sales::v1::{
        CreateOrderRequest, CreateProductRequest, DeliverOrderRequest, GetOrderRequest, LineItem,
        Money, Order, PayOrderRequest, Product, ShipOrderRequest,
    },
    social::v1::{
        ConnectSourceRequest, Source, WeChatCredentials, connect_source_request::Credentials,
    },
};
use uuid::Uuid;

use crate::Clients;

/// The shop's account at the provider.
pub(super) const APP_ID: &str = "wx6b697468746561aa";
/// Its original id, to which customers write.
pub(super) const ACCOUNT: &str = "gh_kithteahouse";
/// The agent who takes what no rule answers.
const AGENT: &str = "agent-lin";
/// Orders that move on after the customers wrote.
pub(super) const MOVES: u64 = 12;

const PRODUCTS: [(&str, &str, i64); 5] = [
    ("TEA-LJ-100", "西湖龙井 100g", 12_800),
    ("TEA-PE-357", "云南普洱茶饼 357g", 26_800),
    ("POT-YX-01", "宜兴紫砂壶", 39_900),
    ("CUP-JD-04", "Jingdezhen tea cups, set of four", 18_900),
    ("TEA-JM-250", "Jasmine tea 250g", 9_900),
];

/// What is answered without an agent: intent, words in Chinese, words in English.
const RULES: [(&str, &str, &str); 4] = [
    (
        "greeting",
        "您好，这里是茶馆客服，请问有什么可以帮您？",
        "Hello, this is the tea house. How can we help you?",
    ),
    ("thanks", "不客气，欢迎下次再来！", "You are welcome, see you soon!"),
    (
        "price_discount",
        "本周龙井九折，下单时自动减免。",
        "Longjing tea is 10 % off this week; the discount is taken at checkout.",
    ),
    (
        "invoice_request",
        "电子发票会在发货后发送到您下单时填写的邮箱。",
        "The invoice comes by e-mail when your order is shipped.",
    ),
];

/// What the demo needs to know of the shop.
pub(super) struct Shop {
    /// How many people write during the day.
    pub(super) people: usize,
    pub(super) source: String,
    pub(super) webhook_path: String,
    pub(super) signer: WebhookSigner,
    orders: Vec<String>,
}

/// The provider's name for the person with this number.
pub(super) fn openid(person: usize) -> String {
    format!("oKithDemo{person:019}")
}

/// Connects the source, writes the rules, fills the catalogue, and takes the orders that people placed on the
/// shop's web page before they write.
pub(super) async fn open(
    clients: &Clients,
    emulator: &WeChatEmulator,
    people: usize,
) -> anyhow::Result<Shop> {
    let signer = WebhookSigner::generate(APP_ID);
    let source = clients
        .sources
        .clone()
        .connect_source(ConnectSourceRequest {
            source: Some(Source {
                display_name: "Kith tea house".to_owned(),
                api_base_url: emulator.base_url(),
                ..Source::default()
            }),
            credentials: Some(Credentials::Wechat(WeChatCredentials {
                app_id: APP_ID.to_owned(),
                app_secret: "demo-secret-of-the-emulated-account".to_owned(),
                token: signer.token.clone(),
                encoding_aes_key: signer.encoding_aes_key.clone(),
            })),
            request_id: request_id(),
        })
        .await
        .context("connect source")?
        .into_inner();

    write_rules(clients, &source.name).await?;

    let mut products = Vec::new();
    for (sku, name, price) in PRODUCTS {
        let product = Product {
            sku: sku.to_owned(),
            display_name: name.to_owned(),
            price: Some(cny(price)),
            ..Product::default()
        };
        let request = CreateProductRequest { product: Some(product), request_id: request_id() };
        let product = clients.products.clone().create_product(request).await;
        products.push(product.context("create product")?.into_inner().name);
    }
    let mut orders = Vec::new();
    // Two of three people have bought something; some of it is paid, some is on its way, some has arrived.
    for person in (0..people).filter(|person| person % 4 != 3) {
        let order = place(clients, person, &products[person % products.len()]).await?;
        if person % 5 != 0 {
            pay(clients, &order).await?;
        }
        if person % 5 > 1 {
            ship(clients, &order.name, person).await?;
        }
        if person % 5 == 4 {
            let request = DeliverOrderRequest {
                name: order.name.clone(),
                request_id: request_id(),
                ..Default::default()
            };
            clients.orders.clone().deliver_order(request).await.context("deliver order")?;
        }
        orders.push(order.name);
    }
    let Source { name: source, webhook_path, .. } = source;
    Ok(Shop { people, source, webhook_path, signer, orders })
}

/// Moves orders on: those whose buyers agreed are told.
pub(super) async fn move_orders(
    clients: &Clients,
    shop: &Shop,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    // Every other buyer ticked the box at checkout.
    for person in (0..shop.people).step_by(2).take(20) {
        let key = IdentityKey {
            channel: Channel::Wechat.into(),
            realm: APP_ID.to_owned(),
            external_id: openid(person),
        };
        let request = ResolveIdentityRequest { key: Some(key) };
        let Ok(identity) = clients.identities.clone().resolve_identity(request).await else {
            continue;
        };
        let consent = RecordConsentRequest {
            contact: identity.into_inner().contact,
            purpose: ConsentPurpose::OrderUpdates.into(),
            evidence: "ticked at checkout".to_owned(),
            request_id: request_id(),
        };
        clients.contacts.clone().record_consent(consent).await.context("record consent")?;
    }
    let mut moved = 0;
    for (index, name) in shop.orders.iter().enumerate() {
        if moved == MOVES {
            break;
        }
        let request = GetOrderRequest { name: name.clone() };
        let order =
            clients.orders.clone().get_order(request).await.context("get order")?.into_inner();
        if order.pay_time.is_none() {
            pay(clients, &order).await?;
            moved += 1;
            bar.inc(1);
        }
        if order.ship_time.is_none() && moved < MOVES {
            ship(clients, &order.name, index).await?;
            moved += 1;
            bar.inc(1);
        }
    }
    Ok(())
}

/// An inbox with an agent behind it, and answers to what needs no agent.
async fn write_rules(clients: &Clients, source: &str) -> anyhow::Result<()> {
    let inbox = Inbox {
        display_name: "Kith tea house".to_owned(),
        channel: Channel::Wechat.into(),
        source: source.to_owned(),
        auto_reply: true,
        default_assignee: AGENT.to_owned(),
        ..Inbox::default()
    };
    let request = CreateInboxRequest { inbox: Some(inbox), request_id: request_id() };
    clients.inboxes.clone().create_inbox(request).await.context("create inbox")?;
    for (intent, zh, en) in RULES {
        let rule = AutoReplyRule {
            display_name: format!("Answer {intent}"),
            intent: intent.to_owned(),
            action: auto_reply_rule::Action::Reply.into(),
            replies: [("zh".to_owned(), zh.to_owned()), ("en".to_owned(), en.to_owned())].into(),
            enabled: true,
            ..AutoReplyRule::default()
        };
        let request =
            CreateAutoReplyRuleRequest { auto_reply_rule: Some(rule), request_id: request_id() };
        let created = clients.rules.clone().create_auto_reply_rule(request).await;
        created.context("create auto-reply rule")?;
    }
    Ok(())
}

async fn place(clients: &Clients, person: usize, product: &str) -> anyhow::Result<Order> {
    let days = i64::try_from(person % 6).unwrap_or_default() + 1;
    let placed = Clock::system().now() - TimeDelta::days(days);
    let quantity = i32::try_from(person % 3).unwrap_or_default() + 1;
    let order = Order {
        buyer: Some(IdentityKey {
            channel: Channel::Wechat.into(),
            realm: APP_ID.to_owned(),
            external_id: openid(person),
        }),
        line_items: vec![LineItem { product: product.to_owned(), quantity, ..LineItem::default() }],
        place_time: Some(timestamp(placed)),
        ..Order::default()
    };
    let request = CreateOrderRequest { order: Some(order), request_id: request_id() };
    Ok(clients.orders.clone().create_order(request).await.context("create order")?.into_inner())
}

async fn pay(clients: &Clients, order: &Order) -> anyhow::Result<()> {
    let request = PayOrderRequest {
        name: order.name.clone(),
        amount: order.total.clone(),
        payment_reference: format!("demo-{}", order.number),
        request_id: request_id(),
        ..PayOrderRequest::default()
    };
    clients.orders.clone().pay_order(request).await.context("pay order")?;
    Ok(())
}

async fn ship(clients: &Clients, name: &str, parcel: usize) -> anyhow::Result<()> {
    let request = ShipOrderRequest {
        name: name.to_owned(),
        carrier: "SF Express".to_owned(),
        tracking_number: format!("SF{:012}", 100_000 + parcel),
        request_id: request_id(),
        ..ShipOrderRequest::default()
    };
    clients.orders.clone().ship_order(request).await.context("ship order")?;
    Ok(())
}

fn cny(minor_units: i64) -> Money {
    Money { currency_code: "CNY".to_owned(), minor_units }
}

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.timestamp(), nanos: 0 }
}
