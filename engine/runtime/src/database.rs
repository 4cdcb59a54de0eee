//! The database's connections: those of the writer (one on SQLite, three on PostgreSQL), several that read and, on SQLite, one
//! that moves the log into the file. On PostgreSQL one more keeps other servers away (`sole.rs`).
//!
//! What differs between SQLite and PostgreSQL is here, in `migration/dialect.rs`, in `writer/sqlite.rs` and
//! `writer/postgres.rs`, and in the codes that `error.rs` reads.

use std::time::{Duration, Instant};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::error::RuntimeError;
use crate::sole::Sole;

const READERS: u32 = 4;
/// Connections of the writer to PostgreSQL: two work at a time, a third is looked after by the pool, which tries each
/// before it can be had again.
const WRITERS: u32 = 3;
/// Within this time a connection says that it has been lost.
const SWIFT: Duration = Duration::from_secs(1);
/// How long a connection of the pool, or a new one, is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection: statements of many rows come in a few sizes each.
const STATEMENTS_KEPT: usize = 400;
/// Pages in the log (of 4 KiB each) above which it begins anew, at its beginning.
const LOG_PAGES: i64 = 16_384;
/// Pages in the log above which its file is cut back to nothing.
const LOG_PAGES_TO_TRUNCATE: i64 = 262_144;

/// Pages that are moved in a moment.
const FEW_LOG_PAGES: i64 = 2_048;
/// Rounds of moving the log at most, before it is cut back.
const ROUNDS: usize = 8;

/// A database that is open.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    checkpointer: Option<DatabaseConnection>,
    sole: Sole,
}

impl Database {
    /// Opens `sqlite:PATH`, making the file where there is none, or `postgres://USER:PASSWORD@HOST/DATABASE`, which must be
    /// there.
    ///
    /// # Errors
    /// Where the address is of neither, or the database cannot be opened.
    pub async fn open(url: &str) -> Result<Database, RuntimeError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Database::open_postgres(url).await;
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if path.starts_with(":memory:") => Database::in_memory().await,
            Some(path) if !path.is_empty() => Database::open_sqlite(path).await,
            // The address may hold a password: it is not repeated.
            _ => Err(RuntimeError::Invalid(
                "The address of the database is not one that can be used. Give sqlite: and the path of a file, or postgres:// with host and database."
                    .to_owned(),
            )),
        }
    }

    async fn open_sqlite(path: &str) -> Result<Database, RuntimeError> {
        let path = path.split('?').next().unwrap_or(path);
        let url = format!("sqlite:{path}?mode=rwc");
        // The writer comes first: it makes the file and turns the write-ahead log on.
        let writer =
            sea_orm::Database::connect(sqlite(&url, 1, &[("wal_autocheckpoint", "0")])).await?;
        let readers =
            sea_orm::Database::connect(sqlite(&url, READERS, &[("query_only", "ON")])).await?;
        let checkpointer =
            sea_orm::Database::connect(sqlite(&url, 1, &[("wal_autocheckpoint", "0")])).await?;
        Ok(Database {
            writer,
            readers,
            checkpointer: Some(checkpointer),
            sole: Sole::beside(path),
        })
    }

    async fn open_postgres(url: &str) -> Result<Database, RuntimeError> {
        let mut writer = postgres(url, WRITERS, BY_KEY);
        writer.min_connections(WRITERS).test_before_acquire(false);
        let writer = sea_orm::Database::connect(writer).await?;
        let read_only = &[("default_transaction_read_only", "on")];
        let readers = sea_orm::Database::connect(postgres(url, READERS, read_only)).await?;
        Ok(Database {
            writer,
            readers,
            checkpointer: None,
            sole: Sole::on_server(postgres(url, 1, &[])),
        })
    }

    /// Opens a database that is there, only to look at it: nothing in it can be changed.
    ///
    /// # Errors
    /// Where the address is of no database, or it cannot be opened.
    pub async fn open_to_read(url: &str) -> Result<Database, RuntimeError> {
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Database::open(url).await;
        };
        let mut options = pool(
            &format!("sqlite:{}?mode=ro", path.split('?').next().unwrap_or(path)),
            READERS,
        );
        options.map_sqlx_sqlite_opts(|sqlite| {
            sqlite.busy_timeout(PATIENCE).pragma("query_only", "ON")
        });
        let readers = sea_orm::Database::connect(options).await?;
        Ok(Database {
            writer: readers.clone(),
            readers,
            checkpointer: None,
            sole: Sole::own(),
        })
    }

    /// A database in memory, for `play` and tests. It has one connection only, so readers wait for the writer.
    ///
    /// # Errors
    /// Where SQLite cannot be started.
    pub async fn in_memory() -> Result<Database, RuntimeError> {
        let only = sea_orm::Database::connect(sqlite("sqlite::memory:", 1, &[])).await?;
        Ok(Database {
            writer: only.clone(),
            readers: only,
            checkpointer: None,
            sole: Sole::own(),
        })
    }

    /// Brings the schema up to date. Whoever composes the server gives the migrations of all rooms together.
    ///
    /// # Errors
    /// Where a migration fails: that one is not applied. Where another server works with the database: none is.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), RuntimeError> {
        self.sole.take().await?;
        Ok(M::up(&self.writer, None).await?)
    }

    /// Connections for reading. They never wait for the writer, and cannot write.
    pub fn readers(&self) -> &DatabaseConnection {
        &self.readers
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// How many transactions may write at the same time.
    pub(crate) fn transactions(&self) -> usize {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => 2,
            _ => 1,
        }
    }

    /// Begins a transaction that writes. Connections that have been lost are replaced.
    ///
    /// # Errors
    /// Where the database takes none.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let asked = Instant::now();
        let mut begun = self.begin_once().await;
        for _ in 0..WRITERS {
            // What takes long has been tried again already.
            if begun.is_ok() || asked.elapsed() > SWIFT {
                break;
            }
            begun = self.begin_once().await;
        }
        begun
    }

    async fn begin_once(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            // A deferred transaction that turns into a writing one fails when somebody else has written meanwhile.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }

    /// Moves what is in the log into the file, and cuts the log back where it has grown long. In-line checkpoints would
    /// hold up commits for tens of milliseconds; so does cutting back while much is left to be moved, since nobody can
    /// write meanwhile. What is written while one round moves is left to the next, which is shorter.
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
        let mut pages = 0;
        for _ in 0..ROUNDS {
            let before = pages;
            pages = match connection.query_one_raw(pragma("PASSIVE")).await? {
                Some(row) => row.try_get_by_index::<i64>(1)?,
                None => 0,
            };
            if pages - before < FEW_LOG_PAGES {
                break;
            }
        }
        // To begin anew in the same file is swifter than to make it grow again.
        let anew = match pages {
            few if few <= LOG_PAGES => return Ok(()),
            many if many <= LOG_PAGES_TO_TRUNCATE => "RESTART",
            _ => "TRUNCATE",
        };
        connection.query_one_raw(pragma(anew)).await?;
        Ok(())
    }

    /// That no other server works with it.
    pub(crate) fn sole(&self) -> &Sole {
        &self.sole
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.readers.close_by_ref().await?;
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.close_by_ref().await?;
        }
        self.writer.close_by_ref().await?;
        self.sole.give_up().await
    }
}

