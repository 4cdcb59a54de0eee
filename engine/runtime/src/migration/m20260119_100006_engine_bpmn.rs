//! What all of BPMN needs: signals, called instances, several triggers of one start event, one instance a correlation
//! key, the processes of an upload, and how urgent a task is.

use sea_orm_migration::prelude::*;

use super::dialect::run;

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Primary keys cannot be widened in place: the tables of what starts processes are made anew.
        run(
            manager,
            "
            CREATE TABLE signal (
                key {key}, instance BIGINT NOT NULL, element TEXT NOT NULL, name TEXT NOT NULL
            );
            CREATE INDEX signal_name ON signal (name, key);
            CREATE TABLE start_signal (
                definition BIGINT NOT NULL, element TEXT NOT NULL, nth INTEGER NOT NULL, process_id TEXT NOT NULL,
                name TEXT NOT NULL, PRIMARY KEY (definition, element, nth)
            ) {clustered};
            CREATE INDEX start_signal_name ON start_signal (name);
            CREATE TABLE start_lock (
                process_id TEXT NOT NULL, name TEXT NOT NULL, correlation_key TEXT NOT NULL, instance BIGINT NOT NULL,
                PRIMARY KEY (process_id, name, correlation_key)
            ) {clustered};
            CREATE INDEX start_lock_instance ON start_lock (instance);
            CREATE TABLE start_part (
                definition BIGINT NOT NULL, element TEXT NOT NULL, nth INTEGER NOT NULL, process_id TEXT NOT NULL,
                occurred TEXT NOT NULL, PRIMARY KEY (definition, element, nth)
            ) {clustered};
            CREATE TABLE called_instance (
                key {key}, instance BIGINT NOT NULL, element TEXT NOT NULL, element_instance BIGINT NOT NULL
            );
            CREATE INDEX called_instance_caller ON called_instance (instance, key);
            CREATE TABLE deployment_definition (
                deployment BIGINT NOT NULL, process_id TEXT NOT NULL, definition BIGINT NOT NULL,
                PRIMARY KEY (deployment, process_id)
            ) {clustered};
            INSERT INTO deployment_definition (deployment, process_id, definition)
                SELECT deployment, process_id, max(key) FROM definition GROUP BY deployment, process_id;
            ALTER TABLE task ADD COLUMN priority INTEGER NOT NULL DEFAULT 50;

            ALTER TABLE start_timer RENAME TO start_timer_before;
            DROP INDEX start_timer_due;
            CREATE TABLE start_timer (
                definition BIGINT NOT NULL, element TEXT NOT NULL, nth INTEGER NOT NULL, process_id TEXT NOT NULL,
                due BIGINT NOT NULL, repeat TEXT, PRIMARY KEY (definition, element, nth)
            ) {clustered};
            CREATE INDEX start_timer_due ON start_timer (due);
            INSERT INTO start_timer (definition, element, nth, process_id, due, repeat)
                SELECT definition, element, 0, process_id, due, repeat FROM start_timer_before;
            DROP TABLE start_timer_before;

            ALTER TABLE start_subscription RENAME TO start_subscription_before;
            DROP INDEX start_subscription_name;
            CREATE TABLE start_subscription (
                definition BIGINT NOT NULL, element TEXT NOT NULL, nth INTEGER NOT NULL, process_id TEXT NOT NULL,
                name TEXT NOT NULL, PRIMARY KEY (definition, element, nth)
            ) {clustered};
            CREATE INDEX start_subscription_name ON start_subscription (name);
            INSERT INTO start_subscription (definition, element, nth, process_id, name)
                SELECT definition, element, 0, process_id, name FROM start_subscription_before;
            DROP TABLE start_subscription_before;

            ALTER TABLE start_watch RENAME TO start_watch_before;
            DROP INDEX start_watch_kind;
            CREATE TABLE start_watch (
                definition BIGINT NOT NULL, element TEXT NOT NULL, nth INTEGER NOT NULL, process_id TEXT NOT NULL,
                kind TEXT NOT NULL, operation TEXT NOT NULL, PRIMARY KEY (definition, element, nth)
            ) {clustered};
            CREATE INDEX start_watch_kind ON start_watch (kind, operation);
            INSERT INTO start_watch (definition, element, nth, process_id, kind, operation)
                SELECT definition, element, 0, process_id, kind, operation FROM start_watch_before;
            DROP TABLE start_watch_before;
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "
            ALTER TABLE start_watch RENAME TO start_watch_after;
            DROP INDEX start_watch_kind;
            CREATE TABLE start_watch (
                definition BIGINT NOT NULL, element TEXT NOT NULL, process_id TEXT NOT NULL, kind TEXT NOT NULL,
                operation TEXT NOT NULL, PRIMARY KEY (definition, element)
            ) {clustered};
            CREATE INDEX start_watch_kind ON start_watch (kind, operation);
            INSERT INTO start_watch (definition, element, process_id, kind, operation)
                SELECT definition, element, process_id, kind, operation FROM start_watch_after WHERE nth = 0;
            DROP TABLE start_watch_after;
            ALTER TABLE start_subscription RENAME TO start_subscription_after;
            DROP INDEX start_subscription_name;
            CREATE TABLE start_subscription (
                definition BIGINT NOT NULL, element TEXT NOT NULL, process_id TEXT NOT NULL, name TEXT NOT NULL,
                PRIMARY KEY (definition, element)
            ) {clustered};
            CREATE INDEX start_subscription_name ON start_subscription (name);
            INSERT INTO start_subscription (definition, element, process_id, name)
                SELECT definition, element, process_id, name FROM start_subscription_after WHERE nth = 0;
            DROP TABLE start_subscription_after;
            ALTER TABLE start_timer RENAME TO start_timer_after;
            DROP INDEX start_timer_due;
            CREATE TABLE start_timer (
                definition BIGINT NOT NULL, element TEXT NOT NULL, process_id TEXT NOT NULL, due BIGINT NOT NULL,
                repeat TEXT, PRIMARY KEY (definition, element)
            ) {clustered};
            CREATE INDEX start_timer_due ON start_timer (due);
            INSERT INTO start_timer (definition, element, process_id, due, repeat)
                SELECT definition, element, process_id, due, repeat FROM start_timer_after WHERE nth = 0;
            DROP TABLE start_timer_after;
            ALTER TABLE task DROP COLUMN priority;
            DROP TABLE deployment_definition;
            DROP TABLE called_instance;
            DROP TABLE start_part;
            DROP TABLE start_lock;
            DROP TABLE start_signal;
            DROP TABLE signal
            ",
        )
        .await
    }
}
