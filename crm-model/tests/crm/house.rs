//! A small company with an empty database: what all tests here go through.

use redthread_calendar::Timestamp;
use redthread_crm::users::NewUser;
use redthread_crm::{
    Actor, Cause, Change, CrmError, KeySource, Kind, Migrator, Problem, Record, RecordKey, Role,
    Scope, User, records, users,
};
use redthread_test_database::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};
use sea_orm_migration::MigratorTrait;
use serde_json::{Map, Value as Json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

/// Keys 1, 2, 3 ...
#[derive(Default)]
pub struct Counter(AtomicI64);

impl KeySource for Counter {
    fn next_key(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// The database, and a clock that stands until it is set.
pub struct House {
    pub db: DatabaseConnection,
    pub keys: Counter,
    now: Mutex<Timestamp>,
    _place: TestDatabase,
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// `json!({..})` as fields.
pub fn fields(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        other => panic!("{other} has no fields"),
    }
}

impl House {
    /// An empty database on Monday 5 January 2026 at nine.
    pub async fn new() -> Self {
        let place = TestDatabase::new().await;
        let db = place.connect().await;
        if place.backend() == DbBackend::Sqlite {
            let log = "PRAGMA journal_mode = WAL";
            db.execute_unprepared(log).await.unwrap();
        }
        Migrator::up(&db, None).await.unwrap();
        let now = Mutex::new(at("2026-01-05T09:00:00Z"));
        House {
            db,
            keys: Counter::default(),
            now,
            _place: place,
        }
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub fn set_clock(&self, text: &str) {
        *self.now.lock().unwrap() = at(text);
    }

    /// Does something in a transaction, which is committed only if it succeeds.
    pub async fn change_as<T>(
        &self,
        actor: Actor,
        run: impl AsyncFnOnce(&Change<'_>) -> Result<T, CrmError>,
    ) -> Result<T, CrmError> {
        let tx = self.db.begin().await?;
        let cause = match &actor {
            Actor::Process { process, .. } => Cause {
                processes: vec![process.clone()],
            },
            Actor::User { .. } | Actor::System => Cause::default(),
        };
        let change = Change {
            tx: &tx,
            now: self.now(),
            keys: &self.keys,
            actor,
            cause,
        };
        let done = run(&change).await;
        match done {
            Ok(_) => tx.commit().await?,
            Err(_) => tx.rollback().await?,
        }
        done
    }

    /// The same, by the server itself.
    pub async fn change<T>(
        &self,
        run: impl AsyncFnOnce(&Change<'_>) -> Result<T, CrmError>,
    ) -> Result<T, CrmError> {
        self.change_as(Actor::System, run).await
    }

    pub async fn user(&self, login: &str, name: &str, role: Role) -> User {
        let user = NewUser {
            login: login.to_owned(),
            name: name.to_owned(),
            email: Some(format!("{login}@example.com")),
            role,
            locale: "en".to_owned(),
            zone: None,
        };
        let made = self.change(async |change| users::create(change, &Scope::system(), user).await);
        made.await.unwrap()
    }

    /// Anna, an employee.
    pub async fn anna(&self) -> User {
        self.user("anna", "Anna Berg", Role::Employee).await
    }

    pub async fn create(&self, kind: Kind, json: Json) -> Record {
        self.try_create(kind, json).await.unwrap()
    }

    pub async fn try_create(&self, kind: Kind, json: Json) -> Result<Record, CrmError> {
        let fields = fields(json);
        self.change(async |change| records::create(change, &Scope::system(), kind, &fields).await)
            .await
    }

    pub async fn update(&self, record: &Record, json: Json) -> Record {
        self.try_update(record, json).await.unwrap()
    }

    /// Changes the record as it was when it was read.
    pub async fn try_update(&self, record: &Record, json: Json) -> Result<Record, CrmError> {
        let (patch, scope) = (fields(json), Scope::system());
        let (kind, key, version) = (record.kind, record.key, Some(record.version));
        self.change(async |change| {
            records::update(change, &scope, kind, key, version, &patch).await
        })
        .await
    }

    pub async fn get(&self, kind: Kind, key: RecordKey) -> Record {
        records::get(&self.db, &Scope::system(), kind, key)
            .await
            .unwrap()
    }
}

/// A user at work.
pub fn by(user: &User) -> Actor {
    Actor::User {
        key: user.key,
        name: user.name.clone(),
    }
}

/// An element of a running process at work.
pub fn by_process() -> Actor {
    Actor::Process {
        instance: RecordKey(77),
        process: "follow-up".to_owned(),
        element: "create-call".to_owned(),
    }
}

/// The problems of a refusal, as `field: code`.
pub fn problems<T: std::fmt::Debug>(refused: Result<T, CrmError>) -> Vec<String> {
    match refused {
        Err(CrmError::Invalid { problems }) => problems
            .iter()
            .map(|Problem { field, code, .. }| format!("{field}: {code}"))
            .collect(),
        other => panic!("expected problems, but {other:?}"),
    }
}
