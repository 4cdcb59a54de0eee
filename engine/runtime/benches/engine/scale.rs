//! Many open instances, many timers, starting up on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redthread_core::command::Variables;
use redthread_core::{Command, Holder};
use redthread_feel::Value;
use redthread_runtime::{ProcessRef, Runtime, RuntimeError, StartInstance, TaskFilter, TaskView};
use redthread_test_database::TestDatabase;

use crate::Asked;
use crate::clients::{Clients, variables};
use crate::diagrams::Process;
use crate::measure::{Meter, at_share, median, resident};
use crate::place::{House, Place, now};
use crate::report::Report;
use crate::world::nobody;

/// Clients at the same time.
const CLIENTS: usize = 256;
/// How many timers are due in a second, and for how many seconds.
const DUE_A_SECOND: u64 = 1_000;
const SECONDS: u64 = 30;
/// What says that this process is to start up on a database and tell how that went.
pub const START_UP: &str = "--start-up";

pub async fn run(asked: &Asked, place: &Place, report: &mut Report) {
    if asked.wants("scale") {
        instances(asked, place, report).await;
    }
    if asked.wants("timers") {
        timers(asked, place, report).await;
    }
}

/// Throughput while more and more instances are open, and starting up on each number.
async fn instances(asked: &Asked, place: &Place, report: &mut Report) {
    let mut house = House::new(place, &Process::Task.diagram()).await;
    let mut open = 0;
    for wanted in asked.open.iter().copied() {
        let wanted = wanted as u64;
        populate(&house.runtime, wanted.saturating_sub(open), |_| {
            variables(&[("request", "A broken lamp"), ("client", "ACME")])
        })
        .await;
        open = open.max(wanted);
        let mut runs = Vec::new();
        for _ in 0..asked.runs {
            let readers = house.runtime.database().readers().clone();
            let clients = Clients::start(&house.runtime, Process::Task, CLIENTS);
            tokio::time::sleep(Duration::from_secs(1)).await;
            let before = Meter::read(place, &readers).await;
            clients.take();
            tokio::time::sleep(asked.time).await;
            let (steps, instances, times) = clients.take();
            let after = Meter::read(place, &readers).await;
            clients.stop().await;
            runs.push(before.figures(&after, steps, instances, times));
        }
        let figures = median(runs, |figures| figures.steps_per_second);
        let database = house.close().await;
        let started = start_up_elsewhere(&database);
        report.scale(place, open, &figures, &started);
        house = House::open(database).await;
    }
    house.close().await;
}

/// Starts instances until so many have been started.
async fn populate(
    runtime: &Runtime,
    count: u64,
    variables: impl Fn(u64) -> Variables + Send + Sync + 'static,
) {
    let (started, variables) = (Arc::new(AtomicU64::new(0)), Arc::new(variables));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (runtime, started, variables) =
                (runtime.clone(), started.clone(), variables.clone());
            tokio::spawn(async move {
                loop {
                    let nth = started.fetch_add(1, Ordering::Relaxed);
                    if nth >= count {
                        return;
                    }
                    start(&runtime, variables(nth)).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("a client works");
    }
}

async fn start(runtime: &Runtime, variables: Variables) {
    loop {
        let start = StartInstance {
            process: ProcessRef::Latest("measured".to_owned()),
            element: None,
            variables: variables.clone(),
            subject: None,
        };
        match runtime.start(start, nobody()).await {
            Ok(_) => return,
            Err(RuntimeError::Busy) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// How starting up on a database went.
#[derive(Debug, Clone)]
pub struct StartUp {
    /// Until the first task was completed.
    pub time: Duration,
    /// Memory after a thousand more.
    pub memory: u64,
}

/// A process of its own, so that its memory is what the engine needs and not what was used to fill the database.
fn start_up_elsewhere(database: &TestDatabase) -> StartUp {
    let program = std::env::current_exe().expect("this program");
    let output = std::process::Command::new(program)
        .args([START_UP, database.url()])
        .output()
        .expect("this program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<u64> = text
        .split_whitespace()
        .filter_map(|n| n.parse().ok())
        .collect();
    let [micros, memory] = numbers[..] else {
        panic!("{text}{}", String::from_utf8_lossy(&output.stderr));
    };
    StartUp {
        time: Duration::from_micros(micros),
        memory,
    }
}

/// Starts up, completes a task, then a thousand, and prints how that went.
pub async fn start_up(url: &str) {
    let began = Instant::now();
    let house = House::open(Arc::new(TestDatabase::at(url.to_owned()))).await;
    let mut time = None;
    while time.is_none_or(|_| house.completed() < 1_000) {
        house
            .complete_some(if time.is_none() { 1 } else { 200 })
            .await;
        time.get_or_insert(began.elapsed());
    }
    println!("{} {}", time.unwrap_or_default().as_micros(), resident());
    house.close().await;
}

/// How late timers are while a million others wait.
async fn timers(asked: &Asked, place: &Place, report: &mut Report) {
    let house = House::new(place, &Process::Timer.diagram()).await;
    let waiting = asked.open.iter().copied().max().unwrap_or(0) as u64;
    let far = now().saturating_add_micros(400 * 24 * 3_600 * 1_000_000);
    populate(&house.runtime, waiting, move |nth| {
        at(far.saturating_add_micros(nth as i64 * 1_000))
    })
    .await;
    // Those that are due come first to be started: while they are due, nothing else happens.
    let count = DUE_A_SECOND * SECONDS;
    let begin = now().saturating_add_micros(20_000_000);
    populate(&house.runtime, count, move |nth| {
        at(begin.saturating_add_micros((nth * 1_000_000 / DUE_A_SECOND) as i64))
    })
    .await;
    assert!(now() < begin, "the timers took too long to be set");
    let mut steps = house.runtime.steps();
    let mut lags = Vec::new();
    let fired = async {
        while (lags.len() as u64) < count {
            let Some(step) = steps.recv().await else {
                return;
            };
            if let Command::FireTimer { .. } = step.command {
                let due = due_of(begin, lags.len() as u64);
                let lag = now().as_micros().saturating_sub(due);
                lags.push(u32::try_from(lag.max(0)).unwrap_or(u32::MAX));
            }
        }
    };
    let patience = Duration::from_secs(SECONDS + 120);
    let _ = tokio::time::timeout(patience, fired).await;
    lags.sort_unstable();
    let shares = [at_share(&lags, 0.5), at_share(&lags, 0.99)];
    let fired = lags.len() as u64;
    report.timers(place, waiting, &shares, fired, count - fired);
    house.close().await;
}

/// Timers fire in the order of their times: the nth that fires is the nth that was due.
fn due_of(begin: redthread_calendar::Timestamp, nth: u64) -> i64 {
    begin.as_micros() + (nth * 1_000_000 / DUE_A_SECOND) as i64
}

fn at(due: redthread_calendar::Timestamp) -> Variables {
    Variables::from([("due".into(), Value::String(due.to_string().into()))])
}

impl House {
    /// Completes some open tasks, each when the one before has been.
    async fn complete_some(&self, count: u32) {
        let page = redthread_runtime::PageRequest {
            limit: u64::from(count),
            after: None,
        };
        let filter = TaskFilter::open(TaskView::All);
        let tasks = self.runtime.queries().tasks(&filter, &page).await;
        for task in tasks.expect("tasks").items {
            let answer = variables(&[("decision", "mend")]);
            let done = self
                .runtime
                .complete_task(task.key, Holder::Anyone, answer, nobody());
            done.await.expect("completed");
            self.completed.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn completed(&self) -> u64 {
        self.completed.load(Ordering::Relaxed)
    }
}
