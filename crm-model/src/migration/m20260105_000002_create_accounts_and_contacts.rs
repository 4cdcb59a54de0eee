//! Companies and the people in them.

use super::{create_table, drop_tables, index, link, record_table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut accounts = record_table("account");
        accounts
            .col(text("name"))
            .col(text_null("industry"))
            .col(text_null("website"))
            .col(text_null("phone"))
            .col(text_null("email"))
            .col(text_null("address"))
            .col(text_null("note"));
        link(&mut accounts, "account", "owner", "crm_user");
        create_table(manager, accounts).await?;
        for columns in [&["owner"], &["search_text"], &["changed_at"]] {
            index(manager, "account", columns).await?;
        }

        let mut contacts = record_table("contact");
        contacts
            .col(text_null("first_name"))
            .col(text("last_name"))
            .col(text_null("email"))
            .col(text_null("phone"))
            .col(text_null("position"))
            .col(text_null("note"));
        link(&mut contacts, "contact", "account", "account");
        link(&mut contacts, "contact", "owner", "crm_user");
        create_table(manager, contacts).await?;
        for columns in [&["account"], &["owner"], &["search_text"], &["changed_at"]] {
            index(manager, "contact", columns).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["contact", "account"]).await
    }
}
