//! The answers to commands that carry an idempotency key.

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
            CREATE TABLE kept_answer (
                key TEXT NOT NULL, who TEXT NOT NULL, part INTEGER NOT NULL,
                request TEXT NOT NULL, answer TEXT NOT NULL, at BIGINT NOT NULL,
                PRIMARY KEY (key, who, part)
            ) {clustered};
            CREATE INDEX kept_answer_at ON kept_answer (at);
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE kept_answer").await
    }
}
