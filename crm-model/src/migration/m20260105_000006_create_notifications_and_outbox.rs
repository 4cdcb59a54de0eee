//! What people are told in the app, and mail on its way out.

use super::{create_table, drop_tables, index, keyed_table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut notifications = keyed_table("notification");
        notifications
            .col(big_integer("user"))
            .col(text("code"))
            .col(text("params"))
            .col(text_null("link_kind"))
            .col(big_integer_null("link_key"))
            .col(big_integer("created_at"))
            .col(big_integer_null("read_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("notification", "user")
                    .to("crm_user", "key"),
            );
        create_table(manager, notifications).await?;
        index(manager, "notification", &["user", "key"]).await?;
        index(manager, "notification", &["user", "read_at"]).await?;

        let mut mails = keyed_table("outbox_mail");
        mails
            .col(big_integer_null("user"))
            .col(text("recipient"))
            .col(text("subject"))
            .col(text("body"))
            .col(text("status"))
            .col(big_integer("attempts"))
            .col(big_integer_null("next_at"))
            .col(text_null("error"))
            .col(big_integer("created_at"))
            .col(big_integer_null("sent_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("outbox_mail", "user")
                    .to("crm_user", "key"),
            );
        create_table(manager, mails).await?;
        // `next_at` stands only while queued.
        index(manager, "outbox_mail", &["next_at"]).await?;
        index(manager, "outbox_mail", &["user", "key"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["outbox_mail", "notification"]).await
    }
}
