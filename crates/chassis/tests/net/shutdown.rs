//! The stop signal of a process.

use std::process::Command;

use chassis::shutdown;

#[tokio::test]
async fn a_signal_to_stop_cancels_the_token() {
    let stop = shutdown::on_signal();
    assert!(!stop.is_cancelled());

    // Once only: a second signal ends the process, and this one is the tests'.
    let process = std::process::id().to_string();
    let sent = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &process]).status().unwrap();

    assert!(sent.success());
    stop.cancelled().await;
}
