//! What `kith up` prints when the platform is ready.

use std::fmt::Write;

use serde::Serialize;

use crate::{Addresses, Platform};

#[derive(Serialize)]
struct Ready<'a> {
    services: &'a Addresses,
    webhooks: &'a str,
    token: &'a str,
    data_dir: String,
}

/// One line of JSON for programs.
pub fn json(platform: &Platform) -> String {
    let ready = Ready {
        services: &platform.addresses,
        webhooks: &platform.addresses.webhooks,
        token: &platform.token,
        data_dir: platform.data_dir.display().to_string(),
    };
    serde_json::to_string(&ready).expect("strings are always JSON")
}

/// A page of text for people.
pub fn text(platform: &Platform) -> String {
    let Addresses { customer, messaging, social_ingest, sales, analytics, webhooks, .. } =
        &platform.addresses;
    let host = customer.trim_start_matches("http://");
    let mut page = String::new();
    let lines = [
        ("customer", customer),
        ("messaging", messaging),
        ("social-ingest", social_ingest),
        ("sales", sales),
        ("analytics", analytics),
        ("webhooks", webhooks),
    ];
    for (name, address) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "{name:>14}  {address}");
    }
    let _ = write!(
        page,
        "{:>14}  {}\n\nToken of an administrator of the tenant `demo`, valid for a day \
         (more with `kith token`):\n{}\n\nTry it:\ngrpcurl -plaintext -H 'authorization: Bearer {}' {host} \
         kith.customer.v1.ContactService/ListContacts\n\nCtrl-C stops.",
        "data",
        platform.data_dir.display(),
        platform.token,
        platform.token
    );
    page
}
