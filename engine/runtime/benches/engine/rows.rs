//! The same rows without an engine: what the database and the driver give on this machine, and what the engine is
//! measured against. One loop takes all that has arrived and writes it in one durable transaction, as the engine does.
//!
//! The layout is lean: 64-bit keys, one history row a step, no secondary indexes. The texts are as long as those of the
//! process with one user task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use tokio::sync::{mpsc, oneshot};

use crate::Asked;
use crate::measure::{Figures, Meter};
use crate::place::Place;

/// Lengths of what the engine writes for the process with one user task, rounded (`SELECT avg(length(state))` ...).
const STATE: usize = 800;
const STATE_OF_ENDED: usize = 300;
const HISTORY: usize = 1_100;
/// Steps in one transaction at most, as the engine's.
const BATCH: usize = 256;

const TABLES: &str = "
    CREATE TABLE instance ({key}, definition BIGINT NOT NULL, status TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
    CREATE TABLE task ({key}, instance BIGINT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, created BIGINT NOT NULL, ended BIGINT);
    CREATE TABLE position ({key}, instance BIGINT NOT NULL, element TEXT NOT NULL, since BIGINT NOT NULL);
    CREATE TABLE history (instance BIGINT NOT NULL, sequence BIGINT NOT NULL, events TEXT NOT NULL, PRIMARY KEY (instance, sequence)) {clustered};
    CREATE TABLE feed ({key}, touched TEXT NOT NULL)";

/// Half a life: an instance begins, or ends.
#[derive(Clone, Copy)]
enum Half {
    Begins(i64),
    Ends(i64),
}

struct Asking(Half, oneshot::Sender<()>);

/// Runs clients against the loop that writes.
pub async fn run(asked: &Asked, place: &Place, clients: usize) -> Figures {
    let database = place.database().await;
    let connection = connect(place, database.url()).await;
    prepare(&connection).await;
    let (queue, arriving) = mpsc::channel(4_096);
    let writer = tokio::spawn(write(connection.clone(), arriving));

    let (stop, steps, keys) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicU64::new(1)),
    );
    let times = Arc::new(std::sync::Mutex::new(Vec::new()));
    let working: Vec<_> = (0..clients)
        .map(|_| {
            let (queue, stop, steps, keys, times) = (
                queue.clone(),
                stop.clone(),
                steps.clone(),
                keys.clone(),
                times.clone(),
            );
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let key = keys.fetch_add(1, Ordering::Relaxed) as i64;
                    for half in [Half::Begins(key), Half::Ends(key)] {
                        let began = Instant::now();
                        let (reply, answer) = oneshot::channel();
                        let sent = queue.send(Asking(half, reply)).await;
                        sent.unwrap_or_else(|_| panic!("the writer runs"));
                        answer.await.expect("the writer answers");
                        let micros = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
                        times.lock().unwrap_or_else(|e| e.into_inner()).push(micros);
                        steps.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    drop(queue);
    let take = || std::mem::take(&mut *times.lock().unwrap_or_else(|e| e.into_inner()));

    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = Meter::read(place, &connection).await;
    let (steps_before, _) = (steps.load(Ordering::Relaxed), take());
    tokio::time::sleep(asked.time).await;
    let (done, times) = (steps.load(Ordering::Relaxed) - steps_before, take());
    let after = Meter::read(place, &connection).await;
    stop.store(true, Ordering::Relaxed);
    for client in working {
        client.await.expect("a client works");
    }
    writer.await.expect("the writer ends");
    connection.close().await.expect("closed");
    before.figures(&after, done, done / 2, times)
}

/// As `engine/runtime/src/database.rs` does: durable, and checkpoints by somebody else.
async fn connect(place: &Place, url: &str) -> DatabaseConnection {
    let url = match place {
        Place::Sqlite => format!("{url}?mode=rwc"),
        Place::Postgres(_) => url.to_owned(),
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(2)
        .min_connections(2)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .statement_cache_capacity(400)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("wal_autocheckpoint", "8192")
        })
        .map_sqlx_postgres_opts(|postgres| {
            postgres.options([
                ("enable_seqscan", "off"),
                ("enable_hashjoin", "off"),
                ("enable_mergejoin", "off"),
            ])
        });
    sea_orm::Database::connect(options)
        .await
        .expect("a connection")
}

async fn prepare(connection: &DatabaseConnection) {
    let (key, clustered) = match connection.get_database_backend() {
        DbBackend::Sqlite => ("key INTEGER PRIMARY KEY NOT NULL", "WITHOUT ROWID"),
        _ => ("key BIGINT PRIMARY KEY NOT NULL", ""),
    };
    let tables = TABLES
        .replace("{key}", key)
        .replace("{clustered}", clustered);
    for table in tables.split(';') {
        connection.execute_unprepared(table).await.expect("a table");
    }
}

async fn write(connection: DatabaseConnection, mut arriving: mpsc::Receiver<Asking>) {
    let mut some = Vec::with_capacity(BATCH);
    let mut feed = 0;
    while arriving.recv_many(&mut some, BATCH).await > 0 {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = connection
            .begin_with_options(options)
            .await
            .expect("a transaction");
        feed += 1;
        rows_of(&tx, &some, feed).await;
        tx.commit().await.expect("committed");
        for asking in some.drain(..) {
            let _ = asking.1.send(());
        }
    }
}

async fn rows_of(tx: &DatabaseTransaction, some: &[Asking], feed: i64) {
    let (mut begun, mut ended, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for Asking(half, _) in some {
        match half {
            Half::Begins(key) => {
                begun.push(*key);
                history.push(vec![(*key).into(), 1_i64.into(), text(HISTORY)]);
            }
            Half::Ends(key) => {
                ended.push(*key);
                history.push(vec![(*key).into(), 2_i64.into(), text(HISTORY)]);
            }
        }
    }
    let rows = |keys: &[i64], row: &dyn Fn(i64) -> Vec<Value>| -> Vec<Vec<Value>> {
        keys.iter().map(|key| row(*key)).collect()
    };
    let new = |key: i64| {
        vec![
            key.into(),
            7_i64.into(),
            "active".into(),
            1_i64.into(),
            text(STATE),
        ]
    };
    let columns = ["key", "definition", "status", "version", "state"];
    insert(tx, "instance", &columns, rows(&begun, &new)).await;
    let task = |key: i64| {
        let name = "Review the request".into();
        vec![key.into(), key.into(), name, "open".into(), key.into()]
    };
    let columns = ["key", "instance", "name", "state", "created"];
    insert(tx, "task", &columns, rows(&begun, &task)).await;
    let position = |key: i64| vec![key.into(), key.into(), "review".into(), key.into()];
    let columns = ["key", "instance", "element", "since"];
    insert(tx, "position", &columns, rows(&begun, &position)).await;
    insert(tx, "history", &["instance", "sequence", "events"], history).await;

    let over = |key: i64| {
        let status = "completed".into();
        vec![
            key.into(),
            status,
            2_i64.into(),
            text(STATE_OF_ENDED),
            1_i64.into(),
        ]
    };
    let text =
        "UPDATE instance SET status = v.{2}, version = v.{3}, state = v.{4} FROM ({rows}) AS v
        WHERE instance.key = v.{1} AND instance.version = v.{5}";
    with_rows(tx, text, rows(&ended, &over)).await;
    let done = |key: i64| vec![key.into(), "done".into(), key.into()];
    let text =
        "UPDATE task SET state = v.{2}, ended = v.{3} FROM ({rows}) AS v WHERE task.key = v.{1}";
    with_rows(tx, text, rows(&ended, &done)).await;
    let text = "DELETE FROM position WHERE key IN (SELECT v.{1} FROM ({rows}) AS v)";
    with_rows(tx, text, rows(&ended, &|key| vec![key.into()])).await;
    let touched = vec![vec![
        feed.into(),
        "{\"topics\":[\"instances\",\"tasks\"]}".into(),
    ]];
    insert(tx, "feed", &["key", "touched"], touched).await;
}

fn text(length: usize) -> Value {
    "{\"key\":\"value\"}, ".repeat(length / 17 + 1)[..length]
        .to_owned()
        .into()
}

async fn insert(tx: &DatabaseTransaction, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) {
    let names = columns.join(", ");
    let text = format!("INSERT INTO {table} ({names}) SELECT * FROM ({{rows}}) AS v WHERE true");
    with_rows(tx, &text, rows).await;
}

/// Runs a statement over rows: `{rows}` in its text stands for them, `{1}` for the name of their first column.
async fn with_rows(tx: &DatabaseTransaction, text: &str, rows: Vec<Vec<Value>>) {
    if rows.is_empty() {
        return;
    }
    match tx.get_database_backend() {
        DbBackend::Sqlite => {
            let mut rows = rows.into_iter();
            for size in [64, 16, 4, 1] {
                while rows.len() >= size {
                    let group: Vec<Vec<Value>> = rows.by_ref().take(size).collect();
                    let tuple = format!("({})", vec!["?"; group[0].len()].join(", "));
                    let values = format!("VALUES {}", vec![tuple; size].join(", "));
                    let text = named(text, "column", group[0].len()).replace("{rows}", &values);
                    let group = group.into_iter().flatten();
                    run_one(tx, DbBackend::Sqlite, text, group.collect()).await;
                }
            }
        }
        backend => {
            let mut columns: Vec<(ArrayType, Vec<Value>)> = rows[0]
                .iter()
                .map(|value| (value.array_type(), Vec::new()))
                .collect();
            for row in rows {
                for (column, value) in columns.iter_mut().zip(row) {
                    column.1.push(value);
                }
            }
            let parts: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(at, (kind, _))| {
                    let kind = if *kind == ArrayType::String {
                        "text"
                    } else {
                        "bigint"
                    };
                    format!("UNNEST(${0}::{kind}[]) AS c{0}", at + 1)
                })
                .collect();
            let rows = format!("SELECT {}", parts.join(", "));
            let text = named(text, "c", columns.len()).replace("{rows}", &rows);
            let values = columns
                .into_iter()
                .map(|(kind, values)| Value::Array(kind, Some(Box::new(values))));
            run_one(tx, backend, text, values.collect()).await;
        }
    }
}

fn named(text: &str, prefix: &str, columns: usize) -> String {
    (1..=columns).fold(text.to_owned(), |text, at| {
        text.replace(&format!("{{{at}}}"), &format!("{prefix}{at}"))
    })
}

async fn run_one(tx: &DatabaseTransaction, backend: DbBackend, text: String, values: Vec<Value>) {
    let statement = Statement::from_sql_and_values(backend, text, values);
    tx.execute_raw(statement).await.expect("written");
}
