//! Large states have rows of their own, which are not written with every step.

use sea_orm::Statement;
use sea_orm_migration::prelude::*;

use super::dialect::{compress_fast, run};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "CREATE TABLE large_state (instance {key}, sequence BIGINT NOT NULL, state TEXT NOT NULL)",
        )
        .await?;
        compress_fast(manager, "large_state", &["state"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ask = "SELECT 1 AS one FROM large_state LIMIT 1";
        let ask = Statement::from_string(manager.get_database_backend(), ask);
        if manager.get_connection().query_one_raw(ask).await?.is_some() {
            // What has come since is in the history, where an older server does not look for it.
            let why =
                "There are instances with large states, which the version before cannot read.";
            return Err(DbErr::Custom(why.to_owned()));
        }
        run(manager, "DROP TABLE large_state").await
    }
}
