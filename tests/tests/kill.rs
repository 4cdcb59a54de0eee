//! Twenty SIGKILLs at seeded moments, with commits in flight: what the server has acknowledged is there, and nothing is
//! there twice.
//!
//! Clients open cases, close them (which starts the follow-up process and plans a call), hold the call with a problem
//! (which reopens the case and gives a task) and complete the task, and keep a log of what was acknowledged. In between
//! the real server is killed and started again. In the end the log is compared with the rows of the database.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use redthread_tests::http::{Answer, Client};
use redthread_tests::served::Server;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};

const KILLS: u32 = 20;
const CLIENTS: usize = 4;
const SEED: u64 = 20_260_105;
/// So many answers there are at least between two kills, however slow the machine is.
const ANSWERS_BETWEEN: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// How far a case has come. Each needs the one before.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Done {
    #[default]
    Nothing,
    Opened,
    Closed,
    Held,
    Solved,
}

/// What a client knows of a case of its own.
#[derive(Clone, Debug, Default)]
struct Log {
    subject: String,
    case: Option<String>,
    /// What the server has acknowledged.
    acknowledged: Done,
    /// What was asked for last: it may have been done without an answer.
    asked: Done,
}

/// What the clients and the one who kills share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    answers: AtomicU64,
}

impl Shared {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Waits until the clients have got so many answers more.
    fn wait_for_answers(&self, more: u64) {
        let goal = self.answers.load(Ordering::Relaxed) + more;
        let end = Instant::now() + PATIENCE;
        while self.answers.load(Ordering::Relaxed) < goal {
            assert!(Instant::now() < end, "the clients do not get on");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Opens cases and takes each as far as it goes, until told to stop.
fn work(client: &Client, name: usize, shared: &Shared) -> Vec<Log> {
    let mut logs = Vec::new();
    while !shared.stopped() {
        let subject = format!("kill-{name}-{}", logs.len());
        let mut log = Log {
            subject,
            ..Log::default()
        };
        if one_case(client, &mut log, shared).is_err() {
            // The server is down: whatever was asked stays unknown. Wait until it is back.
            while !shared.stopped() && client.get("/health").is_err() {
                thread::sleep(Duration::from_millis(5));
            }
        }
        logs.push(log);
    }
    logs
}

fn one_case(client: &Client, log: &mut Log, shared: &Shared) -> io::Result<()> {
    let acknowledge = |log: &mut Log, done| {
        log.acknowledged = done;
        shared.answers.fetch_add(1, Ordering::Relaxed);
    };
    log.asked = Done::Opened;
    let case = accepted(client.post(
        "/api/records/case",
        &json!({"fields": {"subject": log.subject}}),
    )?)?;
    let key = text(&case, "key")?;
    log.case = Some(key.clone());
    acknowledge(log, Done::Opened);

    log.asked = Done::Closed;
    let close = json!({"version": case["version"], "fields": {"status": "closed"}});
    accepted(client.patch(&format!("/api/records/case/{key}"), &close)?)?;
    acknowledge(log, Done::Closed);

    let timeline = accepted(client.get(&format!("/api/records/case/{key}/timeline"))?)?;
    let planned = timeline["items"].as_array().into_iter().flatten();
    let mut planned = planned
        .filter(|entry| entry["code"] == "activity.planned")
        .map(|entry| &entry["params"]);
    let call = text(planned.next_back().unwrap_or(&Value::Null), "activity")?;

    log.asked = Done::Held;
    let outcome = json!({"outcome": "problem", "note": "Still cold."});
    accepted(client.post(&format!("/api/activities/{call}/hold"), &outcome)?)?;
    acknowledge(log, Done::Held);

    let instances = accepted(client.get(&format!("/api/instances?subject=case:{key}"))?)?;
    let instance = text(&instances["items"][0], "key")?;
    let tasks = accepted(client.get(&format!("/api/tasks?view=all&instance={instance}"))?)?;
    let task = text(&tasks["items"][0], "key")?;

    log.asked = Done::Solved;
    let solution = json!({"variables": {"solution": "Mended."}});
    accepted(client.post(&format!("/api/tasks/{task}/complete"), &solution)?)?;
    acknowledge(log, Done::Solved);
    Ok(())
}

/// The body of an answer that says yes. No refusal is expected here: it would be a mistake, not a kill.
fn accepted(answer: Answer) -> io::Result<Value> {
    assert!(
        (200..300).contains(&answer.status),
        "{}: {}",
        answer.status,
        answer.json
    );
    Ok(answer.json)
}

/// A text that must be there, since the server has acknowledged what gives it.
fn text(json: &Value, name: &str) -> io::Result<String> {
    let found = json[name].as_str().map(str::to_owned);
    Ok(found
        .unwrap_or_else(|| panic!("there is no \"{name}\" although it was acknowledged: {json}")))
}

/// Seeded moments: the same every time (a linear congruential generator, Knuth's constants).
fn moments() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(SEED), |seed| {
        Some(
            seed.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    })
    .skip(1)
    .map(|seed| Duration::from_micros((seed >> 33) % 250_000))
}

/// What the database says of one case.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rows {
    cases: i64,
    closed: i64,
    instances: i64,
    completed: i64,
    calls: i64,
    held: i64,
    open_tasks: i64,
    ever_tasks: i64,
}

async fn count(database: &DatabaseConnection, sql: &str, value: &str) -> i64 {
    let statement = Statement::from_sql_and_values(
        database.get_database_backend(),
        sql,
        [sea_orm::Value::from(value)],
    );
    let row = database
        .query_one_raw(statement)
        .await
        .expect("a query")
        .expect("a row");
    row.try_get_by_index(0).expect("a number")
}

async fn rows_of(database: &DatabaseConnection, log: &Log) -> Rows {
    let subject = log.subject.as_str();
    let cases = "SELECT key FROM case_record WHERE subject = ?1";
    let about = "SELECT CAST(key AS TEXT) FROM case_record WHERE subject = ?1";
    let instances = format!(
        "SELECT key FROM instance WHERE subject_kind = 'case' AND subject_key IN ({about})"
    );
    let calls = format!(
        "FROM activity WHERE type = 'call' AND record_kind = 'case' AND record IN ({cases})"
    );
    Rows {
        cases: count(
            database,
            "SELECT count(*) FROM case_record WHERE subject = ?1",
            subject,
        )
        .await,
        closed: count(
            database,
            "SELECT count(*) FROM case_record WHERE subject = ?1 AND status = 'closed'",
            subject,
        )
        .await,
        instances: count(
            database,
            &format!("SELECT count(*) FROM ({instances})"),
            subject,
        )
        .await,
        completed: count(
            database,
            &format!(
                "SELECT count(*) FROM instance WHERE key IN ({instances}) AND status = 'completed'"
            ),
            subject,
        )
        .await,
        calls: count(database, &format!("SELECT count(*) {calls}"), subject).await,
        held: count(
            database,
            &format!("SELECT count(*) {calls} AND status = 'held'"),
            subject,
        )
        .await,
        open_tasks: count(
            database,
            &format!(
                "SELECT count(*) FROM task WHERE instance IN ({instances}) AND state = 'open'"
            ),
            subject,
        )
        .await,
        ever_tasks: count(
            database,
            &format!("SELECT count(*) FROM task WHERE instance IN ({instances})"),
            subject,
        )
        .await,
    }
}

/// What the rows must be when a case has come exactly so far.
fn expected(done: Done) -> Rows {
    let opened = Rows {
        cases: 1,
        ..Rows::default()
    };
    match done {
        Done::Nothing => Rows::default(),
        Done::Opened => opened,
        Done::Closed => Rows {
            closed: 1,
            instances: 1,
            calls: 1,
            ..opened
        },
        Done::Held => Rows {
            instances: 1,
            calls: 1,
            held: 1,
            open_tasks: 1,
            ever_tasks: 1,
            ..opened
        },
        Done::Solved => Rows {
            instances: 1,
            completed: 1,
            calls: 1,
            held: 1,
            ever_tasks: 1,
            ..opened
        },
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("redthread.db");
    let mut server = Server::start(&format!("sqlite:{}", database.display()), &["--demo"]);
    let mut client = Client::new(server.address());
    client
        .sign_in("vera", "demodemo")
        .expect("the demo's administrator");

    let shared = Shared::default();
    let logs: Vec<Log> = thread::scope(|scope| {
        let (client, shared) = (&client, &shared);
        let workers: Vec<_> = (0..CLIENTS)
            .map(|name| scope.spawn(move || work(client, name, shared)))
            .collect();
        for moment in moments().take(KILLS as usize) {
            shared.wait_for_answers(ANSWERS_BETWEEN);
            thread::sleep(moment);
            server.kill();
            server.start_again();
        }
        shared.wait_for_answers(ANSWERS_BETWEEN);
        shared.stop.store(true, Ordering::Relaxed);
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no mistake"))
            .collect()
    });
    server.kill();

    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a thread");
    threads.block_on(compare(&database, &logs));
}

async fn compare(database: &Path, logs: &[Log]) {
    let database = Database::connect(format!("sqlite:{}", database.display()))
        .await
        .expect("the database");
    let mut in_flight = 0;
    let mut reached: BTreeMap<Done, u32> = BTreeMap::new();
    for log in logs {
        let rows = rows_of(&database, log).await;
        *reached.entry(log.acknowledged).or_default() += 1;
        if log.asked == log.acknowledged {
            assert_eq!(rows, expected(log.acknowledged), "{log:?}");
        } else {
            in_flight += 1;
            // All of it or nothing of it: either as it was, or as was asked.
            let whole = rows == expected(log.acknowledged) || rows == expected(log.asked);
            assert!(whole, "{rows:?} is neither before nor after: {log:?}");
        }
    }
    println!(
        "{} cases, {in_flight} of them in flight at a kill; acknowledged: {reached:?}",
        logs.len()
    );
    assert!(
        in_flight >= KILLS / 2,
        "the kills met too little: {in_flight}"
    );
    for done in [Done::Opened, Done::Closed, Done::Held, Done::Solved] {
        assert!(
            reached.contains_key(&done),
            "no kill met a case that was {done:?}: {reached:?}"
        );
    }
    let broken = count(
        &database,
        "SELECT count(*) FROM record_change WHERE key > ?1",
        "0",
    )
    .await;
    assert_eq!(broken, 0, "changes of records that nobody has taken");
    let gaps = "SELECT max(sequence) - min(sequence) + 1 - count(*) FROM feed WHERE sequence > ?1";
    assert_eq!(
        count(&database, gaps, "0").await,
        0,
        "what followers of the feed would have missed"
    );
    let inbox = count(&database, "SELECT count(*) FROM inbox WHERE key > ?1", "0").await;
    assert_eq!(inbox, 0, "work that nobody has done");
}
