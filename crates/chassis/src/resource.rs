//! Resource names and ids (AIP-122): `contacts/{uuid}`, one spelling only, ids that sort by time.

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// Makes a UUIDv7 that sorts by `now`.
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// Reads the id of `name` in `collection`, `contacts` for `contacts/{uuid}`.
///
/// Only the lower-case hyphenated spelling is taken, so that a name is the same text everywhere.
pub fn parse_name(name: &str, collection: &str) -> Option<Uuid> {
    parse_id(name.strip_prefix(collection)?.strip_prefix('/')?)
}

/// Reads a bare id in its one spelling.
pub fn parse_id(id: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(id).ok()?;
    (uuid.hyphenated().to_string() == id).then_some(uuid)
}

/// Declares the id of an aggregate: a UUIDv7 whose text is its resource name.
///
/// `resource_id!(/// Names a contact. ContactId, "contacts");` gives `new(now)`, `from_uuid`, `as_uuid`,
/// `parse(name) -> Result<_, Malformed>` and `Display`. The crate that uses it depends on `serde` and `uuid`.
#[macro_export]
macro_rules! resource_id {
    ($(#[$doc:meta])* $name:ident, $collection:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Makes an id that sorts by `now`.
            pub fn new(now: chrono::DateTime<chrono::Utc>) -> Self {
                Self($crate::resource::new_id(now))
            }

            /// Takes an id as the database holds it.
            pub const fn from_uuid(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The id as a column holds it.
            pub const fn as_uuid(&self) -> uuid::Uuid {
                self.0
            }

            /// Reads a resource name, or says what shape it must have.
            pub fn parse(name: &str) -> Result<Self, $crate::malformed::Malformed> {
                match $crate::resource::parse_name(name, $collection) {
                    Some(id) => Ok(Self(id)),
                    None => Err($crate::malformed::Malformed(concat!(
                        "must look like `",
                        $collection,
                        "/{uuid}`"
                    ))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($collection, "/{}"), self.0)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(unreachable_pub, reason = "the macro declares for other crates")]
    mod names {
        crate::resource_id!(
            /// Names a thing.
            ThingId,
            "things"
        );
    }
    use names::ThingId;

    #[test]
    fn a_name_reads_back_and_other_shapes_are_refused() {
        let id = ThingId::new(DateTime::UNIX_EPOCH);
        assert_eq!(ThingId::parse(&id.to_string()), Ok(id));

        for wrong in [
            "",
            "things/",
            "things/1",
            "others/0199f3a0-0000-7000-8000-00000000000a",
            "things/0199F3A0-0000-7000-8000-00000000000A",
            "things/0199f3a0-0000-7000-8000-00000000000a/x",
        ] {
            assert!(ThingId::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_the_uuid_that_a_column_holds() {
        let id = ThingId::new(DateTime::UNIX_EPOCH);

        assert_eq!(ThingId::from_uuid(id.as_uuid()), id);
    }

    #[test]
    fn ids_sort_by_time() {
        let early = ThingId::new(DateTime::UNIX_EPOCH);
        let late = ThingId::new(DateTime::UNIX_EPOCH + chrono::TimeDelta::milliseconds(1));

        assert!(early < late);
    }
}
