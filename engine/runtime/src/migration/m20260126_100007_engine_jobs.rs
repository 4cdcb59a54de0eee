//! Jobs that workers hold for a while: from when each is free, who holds it, and the token that proves it.

use sea_orm_migration::prelude::*;

use super::dialect::run;

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A job whose element is stuck waits for a person; every other one can be taken at once.
        run(
            manager,
            "
            ALTER TABLE job ADD COLUMN free_at BIGINT;
            ALTER TABLE job ADD COLUMN token BIGINT;
            ALTER TABLE job ADD COLUMN worker TEXT;
            UPDATE job SET free_at = created WHERE NOT performed AND NOT EXISTS (
                SELECT 1 FROM incident WHERE incident.instance = job.instance
                AND incident.element_instance = job.element_instance
                AND incident.code IN ('jobFailed', 'uncaughtError')
            );
            DROP INDEX job_worker;
            CREATE INDEX job_worker ON job (job_type, free_at, key) WHERE NOT performed
            ",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "
            DROP INDEX job_worker;
            CREATE INDEX job_worker ON job (job_type, key) WHERE NOT performed;
            ALTER TABLE job DROP COLUMN worker;
            ALTER TABLE job DROP COLUMN token;
            ALTER TABLE job DROP COLUMN free_at
            ",
        )
        .await
    }
}
