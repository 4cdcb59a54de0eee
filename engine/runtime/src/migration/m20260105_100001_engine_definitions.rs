//! Deployments, their files, definitions, and what starts them.

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
            CREATE TABLE deployment (key {key}, at BIGINT NOT NULL, by_login TEXT, by_name TEXT);
            CREATE TABLE resource (
                key {key}, deployment BIGINT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, form_id TEXT,
                bytes {bytes} NOT NULL
            );
            CREATE INDEX resource_form ON resource (form_id, key) WHERE form_id IS NOT NULL;
            CREATE TABLE definition (
                key {key}, process_id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT, deployment BIGINT NOT NULL,
                resource BIGINT NOT NULL, deployed_at BIGINT NOT NULL, deployed_by TEXT, deployed_by_name TEXT,
                drawing BOOLEAN NOT NULL, warnings TEXT NOT NULL
            );
            CREATE UNIQUE INDEX definition_version ON definition (process_id, version);
            CREATE TABLE start_timer (
                definition BIGINT NOT NULL, element TEXT NOT NULL, process_id TEXT NOT NULL, due BIGINT NOT NULL,
                repeat TEXT, PRIMARY KEY (definition, element)
            ) {clustered};
            CREATE INDEX start_timer_due ON start_timer (due);
            CREATE TABLE start_subscription (
                definition BIGINT NOT NULL, element TEXT NOT NULL, process_id TEXT NOT NULL, name TEXT NOT NULL,
                PRIMARY KEY (definition, element)
            ) {clustered};
            CREATE INDEX start_subscription_name ON start_subscription (name);
            CREATE TABLE start_watch (
                definition BIGINT NOT NULL, element TEXT NOT NULL, process_id TEXT NOT NULL, kind TEXT NOT NULL,
                operation TEXT NOT NULL, PRIMARY KEY (definition, element)
            ) {clustered};
            CREATE INDEX start_watch_kind ON start_watch (kind, operation);
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE start_watch; DROP TABLE start_subscription; DROP TABLE start_timer; DROP TABLE definition; DROP TABLE resource; DROP TABLE deployment").await
    }
}
