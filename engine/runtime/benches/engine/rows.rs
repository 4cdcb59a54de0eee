//! The same rows without an engine: what the database and the driver give on this machine, and what the engine is
//! measured against. One loop takes all that has arrived and writes it in one durable transaction, as the engine does.
//!
//! The layout is lean: 64-bit keys, one history row a step, no secondary indexes. Columns and lengths of texts are those of
//! the process with one user task; what is always null there is left out.

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

/// Lengths of what the engine writes for the process with one user task (`SELECT avg(length(state))` and so on): while it is
/// open, and when it has ended.
const STATE: [usize; 2] = [517, 243];
const TRAIL: [usize; 2] = [74, 194];
/// Actor, command, inputs and events of the first and the second step.
const HISTORY: [[usize; 4]; 2] = [[42, 183, 134, 1_135], [42, 104, 134, 791]];
const ACTOR: usize = 42;
/// Steps in one transaction at most, as the engine's.
const BATCH: usize = 256;

const TABLES: &str = "
    CREATE TABLE instance ({key}, definition BIGINT NOT NULL, process_id TEXT NOT NULL, status TEXT NOT NULL, version BIGINT NOT NULL,
        sequence BIGINT NOT NULL, state TEXT NOT NULL, trail TEXT NOT NULL, incidents BIGINT NOT NULL, started BIGINT NOT NULL,
        started_by TEXT NOT NULL, ended BIGINT);
    CREATE TABLE task ({key}, instance BIGINT NOT NULL, definition BIGINT NOT NULL, process_id TEXT NOT NULL, element TEXT NOT NULL,
        element_instance BIGINT NOT NULL, name TEXT NOT NULL, candidate_teams TEXT NOT NULL, candidate_users TEXT NOT NULL,
        sort_due BIGINT NOT NULL, state TEXT NOT NULL, created BIGINT NOT NULL, search_text TEXT NOT NULL, priority BIGINT NOT NULL,
        ended BIGINT, ended_by TEXT);
    CREATE TABLE task_candidate (name TEXT NOT NULL, team BIGINT NOT NULL, task BIGINT NOT NULL, PRIMARY KEY (name, team, task)) {clustered};
    CREATE TABLE position (instance BIGINT NOT NULL, key BIGINT NOT NULL, definition BIGINT NOT NULL, element TEXT NOT NULL,
        scope BIGINT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (instance, key)) {clustered};
    CREATE TABLE history (instance BIGINT NOT NULL, sequence BIGINT NOT NULL, format BIGINT NOT NULL, at BIGINT NOT NULL,
        actor TEXT NOT NULL, command TEXT NOT NULL, inputs TEXT NOT NULL, events TEXT NOT NULL,
        PRIMARY KEY (instance, sequence)) {clustered};
    CREATE TABLE feed ({key}, at BIGINT NOT NULL, touched TEXT NOT NULL)";

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
        let (keys, key, nth) = match half {
            Half::Begins(key) => (&mut begun, *key, 0),
            Half::Ends(key) => (&mut ended, *key, 1),
        };
        keys.push(key);
        let sequence = nth as i64 + 1;
        let mut row = vec![key.into(), sequence.into(), 1_i64.into(), key.into()];
        row.extend(HISTORY[nth].map(text));
        history.push(row);
    }
    let rows = |keys: &[i64], row: &dyn Fn(i64) -> Vec<Value>| -> Vec<Vec<Value>> {
        keys.iter().map(|key| row(*key)).collect()
    };
    let number = |number: i64| Value::from(number);
    let new = |key: i64| {
        let [state, trail] = [text(STATE[0]), text(TRAIL[0])];
        let mut row = vec![number(key), number(7), "measured".into(), "active".into()];
        row.extend([
            number(1),
            number(1),
            state,
            trail,
            number(0),
            number(key),
            text(ACTOR),
        ]);
        row
    };
    let columns = "key, definition, process_id, status, version, sequence, state, trail, incidents, started, started_by";
    insert(tx, "instance", columns, rows(&begun, &new)).await;
    let task = |key: i64| {
        let mut row = vec![number(key), number(key), number(7), "measured".into()];
        row.extend(["review".into(), number(key), "Review the request".into()]);
        row.extend([
            "[]".into(),
            "[\"ann\"]".into(),
            number(i64::MAX),
            "open".into(),
        ]);
        row.extend([
            number(key),
            "review the request measured".into(),
            number(50),
        ]);
        row
    };
    let columns = "key, instance, definition, process_id, element, element_instance, name, candidate_teams, candidate_users, \
        sort_due, state, created, search_text, priority";
    insert(tx, "task", columns, rows(&begun, &task)).await;
    let candidate = |key: i64| vec!["ann".into(), number(0), number(key)];
    insert(
        tx,
        "task_candidate",
        "name, team, task",
        rows(&begun, &candidate),
    )
    .await;
    let position = |key: i64| {
        let element = "review".into();
        vec![
            number(key),
            number(key),
            number(7),
            element,
            number(key),
            number(key),
        ]
    };
    let columns = "instance, key, definition, element, scope, since";
    insert(tx, "position", columns, rows(&begun, &position)).await;
    let columns = "instance, sequence, format, at, actor, command, inputs, events";
    insert(tx, "history", columns, history).await;

    let over = |key: i64| {
        let [state, trail] = [text(STATE[1]), text(TRAIL[1])];
        let mut row = vec![number(key), "completed".into(), number(2), number(2), state];
        row.extend([trail, number(0), number(key), number(1)]);
        row
    };
    let text_of = "UPDATE instance SET status = v.{2}, version = v.{3}, sequence = v.{4}, state = v.{5}, trail = v.{6},
        incidents = v.{7}, ended = v.{8} FROM ({rows}) AS v WHERE instance.key = v.{1} AND instance.version = v.{9}";
    with_rows(tx, text_of, rows(&ended, &over)).await;
    let done = |key: i64| vec![number(key), "done".into(), number(key), text(ACTOR)];
    let text_of = "UPDATE task SET state = v.{2}, ended = v.{3}, ended_by = v.{4} FROM ({rows}) AS v WHERE task.key = v.{1}";
    with_rows(tx, text_of, rows(&ended, &done)).await;
    let key = ["name", "team", "task"];
    delete(tx, "task_candidate", &key, rows(&ended, &candidate)).await;
    let stood = |key: i64| vec![number(key), number(key)];
    let key = ["instance", "key"];
    delete(tx, "position", &key, rows(&ended, &stood)).await;
    let touched = "{\"topics\":[\"instances\",\"tasks\"]}";
    let touched = vec![vec![number(feed), number(feed), touched.into()]];
    insert(tx, "feed", "key, at, touched", touched).await;
}

