//! Clients' requests and sales in the making.

use super::{create_table, drop_tables, index, link, record_table, unique_index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut cases = record_table("case_record");
        cases
            .col(big_integer("number"))
            .col(text("subject"))
            .col(text_null("description"))
            .col(text("status"))
            .col(text("priority"))
            .col(text_null("origin"))
            .col(big_integer("opened_at"))
            .col(big_integer_null("closed_at"))
            .col(text_null("resolution"));
        link(&mut cases, "case_record", "account", "account");
        link(&mut cases, "case_record", "contact", "contact");
        link(&mut cases, "case_record", "owner", "crm_user");
        create_table(manager, cases).await?;
        unique_index(manager, "case_record", &["number"]).await?;
        let asked: [&[&str]; 7] = [
            &["owner", "status"],
            &["status"],
            &["account"],
            &["contact"],
            &["search_text"],
            &["opened_at"],
            &["changed_at"],
        ];
        for columns in asked {
            index(manager, "case_record", columns).await?;
        }

        // The last number given out: a row that PostgreSQL locks, so that no number comes twice.
        let mut numbers = Table::create();
        numbers
            .table("record_number")
            .col(text("kind").primary_key())
            .col(big_integer("last"));
        create_table(manager, numbers).await?;
        let first = Query::insert()
            .into_table("record_number")
            .columns(["kind", "last"])
            .values_panic(["case".into(), 1000i64.into()])
            .to_owned();
        manager.execute(first).await?;

        let mut deals = record_table("deal");
        deals
            .col(text("name"))
            .col(text("stage"))
            .col(big_integer_null("amount"))
            .col(text_null("currency"))
            .col(text_null("expected_close"))
            .col(text_null("note"));
        link(&mut deals, "deal", "account", "account");
        link(&mut deals, "deal", "contact", "contact");
        link(&mut deals, "deal", "owner", "crm_user");
        create_table(manager, deals).await?;
        let asked: [&[&str]; 7] = [
            &["owner", "stage"],
            &["stage"],
            &["account"],
            &["contact"],
            &["search_text"],
            &["expected_close"],
            &["changed_at"],
        ];
        for columns in asked {
            index(manager, "deal", columns).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["deal", "record_number", "case_record"]).await
    }
}
