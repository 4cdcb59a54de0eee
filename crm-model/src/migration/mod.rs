//! The tables of the customer records, one file a step. A step that has been released is never
//! changed; the next one mends it.
//!
//! Portable SQL (SQLite and PostgreSQL): keys and times are 64-bit integers, words are text,
//! and nothing relies on a database's own numbering, JSON or clock.

mod m20260105_000001_create_users_and_teams;
mod m20260105_000002_create_accounts_and_contacts;
mod m20260105_000003_create_cases_and_deals;
mod m20260105_000004_create_activities;
mod m20260105_000005_create_record_changes_and_timeline;
mod m20260105_000006_create_notifications_and_outbox;
mod m20260105_000007_create_company_calendar;

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text};

/// Makes the tables of this crate; compose it with the engine's.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260105_000001_create_users_and_teams::Migration),
            Box::new(m20260105_000002_create_accounts_and_contacts::Migration),
            Box::new(m20260105_000003_create_cases_and_deals::Migration),
            Box::new(m20260105_000004_create_activities::Migration),
            Box::new(m20260105_000005_create_record_changes_and_timeline::Migration),
            Box::new(m20260105_000006_create_notifications_and_outbox::Migration),
            Box::new(m20260105_000007_create_company_calendar::Migration),
        ]
    }
}

/// A table with a 64-bit key.
fn keyed_table(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).col(big_integer("key").primary_key());
    table
}

/// A table of records: key, version, when, by whom, and what search looks through.
fn record_table(name: &'static str) -> TableCreateStatement {
    let mut table = keyed_table(name);
    table
        .col(big_integer("version"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .col(big_integer("changed_at"))
        .col(text("search_text"));
    table
}

/// A column that points at a row of another table, which can then not go away.
fn link(
    table: &mut TableCreateStatement,
    from: &'static str,
    column: &'static str,
    to: &'static str,
) {
    table
        .col(big_integer_null(column))
        .foreign_key(ForeignKey::create().from(from, column).to(to, "key"));
}

/// Makes a table. Its texts compare byte by byte, as they do on SQLite, whatever language PostgreSQL sorts by otherwise.
async fn create_table(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return manager.create_table(table).await;
    }
    // Names of columns stand in quotes, so what follows one is its type.
    let sql = table
        .to_string(PostgresQueryBuilder)
        .replace("\" text", "\" text COLLATE \"C\"");
    manager
        .get_connection()
        .execute_unprepared(&sql)
        .await
        .map(drop)
}

/// An index on the columns, named after them.
async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(index_on(table, columns)).await
}

/// The same, where no two rows may be alike.
async fn unique_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = index_on(table, columns);
    index.unique();
    manager.create_index(index).await
}

fn index_on(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .name(format!("ix_{table}_{}", columns.join("_")))
        .table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// Takes the tables away again, the last made first.
async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager
            .drop_table(Table::drop().table(*table).to_owned())
            .await?;
    }
    Ok(())
}
