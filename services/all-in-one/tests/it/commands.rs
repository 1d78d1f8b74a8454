//! The commands: what they print, and what they say when they cannot.

use proto::customer::v1::ListContactsRequest;
use serde_json::Value;
use tonic::Code;

use crate::process::{Places, kith};

#[tokio::test]
async fn up_prints_one_line_of_json_and_stops_on_ctrl_c() {
    let places = Places::new().await;

    let up = places.up();

    for service in ["customer", "messaging", "social-ingest", "sales", "analytics"] {
        assert!(up.ready["services"][service].as_str().unwrap().starts_with("http://127.0.0.1:"));
    }
    assert_eq!(up.ready["data_dir"], places.data_dir().display().to_string());
    let page = up.clients().contacts.list_contacts(ListContactsRequest::default()).await.unwrap();
    assert!(page.into_inner().contacts.is_empty());
    assert!(up.interrupt());
}

#[tokio::test]
async fn a_token_acts_in_its_tenant_and_role() {
    let places = Places::new().await;
    let mut up = places.up();
    let folder = places.data_dir().display().to_string();

    let output = kith(&["token", "--data-dir", &folder, "--tenant", "acme", "--role", "viewer"]);

    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    up.ready["token"] = Value::String(token);
    let mut contacts = up.clients().contacts;
    contacts.list_contacts(ListContactsRequest::default()).await.unwrap();
    let refused = contacts.create_contact(proto::customer::v1::CreateContactRequest::default());
    assert_eq!(refused.await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_second_platform_on_the_same_folder_is_told_why_not() {
    let places = Places::new().await;
    let _up = places.up();
    let folder = places.data_dir().display().to_string();

    let output = kith(&["up", "--port", "0", "--data-dir", &folder]);

    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("in use") && said.contains("--data-dir"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[tokio::test]
async fn the_latest_traces_are_listed_and_each_can_be_drawn() {
    let places = Places::new().await;
    let up = places.up();
    let folder = places.data_dir().display().to_string();
    up.clients().contacts.list_contacts(ListContactsRequest::default()).await.unwrap();

    let list = testkit::eventually("the call is listed", async || {
        let output = kith(&["trace", "--data-dir", &folder]);
        let list = String::from_utf8(output.stdout).unwrap();
        list.contains("ContactService/ListContacts").then_some(list)
    })
    .await;

    let line = list.lines().find(|it| it.contains("ListContacts")).unwrap();
    let id = line.split_whitespace().next().unwrap();
    let drawn = String::from_utf8(kith(&["trace", id, "--data-dir", &folder]).stdout).unwrap();
    assert!(drawn.contains("[customer] kith.customer.v1.ContactService/ListContacts"), "{drawn}");
}

#[tokio::test]
async fn a_trace_that_is_not_there_is_said_in_one_line() {
    let places = Places::new().await;
    let _up = places.up();
    let folder = places.data_dir().display().to_string();

    let output = kith(&["trace", &"0".repeat(32), "--data-dir", &folder]);

    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("no such trace"), "{said}");
}

#[test]
fn the_demo_tells_a_whole_day_from_the_apis() {
    let output = kith(&["demo", "--json", "--webhooks", "120"]);

    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["webhooks"]["stored"], 120);
    assert_eq!(report["webhooks"]["gap"], 0);
    assert_eq!(report["conversations"]["total"], 80);
    assert!(40 < report["deliveries"]["sent"].as_i64().unwrap());
    assert!(report["trace"].as_str().unwrap().contains("analytics"));
    assert!(!report["metrics"]["metrics/revenue"].as_array().unwrap().is_empty());
}
