//! Deadlines: from hop to hop they only shrink, and who is late is told so and stopped.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chassis::{client::ClientArgs, deadline, server::ServerArgs};
use tokio::sync::mpsc;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{Probe, Served, eventually, request, signed};

/// Tells the test when it is dropped, finished or not.
struct Dropped(mpsc::UnboundedSender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

fn endless(dropped: mpsc::UnboundedSender<()>) -> Probe {
    Probe::new(move |_| {
        let guard = Dropped(dropped.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
            Ok(())
        }
    })
}

#[tokio::test]
async fn a_late_handler_is_dropped_and_its_caller_told_deadline_exceeded() {
    let (sender, mut dropped) = mpsc::unbounded_channel();
    let args = ServerArgs { max_deadline: Duration::from_millis(100), ..ServerArgs::default() };
    let served = Served::with(endless(sender), args).await;

    // No deadline from this caller: the answer is the server's own.
    let status = served.plain().await.check(signed()).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.get_details_error_info().unwrap().reason, "DEADLINE_EXCEEDED");
    dropped.recv().await.unwrap();
}

#[tokio::test]
async fn a_deadline_reaches_through_two_hops() {
    let (sender, mut dropped) = mpsc::unbounded_channel();
    let left_inside = Arc::new(Mutex::new(None));
    let noted = left_inside.clone();
    let inner = Served::start(Probe::new(move |_| {
        *noted.lock().unwrap() = deadline::remaining();
        let guard = Dropped(sender.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
            Ok(())
        }
    }))
    .await;
    let next = inner.client();
    let outer = Served::start(Probe::new(move |_| {
        let mut next = next.clone();
        async move { next.check(request()).await.map(|_| ()) }
    }))
    .await;

    let args = ClientArgs { client_deadline: Duration::from_millis(500), ..ClientArgs::default() };
    let status = outer.client_with(&args).check(request()).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
    dropped.recv().await.unwrap();
    let left = left_inside.lock().unwrap().unwrap();
    assert!(left <= Duration::from_millis(500), "{left:?}");
}

#[tokio::test]
async fn the_inner_server_answers_deadline_exceeded_itself() {
    let (sender, _dropped) = mpsc::unbounded_channel();
    let args = ServerArgs { max_deadline: Duration::from_millis(100), ..ServerArgs::default() };
    let inner = Served::with(endless(sender), args).await;
    let next = inner.client();
    let outer = Served::start(Probe::new(move |_| {
        let mut next = next.clone();
        async move { next.check(request()).await.map(|_| ()) }
    }))
    .await;

    let status = outer.plain().await.check(signed()).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_call_in_work_that_is_already_late_is_not_sent() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let served = Served::start(Probe::new(move |_| {
        let _ = sender.send(());
        async { Ok(()) }
    }))
    .await;
    let mut client = served.client();

    let late = deadline::within(tokio::time::Instant::now(), client.check(request())).await;
    assert_eq!(late.unwrap_err().code(), Code::DeadlineExceeded);
    client.check(request()).await.unwrap();

    assert_eq!(received.recv().await, Some(()));
    assert!(received.try_recv().is_err(), "only the second call arrived");
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_hold_its_caller() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let args = ClientArgs { client_deadline: Duration::from_millis(200), ..ClientArgs::default() };

    let status = crate::harness::client(&url, &args).check(request()).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_stream_ends_at_the_deadline_of_its_caller() {
    let served = Served::start(Probe::willing()).await;
    let args = ClientArgs { client_deadline: Duration::from_millis(200), ..ClientArgs::default() };
    let mut client = served.client_with(&args);
    let mut stream = client.watch(request()).await.unwrap().into_inner();

    let status = eventually(async || stream.message().await.err()).await;

    assert_eq!(status.code(), Code::DeadlineExceeded);
}
