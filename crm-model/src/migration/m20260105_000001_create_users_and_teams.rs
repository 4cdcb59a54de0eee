//! Users, teams, and who is in which.

use super::{create_table, drop_tables, index, record_table, unique_index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, text, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut users = record_table("crm_user");
        users
            .col(text("login"))
            .col(text("name"))
            .col(text_null("email"))
            .col(text("role"))
            .col(text("locale"))
            .col(text_null("zone"))
            .col(boolean("active"));
        create_table(manager, users).await?;
        unique_index(manager, "crm_user", &["login"]).await?;

        let mut teams = record_table("crm_team");
        teams.col(text("name")).col(text("title"));
        create_table(manager, teams).await?;
        unique_index(manager, "crm_team", &["name"]).await?;

        let mut memberships = Table::create();
        memberships
            .table("crm_membership")
            .col(big_integer("team"))
            .col(big_integer("user"))
            .primary_key(Index::create().col("team").col("user"))
            .foreign_key(
                ForeignKey::create()
                    .from("crm_membership", "team")
                    .to("crm_team", "key"),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("crm_membership", "user")
                    .to("crm_user", "key"),
            );
        create_table(manager, memberships).await?;
        index(manager, "crm_membership", &["user"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["crm_membership", "crm_team", "crm_user"]).await
    }
}
