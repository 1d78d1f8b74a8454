//! Adds contacts, their channel identities and their consents.

use chassis::database::{
    schema::{
        big_integer, index, keyed_table, string, string_null, tenant_table, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null, unique, uuid, uuid_null,
    },
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut contacts = tenant_table("contacts");
        contacts
            .col(text("display_name"))
            .col(string_null("email"))
            .col(string_null("phone"))
            .col(string("language_code"))
            .col(uuid_null("account_id"))
            .col(text("tags"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"))
            .col(timestamp_with_time_zone_null("delete_time"));
        manager.create_table(contacts).await?;
        manager.create_index(index("contacts", &["tenant_id", "create_time", "id"])).await?;
        let of_account = ["tenant_id", "account_id", "create_time", "id"];
        manager.create_index(index("contacts", &of_account)).await?;
        // A deleted contact does not block its successor.
        let mut email = unique("contacts", &["tenant_id", "email"]);
        email.and_where(Expr::col("delete_time").is_null());
        manager.create_index(email).await?;

        let mut identities = tenant_table("identities");
        identities
            .col(uuid("contact_id"))
            .col(string("channel"))
            .col(string("realm"))
            .col(string("external_id"))
            .col(timestamp_with_time_zone("link_time"));
        manager.create_table(identities).await?;
        let key = ["tenant_id", "channel", "realm", "external_id"];
        manager.create_index(unique("identities", &key)).await?;
        let of_contact = ["tenant_id", "contact_id", "link_time"];
        manager.create_index(index("identities", &of_contact)).await?;

        let columns = [
            uuid("contact_id"),
            string("purpose"),
            string("state"),
            text("evidence"),
            timestamp_with_time_zone("update_time"),
        ];
        let consents = keyed_table("consents", columns, &["contact_id", "purpose"]);
        manager.create_table(consents).await?;

        tenant_tables(manager, &["contacts", "identities", "consents"]).await
    }
}
