//! What wakes processes, and what people read of a record's past.

use super::{create_table, drop_tables, index, keyed_table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Without a second index: rows are read in the order of their keys and then go away.
        let mut changes = keyed_table("record_change");
        changes
            .col(text("kind"))
            .col(big_integer("record"))
            .col(text("operation"))
            .col(text("changes"))
            .col(text("actor"))
            .col(text("cause"))
            .col(big_integer("at"));
        create_table(manager, changes).await?;

        let mut entries = keyed_table("timeline_entry");
        entries
            .col(text("kind"))
            .col(big_integer("record"))
            .col(text("code"))
            .col(text("params"))
            .col(text("actor"))
            .col(big_integer("at"));
        create_table(manager, entries).await?;
        index(manager, "timeline_entry", &["kind", "record", "key"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["timeline_entry", "record_change"]).await
    }
}