fn text(length: usize) -> Value {
    "{\"key\":\"value\"}, ".repeat(length / 17 + 1)[..length]
        .to_owned()
        .into()
}

async fn insert(tx: &DatabaseTransaction, table: &str, columns: &str, rows: Vec<Vec<Value>>) {
    let text = format!("INSERT INTO {table} ({columns}) SELECT * FROM ({{rows}}) AS v WHERE true");
    with_rows(tx, &text, rows).await;
}

async fn delete(tx: &DatabaseTransaction, table: &str, key: &[&str], rows: Vec<Vec<Value>>) {
    if tx.get_database_backend() == DbBackend::Sqlite {
        let one: Vec<String> = key.iter().map(|column| format!("{column} = ?")).collect();
        let one = format!("({})", one.join(" AND "));
        for some in groups(rows) {
            let any = vec![&*one; some.len()].join(" OR ");
            let text = format!("DELETE FROM {table} WHERE {any}");
            let values = some.into_iter().flatten().collect();
            run_one(tx, DbBackend::Sqlite, text, values).await;
        }
        return;
    }
    let is_meant = key.iter().enumerate();
    let is_meant = is_meant.map(|(at, column)| format!("{table}.{column} = v.{{{}}}", at + 1));
    let is_meant = is_meant.collect::<Vec<_>>().join(" AND ");
    let text = format!("DELETE FROM {table} USING ({{rows}}) AS v WHERE {is_meant}");
    with_rows(tx, &text, rows).await;
}

/// Rows in portions of a few sizes, so that only a few statements are prepared.
fn groups(rows: Vec<Vec<Value>>) -> Vec<Vec<Vec<Value>>> {
    let mut rows = rows.into_iter();
    let mut groups = Vec::new();
    for size in [64, 16, 4, 1] {
        while rows.len() >= size {
            groups.push(rows.by_ref().take(size).collect());
        }
    }
    groups
}

/// Runs a statement over rows: `{rows}` in its text stands for them, `{1}` for the name of their first column.
async fn with_rows(tx: &DatabaseTransaction, text: &str, rows: Vec<Vec<Value>>) {
    if rows.is_empty() {
        return;
    }
    match tx.get_database_backend() {
        DbBackend::Sqlite => {
            for group in groups(rows) {
                let tuple = format!("({})", vec!["?"; group[0].len()].join(", "));
                let values = format!("VALUES {}", vec![tuple; group.len()].join(", "));
                let text = named(text, "column", group[0].len()).replace("{rows}", &values);
                let group = group.into_iter().flatten();
                run_one(tx, DbBackend::Sqlite, text, group.collect()).await;
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