/// Whatever gives a connection when one is needed: what is known in memory needs none.
pub(crate) trait Connects: Sync {
    /// The connection.
    type Connection: ConnectionTrait;

    /// The connection, once it is free.
    fn connection(&self) -> impl Future<Output = Result<&Self::Connection, RuntimeError>> + Send;
}

impl<C: ConnectionTrait + Sync> Connects for C {
    type Connection = C;

    async fn connection(&self) -> Result<&C, RuntimeError> {
        Ok(self)
    }
}

/// The keys, with the last one repeated until there are 1, 4, 16, 64 or 256: so only a few statements are prepared.
pub(crate) fn padded<T: Clone>(keys: &[T]) -> Vec<T> {
    let mut sizes = std::iter::successors(Some(1), |size| Some(size * 4));
    let size = sizes.find(|size| *size >= keys.len());
    let mut padded = keys.to_vec();
    if let (Some(size), Some(last)) = (size, keys.last()) {
        padded.resize(size, last.clone());
    }
    padded
}

type Settings = &'static [(&'static str, &'static str)];

fn pool(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .min_connections(1)
        .max_connections(connections)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

fn sqlite(url: &str, connections: u32, more: Settings) -> ConnectOptions {
    let mut options = pool(url, connections);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .statement_cache_capacity(STATEMENTS_KEPT)
            .busy_timeout(PATIENCE)
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

/// Settings of every connection to PostgreSQL (its manual, chapter "Server Configuration").
const POSTGRES: Settings = &[
    // An answer that was given must survive a power cut.
    ("synchronous_commit", "on"),
    // Nobody may hold up others for long: not by a lock, not by being frozen in a transaction, not by a dead connection.
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "20s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "20s"),
    // Compiling pays for long reports only.
    ("jit", "off"),
];

/// The writer looks rows up by their keys, one by one. A plan that was made while a table was small would read the whole
/// table, and would be kept while it grows.
const BY_KEY: Settings = &[
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];

fn postgres(url: &str, connections: u32, more: Settings) -> ConnectOptions {
    let mut options = pool(url, connections);
    options
        .connect_timeout(PATIENCE)
        .acquire_timeout(PATIENCE)
        // The server may have been restarted since a connection was used.
        .test_before_acquire(true)
        .map_sqlx_postgres_opts(move |postgres| {
            postgres
                .application_name("redthread")
                .statement_cache_capacity(STATEMENTS_KEPT)
                .options(POSTGRES.iter().chain(more).copied())
        });
    options
}
