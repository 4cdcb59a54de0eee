//! Kills the engine in the middle of its work: nothing that was acknowledged is lost, nothing is there twice.
//!
//! The child process is this same test program, told by its environment to run [`load`]. It prints a line after each
//! answer that it gets; the parent kills it at a seeded moment and compares what was printed with the database.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use redthread_runtime::SettableClock;
use redthread_test_database::TestDatabase;

use crate::check::count;
use crate::diagrams::{process, service_task, user_task, wait};
use crate::house::{House, ann, texts};

const DATABASE: &str = "REDTHREAD_CRASH_DATABASE";
const KILLS: u64 = 20;

/// A connector writes before the task and after the timer: whatever happens twice or not at all shows in what it wrote.
fn diagram() -> Vec<u8> {
    process(
        "load",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\n{}\n{}\nS -> Before\nBefore -> Do\nDo -> Moment\nMoment -> After\nAfter -> E",
            service_task("Before", "test:note"),
            user_task("Do", "ann"),
            wait("Moment", "PT0.03S"),
            service_task("After", "test:note")
        ),
    )
}

/// The child: starts instances and completes their tasks, many at a time, while timers fire, until it is killed.
#[tokio::test]
#[ignore = "run by the other test, in a process of its own"]
async fn load() {
    let Ok(url) = std::env::var(DATABASE) else {
        return;
    };
    let database = redthread_runtime::Database::open(&url).await.unwrap();
    let clock = Arc::new(SettableClock::running());
    let runtime =
        redthread_runtime::Runtime::open(database, Arc::new(crate::world::TestWorld), clock)
            .await
            .unwrap();
    let place = Arc::new(TestDatabase::at(url));
    let house = Arc::new(House { runtime, place });
    println!("ready");
    let clients = (0..16).map(|_| {
        let house = house.clone();
        tokio::spawn(async move {
            loop {
                let instance = house.start("load", &[]).await;
                println!("started {instance}");
                let state = house
                    .runtime
                    .queries()
                    .instance_state(instance)
                    .await
                    .unwrap();
                let task = *state.waits.keys().next().unwrap();
                house
                    .runtime
                    .complete_task(
                        task,
                        redthread_core::Holder::Anyone,
                        texts(&[("by", "client")]),
                        ann(),
                    )
                    .await
                    .unwrap();
                println!("completed {instance}");
            }
        })
    });
    futures::future::join_all(clients).await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_there_twice_after_kills() {
    let house = House::with(diagram()).await;
    let mut place = house.close().await;
    let (mut started, mut completed) = (BTreeSet::new(), BTreeSet::new());
    for kill in 0..KILLS {
        // Seeded: the same moments in every run.
        let moment = Duration::from_millis(20 + (kill * 7_919) % 180);
        // Every fourth time perhaps before anything is done.
        let from = if kill % 4 == 0 { "ready" } else { "completed" };
        for line in killed_after(place.url(), from, moment) {
            match line.split_once(' ') {
                Some(("started", key)) => {
                    assert!(started.insert(key.to_owned()), "{key} was started twice")
                }
                Some(("completed", key)) => assert!(
                    completed.insert(key.to_owned()),
                    "{key} was completed twice"
                ),
                _ => {}
            }
        }
        let house = House::open(place, SettableClock::running()).await;
        // What was due when the child was killed is done now.
        house.pass("PT1S").await;
        let all = keys(&house, "SELECT key FROM instance").await;
        let done = keys(&house, "SELECT instance FROM task WHERE state = 'done'").await;
        let ended = keys(
            &house,
            "SELECT key FROM instance WHERE status = 'completed'",
        )
        .await;
        assert!(started.is_subset(&all), "acknowledged instances are gone");
        assert!(
            completed.is_subset(&done),
            "acknowledged tasks are open again"
        );
        assert_eq!(done, ended, "timers were lost");
        for (element, expected) in [("Before", all.len()), ("After", ended.len())] {
            let notes = format!("SELECT count(*) FROM test_notice WHERE text = 'load {element}'");
            let notes = count(house.runtime.database(), &notes).await;
            assert_eq!(
                notes, expected as i64,
                "the connector's writes do not agree with the instances"
            );
        }
        place = house.close().await;
    }
    assert!(
        completed.len() > 10 * KILLS as usize,
        "the load was too small to show anything: {}",
        completed.len()
    );
}

async fn keys(house: &House, query: &str) -> BTreeSet<String> {
    let rows = crate::check::rows(house.runtime.database(), query).await;
    rows.iter()
        .map(|row| row.try_get_by_index::<i64>(0).unwrap().to_string())
        .collect()
}

/// Runs the load, kills it `moment` after it has first printed `from`, and gives the lines that it had printed.
fn killed_after(url: &str, from: &str, moment: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::load", "--ignored", "--nocapture"])
        .env(DATABASE, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (mut printed, mut begun) = (String::new(), false);
    while !begun {
        let before = printed.len();
        assert!(
            output.read_line(&mut printed).unwrap() > 0,
            "the load did not start"
        );
        // Its test harness prints the name of the test before the first line.
        begun = printed[before..].contains(from);
    }
    std::thread::sleep(moment);
    // SIGKILL: no destructor runs, nothing is flushed.
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_string(&mut printed).unwrap();
    // The last line may have been cut off.
    let whole = printed.rfind('\n').map_or("", |end| &printed[..end]);
    whole.lines().map(str::to_owned).collect()
}
