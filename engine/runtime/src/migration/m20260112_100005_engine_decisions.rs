//! Decisions, and finding what is set aside quickly.

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
            CREATE TABLE decision (
                key {key}, decision_id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, version_tag TEXT,
                deployment BIGINT NOT NULL, resource BIGINT NOT NULL, deployed_at BIGINT NOT NULL, deployed_by TEXT,
                deployed_by_name TEXT, warnings TEXT NOT NULL
            );
            CREATE UNIQUE INDEX decision_version ON decision (decision_id, version);
            CREATE INDEX decision_resource ON decision (resource);
            CREATE TABLE decision_import (
                resource BIGINT NOT NULL, imported BIGINT NOT NULL, PRIMARY KEY (resource, imported)
            ) {clustered};
            CREATE TABLE deployment_decision (
                deployment BIGINT NOT NULL, decision_id TEXT NOT NULL, decision BIGINT NOT NULL,
                PRIMARY KEY (deployment, decision_id)
            ) {clustered};
            CREATE INDEX resource_dmn ON resource (name, key) WHERE kind = 'dmn';
            CREATE INDEX inbox_set_aside ON inbox (key) WHERE failed IS NOT NULL;
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP INDEX inbox_set_aside; DROP INDEX resource_dmn; DROP TABLE deployment_decision; DROP TABLE decision_import; DROP TABLE decision").await
    }
}
