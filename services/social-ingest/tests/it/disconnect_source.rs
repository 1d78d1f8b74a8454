//! `SourceService.DisconnectSource`: what ends and what stays.

use emulators::wechat::{Content, Mode};
use proto::social::v1 as pb;
use sea_orm::{ConnectionTrait, Statement};
use social_ingest::Migrator;
use tonic::Code;

use crate::harness::{Harness, reason};

fn disconnect(source: &pb::Source) -> pb::DisconnectSourceRequest {
    pb::DisconnectSourceRequest { name: source.name.clone(), ..Default::default() }
}

#[tokio::test]
async fn its_webhooks_are_refused_and_its_credentials_destroyed() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    let gone = it.sources().disconnect_source(disconnect(&source)).await.unwrap().into_inner();

    assert_eq!(gone.state(), pb::source::State::Disconnected);
    let xml = it.xml(Content::Text { id: 1, content: "hello" });
    let answer = it.deliver(&source, Mode::Safe, &xml).await;
    assert_eq!(answer, (404, "SOURCE_NOT_FOUND".to_owned()));
    let db = it.database.connect::<Migrator>().await;
    let txn = db.read_system().await.unwrap();
    let select = "SELECT count(credentials) AS kept FROM sources";
    let row = txn.query_one_raw(Statement::from_string(db.backend(), select)).await;
    assert_eq!(row.unwrap().unwrap().try_get::<i64>("", "kept").unwrap(), 0);
    it.announces(&source.name, &["SourceConnected", "SourceDisconnected"]).await;
}

#[tokio::test]
async fn what_came_in_stays_and_replies_fail() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let message = it.write(&source, 1, "hello").await;

    it.sources().disconnect_source(disconnect(&source)).await.unwrap();
    let reply = it.queue(&message.thread, "hi").await;

    let failed = it.delivered(&reply, &[pb::delivery::State::Failed]).await;
    assert_eq!(failed.failure_reason, "SOURCE_DISCONNECTED");
    assert_eq!(it.written(&source).await.len(), 1);
    assert_eq!(it.provider.sent(), []);
}

#[tokio::test]
async fn the_same_account_can_be_connected_again() {
    let it = Harness::start().await;
    let first = it.connect(Mode::Safe).await;

    it.sources().disconnect_source(disconnect(&first)).await.unwrap();
    let second = it.connect(Mode::Safe).await;

    assert_ne!(first.name, second.name);
}

#[tokio::test]
async fn a_second_time_changes_nothing_and_an_old_etag_is_refused() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    let first = it.sources().disconnect_source(disconnect(&source)).await.unwrap().into_inner();
    let second = it.sources().disconnect_source(disconnect(&source)).await.unwrap().into_inner();
    let old = pb::DisconnectSourceRequest { etag: source.etag.clone(), ..disconnect(&source) };
    let status = it.sources().disconnect_source(old).await.unwrap_err();

    assert_eq!(first, second);
    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::Aborted, "SOURCE_CHANGED"));
}
