//! Domain event → message of the topic `kith.customer.v1`; no personal data gets through here.

use bus::Message;
use chassis::tenant::TenantId;
use proto::customer::v1 as pb;

use crate::{
    convert,
    domain::{ConsentState, Event, Occurred},
};

/// Words an event for the log.
pub fn message(tenant: TenantId, event: &Event) -> Message {
    let strings = |fields: &[&'static str]| fields.iter().map(|field| field.to_string()).collect();
    let occurred = event.occurred();
    match event {
        Event::ContactCreated { contact } => announce(
            tenant,
            occurred,
            &pb::ContactCreated {
                contact: contact.id.to_string(),
                language_code: contact.profile.language_code.0.clone(),
                account: convert::name(contact.profile.account),
            },
        ),
        Event::ContactUpdated { contact, changed_fields } => announce(
            tenant,
            occurred,
            &pb::ContactUpdated {
                contact: contact.id.to_string(),
                changed_fields: strings(changed_fields),
                language_code: contact.profile.language_code.0.clone(),
                account: convert::name(contact.profile.account),
            },
        ),
        Event::ContactDeleted { contact } => {
            announce(tenant, occurred, &pb::ContactDeleted { contact: contact.id.to_string() })
        }
        Event::ContactUndeleted { contact } => {
            announce(tenant, occurred, &pb::ContactUndeleted { contact: contact.id.to_string() })
        }
        Event::IdentityLinked { contact, identity } => announce(
            tenant,
            occurred,
            &pb::IdentityLinked {
                contact: contact.id.to_string(),
                identity: identity.name().to_string(),
                channel: convert::channel_to_pb(identity.key.channel).into(),
            },
        ),
        Event::IdentityUnlinked { contact, identity } => announce(
            tenant,
            occurred,
            &pb::IdentityUnlinked {
                contact: contact.id.to_string(),
                identity: identity.name().to_string(),
                channel: convert::channel_to_pb(identity.key.channel).into(),
            },
        ),
        Event::ConsentChanged { contact, consent } => {
            let (contact, purpose) =
                (contact.id.to_string(), convert::purpose_to_pb(consent.purpose).into());
            match consent.state {
                ConsentState::Granted => {
                    announce(tenant, occurred, &pb::ConsentRecorded { contact, purpose })
                }
                ConsentState::Withdrawn => {
                    announce(tenant, occurred, &pb::ConsentWithdrawn { contact, purpose })
                }
            }
        }
        Event::AccountCreated { account } => {
            announce(tenant, occurred, &pb::AccountCreated { account: account.id.to_string() })
        }
        Event::AccountUpdated { account, changed_fields } => announce(
            tenant,
            occurred,
            &pb::AccountUpdated {
                account: account.id.to_string(),
                changed_fields: strings(changed_fields),
            },
        ),
        Event::AccountDeleted { account } => {
            announce(tenant, occurred, &pb::AccountDeleted { account: account.id.to_string() })
        }
    }
}

fn announce<E: proto::Event>(tenant: TenantId, occurred: Occurred, event: &E) -> Message {
    Message::of(tenant, occurred.aggregate, occurred.version, occurred.time, event)
}
