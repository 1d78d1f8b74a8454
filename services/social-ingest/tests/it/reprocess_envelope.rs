//! `EnvelopeService.ReprocessEnvelope`: reading once more what could not be read.

use emulators::wechat::{Content, Mode};
use proto::social::v1::{
    self as pb, envelope::State, envelope_service_client::EnvelopeServiceClient,
};
use sea_orm::{ConnectionTrait, Statement};
use social_ingest::Migrator;
use testkit::eventually;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, reason};

fn reprocess(envelope: &pb::Envelope) -> pb::ReprocessEnvelopeRequest {
    pb::ReprocessEnvelopeRequest { name: envelope.name.clone(), request_id: String::new() }
}

async fn undecodable(it: &Harness, source: &pb::Source) -> pb::Envelope {
    it.deliver(source, Mode::Plain, "<xml><FromUserName>").await;
    eventually("the envelope to be looked at", || async {
        let found = it.envelopes_of(source).await.into_iter().next();
        found.filter(|it| it.state() == State::Undecodable)
    })
    .await
}

#[tokio::test]
async fn an_envelope_that_can_be_read_by_now_becomes_a_message() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let envelope = undecodable(&it, &source).await;
    // As if the adapter had learnt to read what it could not.
    let readable = it.xml(Content::Text { id: 1, content: "hello" });
    let db = it.database.connect::<Migrator>().await;
    let txn = db.begin(it.tenant).await.unwrap();
    let update = match db.backend() {
        sea_orm::DbBackend::Sqlite => "UPDATE envelopes SET body = ?",
        _ => "UPDATE envelopes SET body = $1",
    };
    let update =
        Statement::from_sql_and_values(db.backend(), update, [readable.into_bytes().into()]);
    txn.execute_raw(update).await.unwrap();
    txn.commit().await.unwrap();

    let mut request = reprocess(&envelope);
    request.request_id = Uuid::now_v7().to_string();
    let first = it.envelopes().reprocess_envelope(request.clone()).await.unwrap().into_inner();
    let second = it.envelopes().reprocess_envelope(request).await.unwrap().into_inner();

    assert_eq!(first.state(), State::Decoded);
    assert_eq!(first, second);
    let written = it.written(&source).await;
    assert_eq!(written[0].name, first.inbound_message);
    it.announces(&written[0].thread, &["InboundMessageReceived"]).await;
    let health = it.health(&source).await;
    assert_eq!((health.decoded, health.undecodable, health.pending), (1, 0, 0));
}

#[tokio::test]
async fn an_envelope_that_still_cannot_be_read_stays_as_it_is() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let envelope = undecodable(&it, &source).await;

    let again = it.envelopes().reprocess_envelope(reprocess(&envelope)).await.unwrap().into_inner();

    assert_eq!(again, envelope);
    assert_eq!(it.health(&source).await.undecodable, 1);
}

#[tokio::test]
async fn a_decoded_envelope_is_returned_unchanged() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let message = it.write(&source, 1, "hello").await;
    let envelope = it.envelopes_of(&source).await.remove(0);

    let again = it.envelopes().reprocess_envelope(reprocess(&envelope)).await.unwrap().into_inner();

    assert_eq!(again, envelope);
    assert_eq!(it.written(&source).await, [message]);
}

#[tokio::test]
async fn an_envelope_of_another_tenant_does_not_exist() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let envelope = undecodable(&it, &source).await;

    let mut elsewhere = EnvelopeServiceClient::new(it.stranger());
    let status = elsewhere.reprocess_envelope(reprocess(&envelope)).await.unwrap_err();

    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::NotFound, "ENVELOPE_NOT_FOUND"));
}
