//! The few words in which databases differ. Migrations are plain SQL with these words in braces.

use sea_orm::{DbBackend, Statement};
use sea_orm_migration::prelude::*;

/// Runs statements, separated by semicolons, in the words of the connected database:
/// `{key}` a 64-bit primary key, `{clustered}` rows stored in the order of the primary key, `{bytes}` bytes, `TEXT`
/// texts that compare byte by byte, whatever language the database sorts by otherwise.
pub async fn run(manager: &SchemaManager<'_>, statements: &str) -> Result<(), DbErr> {
    let (key, clustered, bytes, text) = match manager.get_database_backend() {
        // Exactly these words make the key the row id.
        DbBackend::Sqlite => (
            "INTEGER PRIMARY KEY NOT NULL",
            "WITHOUT ROWID",
            "BLOB",
            " TEXT",
        ),
        _ => (
            "BIGINT PRIMARY KEY NOT NULL",
            "",
            "BYTEA",
            " TEXT COLLATE \"C\"",
        ),
    };
    let connection = manager.get_connection();
    for statement in statements
        .split(';')
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
    {
        let words = [
            ("{key}", key),
            ("{clustered}", clustered),
            ("{bytes}", bytes),
            (" TEXT", text),
        ];
        let sql = words
            .iter()
            .fold(statement.to_owned(), |sql, (name, word)| {
                sql.replace(name, word)
            });
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Has texts compressed with LZ4 where PostgreSQL was built with it (14 and later, nearly everywhere). It compresses what is
/// longer than 2 KB; its old way takes longer than all the rest.
pub async fn compress_fast(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: &[&str],
) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(());
    }
    let ask = "SELECT 1 AS one FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)";
    let ask = Statement::from_string(backend, ask);
    if manager.get_connection().query_one_raw(ask).await?.is_none() {
        return Ok(());
    }
    for column in columns {
        let text = format!("ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION lz4");
        run(manager, &text).await?;
    }
    Ok(())
}
