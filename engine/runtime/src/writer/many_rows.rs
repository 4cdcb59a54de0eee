//! Statements of many rows, in the words of the connected database. Which file speaks them is decided here alone.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Value};

use super::{postgres, sqlite};

/// Inserts rows.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres::insert(tx, table, columns, rows).await,
        _ => sqlite::insert(tx, table, columns, rows).await,
    }
}

/// Inserts rows, or changes those that are there.
pub(super) async fn upsert(
    tx: &DatabaseTransaction,
    table: &str,
    key: &[&str],
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres::upsert(tx, table, key, columns, rows).await,
        _ => sqlite::upsert(tx, table, key, columns, rows).await,
    }
}

/// Deletes the rows with these primary keys.
pub(super) async fn delete(
    tx: &DatabaseTransaction,
    table: &str,
    key: &[&str],
    keys: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres::delete(tx, table, key, keys).await,
        _ => sqlite::delete(tx, table, key, keys).await,
    }
}

/// Sets columns of rows that exist: each row is its key, then the new values. A key without a row is left out.
pub(super) async fn update(
    tx: &DatabaseTransaction,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres::update(tx, table, key, columns, rows).await,
        _ => sqlite::update(tx, table, key, columns, rows).await,
    }
}

/// As [`update`], but only where `compared` still has the value that is given last in each row. Answers how many rows
/// had it.
pub(super) async fn update_compared(
    tx: &DatabaseTransaction,
    table: &str,
    key: &str,
    columns: &[&str],
    compared: &str,
    rows: Vec<Vec<Value>>,
) -> Result<u64, DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => {
            postgres::update_compared(tx, table, key, columns, compared, rows).await
        }
        _ => sqlite::update_compared(tx, table, key, columns, compared, rows).await,
    }
}
