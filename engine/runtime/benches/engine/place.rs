//! A database of its own for each run.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use redthread_calendar::Timestamp;
use redthread_runtime::{Database, Migrator, Runtime, SystemClock, UploadedFile};
use redthread_test_database::{POSTGRES, TestDatabase};

use crate::world::{BareWorld, nobody};

/// Where a run takes place.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file on the disk where temporary files are.
    Sqlite,
    /// A schema of this server.
    Postgres(String),
}

impl Place {
    /// Both, or SQLite alone where no server is named.
    pub fn all() -> Vec<Place> {
        let server = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty());
        let postgres = server.map(Place::Postgres);
        if postgres.is_none() {
            eprintln!("PostgreSQL is left out: {POSTGRES} names no server.");
        }
        [Place::Sqlite].into_iter().chain(postgres).collect()
    }

    pub fn name(&self) -> &'static str {
        match self {
            Place::Sqlite => "sqlite",
            Place::Postgres(_) => "postgres",
        }
    }

    /// A new, empty database.
    pub async fn database(&self) -> TestDatabase {
        match self {
            Place::Sqlite => TestDatabase::on_file(),
            Place::Postgres(server) => TestDatabase::on_postgres(server.clone()).await,
        }
    }
}

/// A running engine with diagrams deployed.
pub struct House {
    pub runtime: Runtime,
    pub database: Arc<TestDatabase>,
    /// Tasks that it has completed itself.
    pub completed: AtomicU64,
}

impl House {
    pub async fn new(place: &Place, diagram: &str) -> House {
        let database = Arc::new(place.database().await);
        let house = House::open(database).await;
        let file = UploadedFile {
            name: "process.bpmn".to_owned(),
            bytes: diagram.as_bytes().to_vec(),
        };
        let deployed = house.runtime.deploy(vec![file], nobody()).await;
        deployed.expect("the diagram deploys");
        house
    }

    /// The engine on a database that may have been used before.
    pub async fn open(database: Arc<TestDatabase>) -> House {
        let opened = Database::open(database.url()).await.expect("a database");
        opened.migrate::<Migrator>().await.expect("a schema");
        let clock = Arc::new(SystemClock::default());
        let runtime = Runtime::open(opened, Arc::new(BareWorld), clock).await;
        House {
            runtime: runtime.expect("a runtime"),
            database,
            completed: AtomicU64::new(0),
        }
    }

    pub async fn close(self) -> Arc<TestDatabase> {
        self.runtime.close().await;
        self.database
    }
}

/// The time now.
pub fn now() -> Timestamp {
    redthread_runtime::real_now()
}
