//! Words that tests share: contacts and keys to begin with, steps on the way, and what a refusal says.

use std::fmt::Debug;

use proto::customer::v1 as pb;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::harness::Customer;

/// Steps on the way to what a test is about: each must succeed.
impl Customer {
    /// Creates a contact of the first tenant.
    pub(crate) async fn contact(&mut self, contact: pb::Contact) -> pb::Contact {
        let request = pb::CreateContactRequest { contact: Some(contact), ..Default::default() };
        self.admin.contacts.create_contact(request).await.unwrap().into_inner()
    }

    /// Creates an account of the first tenant.
    pub(crate) async fn account(&mut self, display_name: &str) -> pb::Account {
        let account = pb::Account { display_name: display_name.to_owned(), ..Default::default() };
        let request = pb::CreateAccountRequest { account: Some(account), ..Default::default() };
        self.admin.accounts.create_account(request).await.unwrap().into_inner()
    }

    /// Links an identity to a contact of the first tenant.
    pub(crate) async fn link(&mut self, contact: &str, key: pb::IdentityKey) -> pb::Identity {
        let contact = contact.to_owned();
        let request = pb::LinkIdentityRequest { contact, key: Some(key), ..Default::default() };
        self.admin.identities.link_identity(request).await.unwrap().into_inner()
    }

    /// Deletes a contact of the first tenant.
    pub(crate) async fn delete(&mut self, contact: &str) -> pb::Contact {
        let request = pb::DeleteContactRequest { name: contact.to_owned(), ..Default::default() };
        self.admin.contacts.delete_contact(request).await.unwrap().into_inner()
    }

    /// Deletes an account of the first tenant.
    pub(crate) async fn delete_account(&mut self, account: &str) -> pb::Account {
        let request = pb::DeleteAccountRequest { name: account.to_owned(), ..Default::default() };
        self.admin.accounts.delete_account(request).await.unwrap().into_inner()
    }
}

/// A contact to be created.
pub(crate) fn named(display_name: &str) -> pb::Contact {
    pb::Contact { display_name: display_name.to_owned(), ..Default::default() }
}

/// A contact to be created, with an address.
pub(crate) fn mailed(email: &str) -> pb::Contact {
    pb::Contact { email: email.to_owned(), ..Default::default() }
}

/// Somebody on one WeChat account.
pub(crate) fn openid(external_id: &str) -> pb::IdentityKey {
    pb::IdentityKey {
        channel: pb::Channel::Wechat.into(),
        realm: "wx0000000000000001".to_owned(),
        external_id: external_id.to_owned(),
    }
}

/// A name that looks right and that nobody has.
pub(crate) fn nobody(collection: &str) -> String {
    format!("{collection}/{}", Uuid::now_v7())
}

/// A request id that was never used.
pub(crate) fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// The code and the reason of a refusal.
#[track_caller]
pub(crate) fn refusal<T: Debug>(answer: Result<Response<T>, Status>) -> (Code, String) {
    let status = answer.expect_err("it must be refused");
    (status.code(), status.get_details_error_info().unwrap().reason)
}

/// The fields that a refusal complains of.
#[track_caller]
pub(crate) fn malformed<T: Debug>(answer: Result<Response<T>, Status>) -> Vec<String> {
    let status = answer.expect_err("it must be refused");
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let violations = status.get_details_bad_request().unwrap().field_violations;
    violations.into_iter().map(|it| it.field).collect()
}

/// A refusal as [`refusal`] tells it.
pub(crate) fn because(code: Code, reason: &str) -> (Code, String) {
    (code, reason.to_owned())
}
