//! That one server works with a database, and no second one beside it.
//!
//! Two would refuse each other's writes by the versions of rows, so nothing would be lost; but each would hold up the other,
//! fire the other's timers and send mail twice. On SQLite a file beside the database is locked, on PostgreSQL an advisory lock
//! is held by a connection of its own. Both let go by themselves when the process ends, however it ends.
//!
//! A lock is a courtesy here and never what keeps data right: a file system or a PostgreSQL that knows none is used without.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::Mutex;

use crate::error::RuntimeError;

/// How long a server that is just ending is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(50);

/// Takes the lock, or holds on to it, in the connection's schema.
const LOCK: &str = "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
    THEN true ELSE pg_try_advisory_lock(hashtextextended('redthread ' || current_schema(), 0)) END";

/// The one place at which a server is with a database.
#[derive(Clone, Debug)]
pub(crate) struct Sole {
    place: Place,
    held: Arc<Mutex<Option<Held>>>,
}

#[derive(Clone, Debug)]
enum Place {
    /// Nobody else can come to it.
    Own,
    File(PathBuf),
    Server(Box<ConnectOptions>),
}

#[derive(Debug)]
enum Held {
    Nothing,
    File(#[expect(dead_code, reason = "it is locked until it is dropped")] File),
    Connection(DatabaseConnection),
}

impl Sole {
    /// Of a database that nobody else can come to, or that is only read.
    pub fn own() -> Sole {
        Sole::of(Place::Own)
    }

    /// Of the SQLite database in this file.
    pub fn beside(path: &str) -> Sole {
        Sole::of(Place::File(format!("{path}-lock").into()))
    }

    /// Of the schema that these connections work in.
    pub fn on_server(mut options: ConnectOptions) -> Sole {
        options.min_connections(1).max_connections(1);
        options.test_before_acquire(false);
        Sole::of(Place::Server(Box::new(options)))
    }

    fn of(place: Place) -> Sole {
        Sole {
            place,
            held: Arc::default(),
        }
    }

    /// Takes the place, if this server does not have it yet.
    ///
    /// # Errors
    /// [`RuntimeError::InUse`] where another server has it, and goes on having it.
    pub async fn take(&self) -> Result<(), RuntimeError> {
        let mut held = self.held.lock().await;
        let asked = Instant::now();
        while held.is_none() {
            *held = self.place.try_take().await?;
            if held.is_none() {
                if asked.elapsed() > PATIENCE {
                    return Err(RuntimeError::InUse);
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
        Ok(())
    }

    /// Whether another server has come to the place since the connection that held it was lost. What cannot be found out
    /// now is found out later.
    pub async fn is_lost(&self) -> bool {
        match &*self.held.lock().await {
            Some(Held::Connection(connection)) => matches!(lock(connection).await, Ok(false)),
            Some(Held::Nothing | Held::File(_)) | None => false,
        }
    }

    /// Lets others have the place.
    pub async fn give_up(&self) -> Result<(), DbErr> {
        match self.held.lock().await.take() {
            Some(Held::Connection(connection)) => connection.close().await,
            Some(Held::Nothing | Held::File(_)) | None => Ok(()),
        }
    }
}

impl Place {
    async fn try_take(&self) -> Result<Option<Held>, RuntimeError> {
        match self {
            Place::Own => Ok(Some(Held::Nothing)),
            Place::File(path) => {
                let failed = |error: std::io::Error| {
                    RuntimeError::Invalid(format!("{} cannot be locked: {error}.", path.display()))
                };
                let file = File::create(path).map_err(failed)?;
                match file.try_lock() {
                    Ok(()) => Ok(Some(Held::File(file))),
                    Err(TryLockError::WouldBlock) => Ok(None),
                    Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                        tracing::warn!(file = %path.display(), "the file system knows no locks: see to it that only one server works with the database");
                        Ok(Some(Held::Nothing))
                    }
                    Err(TryLockError::Error(error)) => Err(failed(error)),
                }
            }
            Place::Server(options) => {
                let connection = sea_orm::Database::connect((**options).clone()).await?;
                match lock(&connection).await {
                    Ok(false) => {
                        connection.close().await?;
                        return Ok(None);
                    }
                    Ok(true) => {}
                    Err(error) => {
                        tracing::warn!(%error, "the database knows no advisory locks: see to it that only one server works with it");
                    }
                }
                Ok(Some(Held::Connection(connection)))
            }
        }
    }
}

async fn lock(connection: &DatabaseConnection) -> Result<bool, DbErr> {
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), LOCK);
    match connection.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(true),
    }
}
