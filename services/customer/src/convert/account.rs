//! Accounts between proto and domain.

use chassis::{etag, malformed::Malformed};
use proto::customer::v1 as pb;

use super::{Fields, optional, time};
use crate::domain::{Account, AccountChange, AccountProfile, Domain, Text};

/// Reads everything a caller says of a new account.
pub fn account_profile(fields: &mut Fields, account: &pb::Account) -> Option<AccountProfile> {
    let AccountChange { display_name, domain, industry } =
        account_change(fields, account, |_| true);
    Some(AccountProfile { display_name: display_name?, domain: domain?, industry: industry? })
}

/// Reads the fields that are to change; the others are not even looked at.
pub fn account_change(
    fields: &mut Fields,
    account: &pb::Account,
    is_asked: impl Fn(&str) -> bool,
) -> AccountChange {
    let mut change = AccountChange::default();
    if is_asked("display_name") {
        change.display_name =
            fields.take("account.display_name", company_name(&account.display_name));
    }
    if is_asked("domain") {
        change.domain = fields.take("account.domain", optional(&account.domain, Domain::parse));
    }
    if is_asked("industry") {
        let industry = Text::parse(&account.industry, 100, "must be at most 100 characters");
        change.industry = fields.take("account.industry", industry);
    }
    change
}

fn company_name(raw: &str) -> Result<Text, Malformed> {
    let name = Text::parse(raw, 200, "must be at most 200 characters")?;
    if name.is_empty() { Err(Malformed("is required")) } else { Ok(name) }
}

/// Writes an account.
pub fn account_to_pb(account: Account) -> pb::Account {
    pb::Account {
        name: account.id.to_string(),
        display_name: account.profile.display_name.as_str().to_owned(),
        domain: account.profile.domain.map(|domain| domain.0).unwrap_or_default(),
        industry: account.profile.industry.as_str().to_owned(),
        create_time: Some(time(account.create_time)),
        update_time: Some(time(account.update_time)),
        delete_time: account.delete_time.map(time),
        etag: etag::of(account.version),
    }
}
