//! The company's working hours and holidays: one row.

use super::{create_table, drop_tables, keyed_table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut calendar = keyed_table("company_calendar");
        calendar
            .col(text("calendar"))
            .col(text("changed_by"))
            .col(big_integer("changed_at"));
        create_table(manager, calendar).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["company_calendar"]).await
    }
}
