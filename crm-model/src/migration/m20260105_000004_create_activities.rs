//! Calls, meetings, e-mails and notes.

use super::{create_table, drop_tables, index, link, record_table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, text, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut activities = record_table("activity");
        activities
            .col(text("type"))
            .col(text("subject"))
            .col(text_null("description"))
            .col(text("status"))
            .col(big_integer_null("starts_at"))
            .col(big_integer_null("ends_at"))
            .col(big_integer_null("remind_at"))
            .col(big_integer_null("reminder_due"))
            .col(text_null("outcome"))
            .col(text_null("outcome_note"))
            .col(text_null("record_kind"))
            .col(big_integer_null("record"))
            .col(text_null("source_instance"))
            .col(text_null("source_element"));
        link(&mut activities, "activity", "owner", "crm_user");
        link(&mut activities, "activity", "contact", "contact");
        create_table(manager, activities).await?;
        let asked: [&[&str]; 8] = [
            &["owner", "starts_at"],
            &["record_kind", "record", "starts_at"],
            &["contact"],
            &["status"],
            &["starts_at"],
            &["reminder_due"],
            &["search_text"],
            &["changed_at"],
        ];
        for columns in asked {
            index(manager, "activity", columns).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["activity"]).await
    }
}
