//! What strangers and outages may do to the webhook listener: little.

use std::time::Duration;

use emulators::wechat::{Content, Mode};
use sea_orm::ConnectionTrait;
use social_ingest::Migrator;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::Harness;

#[tokio::test]
async fn a_body_longer_than_any_providers_is_refused_and_counted() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let xml = it.xml(Content::Text { id: 1, content: &"x".repeat(64 * 1024) });

    let answer = it.deliver(&source, Mode::Plain, &xml).await;

    assert_eq!(answer, (413, "BODY_TOO_LARGE".to_owned()));
    let health = it.health(&source).await;
    assert_eq!((health.refused, health.received), (1, 0));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let it = Harness::start_with(|it| {
        it.webhooks.webhook_read_timeout = Duration::from_millis(50);
    })
    .await;
    let source = it.connect(Mode::Plain).await;
    let mut stream = TcpStream::connect(it.webhooks).await.unwrap();

    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
        source.webhook_path
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();

    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let it = Harness::start_with(|it| {
        it.webhooks.webhook_read_timeout = Duration::from_millis(50);
    })
    .await;
    let mut stream = TcpStream::connect(it.webhooks).await.unwrap();

    stream.write_all(b"POST /webhooks/wechat/1 HTTP/1.1\r\nhost: ").await.unwrap();

    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn above_the_limit_the_provider_is_told_to_come_again() {
    let it = Harness::start_with(|it| it.webhooks.webhook_max_concurrency = 0).await;
    let source = it.connect(Mode::Plain).await;
    let xml = it.xml(Content::Text { id: 1, content: "hello" });

    let answer = it.deliver(&source, Mode::Plain, &xml).await;

    assert_eq!(answer, (503, "TRY_AGAIN".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_acknowledged() {
    let it = Harness::start_with(|it| {
        it.database.database_lock_timeout = Duration::from_millis(100);
    })
    .await;
    let source = it.connect(Mode::Plain).await;
    it.write(&source, 1, "first").await;
    let db = it.database.connect::<Migrator>().await;
    let blocking = db.begin(it.tenant).await.unwrap();
    blocking.execute_unprepared("UPDATE threads SET version = version").await.unwrap();
    let xml = it.xml(Content::Text { id: 2, content: "second" });

    let during = it.deliver(&source, Mode::Plain, &xml).await;
    blocking.rollback().await.unwrap();
    let afterwards = it.deliver(&source, Mode::Plain, &xml).await;

    assert_eq!(during, (503, "TRY_AGAIN".to_owned()));
    assert_eq!(afterwards, (200, "success".to_owned()));
    let health = it.health(&source).await;
    assert_eq!((health.received, health.stored), (2, 2));
}
