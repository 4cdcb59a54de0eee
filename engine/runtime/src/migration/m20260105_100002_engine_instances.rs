//! Instances, their history, where they stand, and what people wrote about them.

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
            CREATE TABLE instance (
                key {key}, definition BIGINT NOT NULL, process_id TEXT NOT NULL, subject_kind TEXT, subject_key TEXT,
                status TEXT NOT NULL, version BIGINT NOT NULL, sequence BIGINT NOT NULL, state TEXT NOT NULL,
                trail TEXT NOT NULL, incidents INTEGER NOT NULL, started BIGINT NOT NULL, ended BIGINT,
                started_by TEXT NOT NULL
            );
            CREATE INDEX instance_definition ON instance (definition, key);
            CREATE INDEX instance_open ON instance (definition) WHERE ended IS NULL;
            CREATE INDEX instance_process ON instance (process_id, key);
            CREATE INDEX instance_subject ON instance (subject_kind, subject_key, key) WHERE subject_key IS NOT NULL;
            CREATE TABLE history (
                instance BIGINT NOT NULL, sequence BIGINT NOT NULL, format INTEGER NOT NULL, at BIGINT NOT NULL,
                actor TEXT NOT NULL, command TEXT NOT NULL, inputs TEXT NOT NULL, events TEXT NOT NULL,
                PRIMARY KEY (instance, sequence)
            ) {clustered};
            CREATE TABLE position (
                key {key}, instance BIGINT NOT NULL, definition BIGINT NOT NULL, element TEXT NOT NULL,
                scope BIGINT NOT NULL, since BIGINT NOT NULL, due BIGINT
            );
            CREATE INDEX position_element ON position (definition, element, due, instance);
            CREATE INDEX position_instance ON position (instance);
            CREATE TABLE incident (
                key {key}, instance BIGINT NOT NULL, definition BIGINT NOT NULL, element_instance BIGINT NOT NULL,
                element TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, since BIGINT NOT NULL
            );
            CREATE INDEX incident_instance ON incident (instance);
            CREATE INDEX incident_element ON incident (definition, element);
            CREATE TABLE instance_comment (
                key {key}, instance BIGINT NOT NULL, at BIGINT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL
            );
            CREATE INDEX instance_comment_instance ON instance_comment (instance, key);
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE instance_comment; DROP TABLE incident; DROP TABLE position; DROP TABLE history; DROP TABLE instance").await
    }
}
