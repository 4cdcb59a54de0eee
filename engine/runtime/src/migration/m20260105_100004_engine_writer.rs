//! What the writer keeps for itself: the inbox, the feed, settings.

use sea_orm_migration::prelude::*;

use super::dialect::run;

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "
            CREATE TABLE inbox (key {key}, work TEXT NOT NULL, failed TEXT);
            CREATE TABLE feed (sequence {key}, at BIGINT NOT NULL, touched TEXT NOT NULL);
            CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE setting; DROP TABLE feed; DROP TABLE inbox",
        )
        .await
    }
}
