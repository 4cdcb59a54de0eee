//! What instances wait for: people, programs, times, messages, records.

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
            CREATE TABLE task (
                key {key}, instance BIGINT NOT NULL, definition BIGINT NOT NULL, process_id TEXT NOT NULL,
                element TEXT NOT NULL, element_instance BIGINT NOT NULL, name TEXT NOT NULL, lane TEXT, assignee TEXT,
                candidate_teams TEXT NOT NULL, candidate_users TEXT NOT NULL, due BIGINT, sort_due BIGINT NOT NULL,
                follow_up BIGINT, form TEXT, subject_kind TEXT, subject_key TEXT, state TEXT NOT NULL,
                created BIGINT NOT NULL, ended BIGINT, ended_by TEXT, search_text TEXT NOT NULL
            );
            CREATE INDEX task_open ON task (sort_due, key) WHERE state = 'open';
            CREATE INDEX task_mine ON task (assignee, sort_due, key) WHERE state = 'open';
            CREATE INDEX task_ended ON task (ended, key) WHERE state <> 'open';
            CREATE INDEX task_instance ON task (instance, key);
            CREATE TABLE task_candidate (
                name TEXT NOT NULL, team BOOLEAN NOT NULL, task BIGINT NOT NULL, PRIMARY KEY (name, team, task)
            ) {clustered};
            CREATE TABLE timer (due BIGINT NOT NULL, key BIGINT NOT NULL, instance BIGINT NOT NULL, PRIMARY KEY (due, key)) {clustered};
            CREATE TABLE job (
                key {key}, instance BIGINT NOT NULL, element TEXT NOT NULL, element_instance BIGINT NOT NULL,
                job_type TEXT NOT NULL, retries INTEGER NOT NULL, performed BOOLEAN NOT NULL, retry_at BIGINT,
                waits_kind TEXT, waits_key TEXT, message TEXT, created BIGINT NOT NULL
            );
            CREATE INDEX job_retry ON job (retry_at, key) WHERE retry_at IS NOT NULL;
            CREATE INDEX job_waits ON job (waits_kind, waits_key) WHERE waits_key IS NOT NULL;
            CREATE INDEX job_worker ON job (job_type, key) WHERE NOT performed;
            CREATE INDEX job_instance ON job (instance);
            CREATE TABLE subscription (
                key {key}, instance BIGINT NOT NULL, process_id TEXT NOT NULL, element TEXT NOT NULL, name TEXT NOT NULL,
                correlation_key TEXT NOT NULL
            );
            CREATE INDEX subscription_name ON subscription (name, correlation_key, key);
            CREATE TABLE watch (
                key {key}, instance BIGINT NOT NULL, element TEXT NOT NULL, kind TEXT NOT NULL, record TEXT,
                operation TEXT NOT NULL
            );
            CREATE INDEX watch_record ON watch (kind, operation, record, key);
            CREATE TABLE message (
                key {key}, name TEXT NOT NULL, correlation_key TEXT NOT NULL, message_id TEXT, variables TEXT NOT NULL,
                expires BIGINT NOT NULL, taken TEXT NOT NULL
            );
            CREATE INDEX message_name ON message (name, correlation_key, key);
            CREATE INDEX message_expires ON message (expires);
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE message; DROP TABLE watch; DROP TABLE subscription; DROP TABLE job; DROP TABLE timer; DROP TABLE task_candidate; DROP TABLE task").await
    }
}
