//! Lean tables: positions lie beside those of the same instance, and PostgreSQL keeps room and order where rows come and go.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use super::dialect::{compress_fast, run};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows live for moments: dead ones are cleared away before polls have to walk over many of them.
const SHORT_LIVED: [&str; 6] = [
    "timer",
    "job",
    "subscription",
    "position",
    "task_candidate",
    "inbox",
];

/// Long texts of history.
const LONG: [&str; 3] = ["command", "inputs", "events"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "
            ALTER TABLE position RENAME TO position_before;
            DROP INDEX position_element;
            DROP INDEX position_instance;
            CREATE TABLE position (
                instance BIGINT NOT NULL, key BIGINT NOT NULL, definition BIGINT NOT NULL, element TEXT NOT NULL,
                scope BIGINT NOT NULL, since BIGINT NOT NULL, due BIGINT, PRIMARY KEY (instance, key)
            ) {clustered};
            CREATE INDEX position_element ON position (definition, element, due, instance);
            INSERT INTO position (instance, key, definition, element, scope, since, due)
                SELECT instance, key, definition, element, scope, since, due FROM position_before;
            DROP TABLE position_before;
            DROP INDEX instance_open;
            CREATE INDEX instance_open ON instance (definition, key) WHERE ended IS NULL
            ",
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            compress_fast(manager, "history", &LONG).await?;
            // With room on its page, a row that changes need not be put into the indexes again.
            run(manager, "ALTER TABLE instance SET (fillfactor = 70)").await?;
            for table in SHORT_LIVED {
                let often =
                    "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0";
                run(manager, &format!("ALTER TABLE {table} SET ({often})")).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "
            ALTER TABLE position RENAME TO position_after;
            DROP INDEX position_element;
            CREATE TABLE position (
                key {key}, instance BIGINT NOT NULL, definition BIGINT NOT NULL, element TEXT NOT NULL,
                scope BIGINT NOT NULL, since BIGINT NOT NULL, due BIGINT
            );
            CREATE INDEX position_element ON position (definition, element, due, instance);
            CREATE INDEX position_instance ON position (instance);
            INSERT INTO position (key, instance, definition, element, scope, since, due)
                SELECT key, instance, definition, element, scope, since, due FROM position_after;
            DROP TABLE position_after;
            DROP INDEX instance_open;
            CREATE INDEX instance_open ON instance (definition) WHERE ended IS NULL
            ",
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for column in LONG {
                let text =
                    format!("ALTER TABLE history ALTER COLUMN {column} SET COMPRESSION default");
                run(manager, &text).await?;
            }
            run(manager, "ALTER TABLE instance RESET (fillfactor)").await?;
            for table in SHORT_LIVED {
                let often = "autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay";
                run(manager, &format!("ALTER TABLE {table} RESET ({often})")).await?;
            }
        }
        Ok(())
    }
}
