//! A database of its own for each test: a file of SQLite, or, where [`POSTGRES`] names a server, a schema there. Both
//! go away with the test.
//!
//! `scripts/postgres` runs tests beside a temporary server.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr};

/// The environment variable that names a server: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. The user must be allowed
/// to create schemas.
pub const POSTGRES: &str = "REDTHREAD_TEST_POSTGRES";

/// An empty database. It goes away when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(#[expect(dead_code, reason = "the folder goes away with it")] tempfile::TempDir),
    Postgres {
        server: String,
        name: String,
    },
    /// Somebody else takes it away.
    Elsewhere,
}

impl TestDatabase {
    /// A new one. A test cannot go on without it, so this panics where there is none to be had.
    pub async fn new() -> TestDatabase {
        match std::env::var(POSTGRES).ok().filter(|url| !url.is_empty()) {
            Some(server) => TestDatabase::on_postgres(server).await,
            None => TestDatabase::on_file(),
        }
    }

    /// One that somebody else has made and takes away.
    pub fn at(url: String) -> TestDatabase {
        TestDatabase {
            url,
            place: Place::Elsewhere,
        }
    }

    /// A file of its own.
    pub fn on_file() -> TestDatabase {
        let folder = tempfile::tempdir().expect("a folder");
        TestDatabase {
            url: format!("sqlite:{}", folder.path().join("test.db").display()),
            place: Place::File(folder),
        }
    }

    /// A schema of its own on this server.
    pub async fn on_postgres(server: String) -> TestDatabase {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{nth}", std::process::id());
        // A killed run may have left one of this name.
        let statement = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
        on_server(&server, &statement)
            .await
            .unwrap_or_else(|error| panic!("{POSTGRES}: {statement}: {error}"));
        let and = if server.contains('?') { '&' } else { '?' };
        TestDatabase {
            url: format!("{server}{and}options=-c%20search_path%3D{name}"),
            place: Place::Postgres { server, name },
        }
    }

    /// Its address, as the server takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which of the two it is on.
    pub fn backend(&self) -> DbBackend {
        if self.url.starts_with("sqlite:") {
            DbBackend::Sqlite
        } else {
            DbBackend::Postgres
        }
    }

    /// A connection of somebody else.
    pub async fn connect(&self) -> DatabaseConnection {
        let url = match self.backend() {
            DbBackend::Sqlite => format!("{}?mode=rwc", self.url),
            _ => self.url.clone(),
        };
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false);
        Database::connect(options).await.expect("a connection")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Postgres { server, name } = &self.place else {
            return;
        };
        let (server, statement) = (
            server.clone(),
            format!("SET lock_timeout = '5s'; DROP SCHEMA {name} CASCADE"),
        );
        // The test's own runtime cannot wait here.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(on_server(&server, &statement))
        });
        if let Ok(Err(error)) = dropped.join() {
            eprintln!("{name} stays: {error}");
        }
    }
}

async fn on_server(server: &str, statement: &str) -> Result<(), DbErr> {
    let mut options = ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    connection.execute_unprepared(statement).await?;
    connection.close().await
}
