//! The database's connections: one that writes, several that read, one that moves the log into the file.
//!
//! SQLite only for now. PostgreSQL will be another arm of [`Database::open`]; what differs between the two is here, in
//! `migration/dialect.rs` and in `writer/sqlite.rs`.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, Statement};
use sea_orm_migration::MigratorTrait;

use crate::error::RuntimeError;

const READERS: u32 = 4;
/// Prepared statements kept per connection: statements of many rows come in a few sizes each.
const STATEMENTS_KEPT: usize = 400;
/// Pages in the log above which it is cut back to nothing (of 4 KiB each).
const LOG_PAGES_TO_TRUNCATE: i64 = 16_384;

/// A database that is open.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    checkpointer: Option<DatabaseConnection>,
}

impl Database {
    /// Opens `sqlite:PATH`, making the file where there is none.
    ///
    /// # Errors
    /// Where the address is not one of SQLite, or the file cannot be opened.
    pub async fn open(url: &str) -> Result<Database, RuntimeError> {
        let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty()).ok_or_else(|| {
            RuntimeError::Invalid(format!(
                "\"{url}\" is not an address of a database that works yet. Give sqlite: and the path of a file."
            ))
        })?;
        if path.starts_with(":memory:") {
            return Database::in_memory().await;
        }
        let url = format!("sqlite:{}?mode=rwc", path.split('?').next().unwrap_or(path));
        // The writer comes first: it makes the file and turns the write-ahead log on.
        let writer =
            sea_orm::Database::connect(options(&url, 1, &[("wal_autocheckpoint", "0")])).await?;
        let readers =
            sea_orm::Database::connect(options(&url, READERS, &[("query_only", "ON")])).await?;
        let checkpointer =
            sea_orm::Database::connect(options(&url, 1, &[("wal_autocheckpoint", "0")])).await?;
        Ok(Database {
            writer,
            readers,
            checkpointer: Some(checkpointer),
        })
    }

    /// A database in memory, for `play` and tests. It has one connection only, so readers wait for the writer.
    ///
    /// # Errors
    /// Where SQLite cannot be started.
    pub async fn in_memory() -> Result<Database, RuntimeError> {
        let only = sea_orm::Database::connect(options("sqlite::memory:", 1, &[])).await?;
        Ok(Database {
            writer: only.clone(),
            readers: only,
            checkpointer: None,
        })
    }

    /// Brings the schema up to date. Whoever composes the server gives the migrations of all rooms together.
    ///
    /// # Errors
    /// Where a migration fails: that one is not applied.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), RuntimeError> {
        Ok(M::up(&self.writer, None).await?)
    }

    /// Connections for reading. They never wait for the writer, and cannot write.
    pub fn readers(&self) -> &DatabaseConnection {
        &self.readers
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Moves what is in the log into the file, and cuts the log back where it has grown long. In-line checkpoints would
    /// hold up commits for tens of milliseconds.
    pub(crate) async fn checkpoint(&self) -> Result<(), DbErr> {
        let Some(connection) = &self.checkpointer else {
            return Ok(());
        };
        let pragma = |mode: &str| {
            Statement::from_string(
                connection.get_database_backend(),
                format!("PRAGMA wal_checkpoint({mode})"),
            )
        };
        let pages_in_log = match connection.query_one_raw(pragma("PASSIVE")).await? {
            Some(row) => row.try_get_by_index::<i64>(1)?,
            None => 0,
        };
        if pages_in_log > LOG_PAGES_TO_TRUNCATE {
            connection.query_one_raw(pragma("TRUNCATE")).await?;
        }
        Ok(())
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.readers.close_by_ref().await?;
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.close_by_ref().await?;
        }
        self.writer.close_by_ref().await
    }
}

fn options(
    url: &str,
    connections: u32,
    more: &'static [(&'static str, &'static str)],
) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .min_connections(1)
        .max_connections(connections)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .statement_cache_capacity(STATEMENTS_KEPT)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "WAL")
                // An answer that was given must survive a power cut.
                .pragma("synchronous", "FULL")
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-32000");
            more.iter()
                .fold(sqlite, |sqlite, (name, value)| sqlite.pragma(*name, *value))
        });
    options
}
