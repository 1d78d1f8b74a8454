//! Domain event → message of the topic `kith.analytics.v1`.

use bus::Message;
use proto::analytics::v1 as pb;

use crate::domain::Event;

/// Words an event for the log. It goes to the tenant of whoever asked.
pub fn message(event: &Event) -> Message {
    let occurred = event.occurred();
    match event {
        Event::Rebuilt { projection, row_count, requester: _, time: _ } => {
            let rebuilt = pb::ProjectionRebuilt {
                projection: projection.name.to_string(),
                generation: projection.live.0,
                row_count: *row_count,
            };
            Message::of(
                occurred.tenant,
                occurred.aggregate,
                occurred.version,
                occurred.time,
                &rebuilt,
            )
        }
    }
}
