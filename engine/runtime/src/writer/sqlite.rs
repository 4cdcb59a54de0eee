//! Statements of many rows, in SQLite's words: the functions of `postgres.rs`.
//!
//! Rows go in groups of a few fixed sizes, so that only a few statements of each kind are prepared, and so that no
//! statement comes near SQLite's limit of 32,766 parameters.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

const GROUPS: [usize; 5] = [256, 64, 16, 4, 1];

/// Inserts rows.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    in_groups(tx, rows, |count| {
        format!(
            "INSERT INTO {table} ({}) VALUES {}",
            columns.join(", "),
            tuples(columns.len(), count)
        )
    })
    .await
    .map(drop)
}

/// Inserts rows, or changes those that are there.
pub(super) async fn upsert(
    tx: &DatabaseTransaction,
    table: &str,
    key: &[&str],
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    in_groups(tx, rows, |count| {
        let set: Vec<String> = columns
            .iter()
            .filter(|column| !key.contains(column))
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        let action = if set.is_empty() {
            "NOTHING".to_owned()
        } else {
            format!("UPDATE SET {}", set.join(", "))
        };
        format!(
            "INSERT INTO {table} ({}) VALUES {} ON CONFLICT ({}) DO {action}",
            columns.join(", "),
            tuples(columns.len(), count),
            key.join(", ")
        )
    })
    .await
    .map(drop)
}

/// Deletes the rows with these primary keys.
pub(super) async fn delete(
    tx: &DatabaseTransaction,
    table: &str,
    key: &[&str],
    keys: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    in_groups(tx, keys, |count| match key {
        [only] => format!(
            "DELETE FROM {table} WHERE {only} IN ({})",
            vec!["?"; count].join(", ")
        ),
        // Row values against a list would scan the whole table; conditions one by one are looked up.
        _ => {
            let one: Vec<String> = key.iter().map(|column| format!("{column} = ?")).collect();
            let any = vec![format!("({})", one.join(" AND ")); count];
            format!("DELETE FROM {table} WHERE {}", any.join(" OR "))
        }
    })
    .await
    .map(drop)
}

/// Sets columns of rows that exist: each row is its key, then the new values. A key without a row is left out.
pub(super) async fn update(
    tx: &DatabaseTransaction,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    in_groups(tx, rows, |count| {
        update_text(table, key, columns, None, count)
    })
    .await
    .map(drop)
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
    in_groups(tx, rows, |count| {
        update_text(table, key, columns, Some(compared), count)
    })
    .await
}

/// SQLite names the columns of `VALUES` column1, column2 and so on.
fn update_text(
    table: &str,
    key: &str,
    columns: &[&str],
    compared: Option<&str>,
    rows: usize,
) -> String {
    let set: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{column} = v.column{}", at + 2))
        .collect();
    let last = columns.len() + 2;
    let condition = compared
        .map(|column| format!(" AND {table}.{column} = v.column{last}"))
        .unwrap_or_default();
    format!(
        "UPDATE {table} SET {} FROM (VALUES {}) AS v WHERE {table}.{key} = v.column1{condition}",
        set.join(", "),
        tuples(columns.len() + 1 + usize::from(compared.is_some()), rows)
    )
}

async fn in_groups(
    tx: &DatabaseTransaction,
    rows: Vec<Vec<Value>>,
    text: impl Fn(usize) -> String,
) -> Result<u64, DbErr> {
    let mut rows = rows.into_iter();
    let mut affected = 0;
    for size in GROUPS {
        while rows.len() >= size {
            let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            let statement = Statement::from_sql_and_values(DbBackend::Sqlite, text(size), values);
            affected += tx.execute_raw(statement).await?.rows_affected();
        }
    }
    Ok(affected)
}

/// `(?, ?), (?, ?)`.
fn tuples(columns: usize, rows: usize) -> String {
    let tuple = format!("({})", vec!["?"; columns].join(", "));
    let mut text = tuple.clone();
    for _ in 1..rows {
        let _ = write!(text, ", {tuple}");
    }
    text
}
