//! Who may do what: roles become permissions, methods need one, and a method without one is denied.

use std::collections::HashMap;

use crate::{
    authn::{Caller, Role},
    refusal::Refusal,
};

/// Resources an agent writes, with any verb.
const WRITTEN_BY_AGENTS: [&str; 6] =
    ["accounts", "contacts", "conversations", "identities", "messages", "orders"];

/// The verb every role may use on every resource.
const READ: &str = "read";

/// The permission each method needs.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    permissions: HashMap<&'static str, &'static str>,
}

impl Policy {
    /// Takes pairs of a method's path, `/package.Service/Method`, and the permission it needs, `contacts.create`.
    pub fn new(methods: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        Self { permissions: methods.into_iter().collect() }
    }

    /// Returns the permission the method at `path` needs, or `None` for a method nobody may call.
    pub fn permission(&self, path: &str) -> Option<&'static str> {
        self.permissions.get(path).copied()
    }

    pub(crate) fn check(&self, caller: &Caller, path: &str) -> Result<(), Refusal> {
        match self.permission(path) {
            Some(permission) if permits(caller, permission) => Ok(()),
            Some(permission) => Err(Refusal::PermissionDenied { permission }),
            None => Err(Refusal::MethodUnknown),
        }
    }
}

/// Tells whether any role of `caller` includes `permission`.
pub fn permits(caller: &Caller, permission: &str) -> bool {
    caller.roles.iter().any(|role| includes(*role, permission))
}

/// Tells whether `role` includes `permission`, written `<resource>.<verb>`.
pub fn includes(role: Role, permission: &str) -> bool {
    let Some((resource, verb)) = permission.split_once('.') else {
        return false;
    };
    match role {
        Role::Admin | Role::Service => true,
        Role::Agent => verb == READ || WRITTEN_BY_AGENTS.contains(&resource),
        Role::Viewer => verb == READ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_what_their_people_do() {
        #[track_caller]
        fn check(role: Role, permission: &str, expected: bool) {
            assert_eq!(includes(role, permission), expected, "{role:?} {permission}");
        }

        check(Role::Admin, "sources.create", true);
        check(Role::Service, "identities.link", true);
        check(Role::Agent, "metrics.read", true);
        check(Role::Agent, "conversations.assign", true);
        check(Role::Agent, "sources.create", false);
        check(Role::Agent, "inboxes.update", false);
        check(Role::Viewer, "contacts.read", true);
        check(Role::Viewer, "contacts.update", false);
        check(Role::Admin, "nonsense", false);
    }
}
