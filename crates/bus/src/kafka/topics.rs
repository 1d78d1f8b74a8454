//! Creating topics, each with its fixed number of partitions.

use std::time::Duration;

use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::RDKafkaErrorCode,
};

use super::{convert, dispose::Disposable, settings::KafkaSettings};
use crate::log::LogError;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Creates the topics that the cluster lacks and returns when they can be used.
pub(super) async fn create(settings: &KafkaSettings, topics: &[&str]) -> Result<(), LogError> {
    let admin: AdminClient<DefaultClientContext> =
        settings.client().create().map_err(|error| convert::error(&error))?;
    let admin = Disposable::new(admin);
    let names: Vec<String> = topics.iter().map(|topic| settings.outside(topic)).collect();
    let new: Vec<NewTopic<'_>> = names
        .iter()
        .map(|name| {
            NewTopic::new(name, settings.partitions, TopicReplication::Fixed(settings.replication))
                // Projections are rebuilt from offset 0, so nothing is deleted by age or size.
                .set("retention.ms", "-1")
                .set("retention.bytes", "-1")
        })
        .collect();
    let options =
        AdminOptions::new().request_timeout(Some(TIMEOUT)).operation_timeout(Some(TIMEOUT));
    let outcome = admin.create_topics(&new, &options).await;
    admin.dispose().await;

    for created in outcome.map_err(|error| convert::error(&error))? {
        match created {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => (),
            Err((name, code)) => return Err(convert::topic_error(&name, code)),
        }
    }
    Ok(())
}
