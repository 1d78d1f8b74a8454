//! What the options of the protos say: permissions, required fields, and debug output without personal data.

/// A method of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The HTTP/2 path, `/kith.customer.v1.ContactService/CreateContact`.
    pub path: &'static str,
    /// What a caller needs, `contacts.create`.
    pub permission: &'static str,
    /// Full name of the request message.
    pub input: &'static str,
    /// Full name of the response message.
    pub output: &'static str,
}

/// A request that can tell which of its required fields is unset.
pub trait Required {
    /// Returns the proto name of the first required field that is unset.
    fn missing_field(&self) -> Option<&'static str>;
}

include!(concat!(env!("OUT_DIR"), "/contract.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, customer::v1 as customer, social::v1 as social};

    #[test]
    fn every_method_names_a_permission_of_a_resource_and_a_verb() {
        assert!(METHODS.len() > 50);
        for method in METHODS {
            assert_eq!(method.permission.split('.').count(), 2, "{}", method.path);
        }
    }

    #[test]
    fn debug_output_holds_no_personal_data_and_no_secret() {
        let contact = customer::Contact {
            display_name: "canary-name".to_owned(),
            tags: vec!["vip".to_owned()],
            ..Default::default()
        };
        let request = social::ConnectSourceRequest {
            credentials: Some(social::connect_source_request::Credentials::Wechat(
                social::WeChatCredentials {
                    token: "canary-token".to_owned(),
                    ..Default::default()
                },
            )),
            ..Default::default()
        };

        let printed = format!("{contact:?} {request:?}");

        assert!(printed.contains("vip"));
        assert!(!printed.contains("canary"), "{printed}");
    }

    #[test]
    fn a_request_names_its_first_missing_field() {
        assert_eq!(customer::CreateContactRequest::default().missing_field(), Some("contact"));
        let complete = customer::GetContactRequest { name: "contacts/1".to_owned() };
        assert_eq!(complete.missing_field(), None);
    }

    #[test]
    fn an_event_knows_its_type_and_topic() {
        assert_eq!(customer::ContactCreated::TYPE, "kith.customer.v1.ContactCreated");
        assert_eq!(customer::ContactCreated::TOPIC, "kith.customer.v1");
    }
}
