//! What must be true of a database at any time at which nobody writes: replaying a history gives the stored state, and
//! every row that people search agrees with the state.

use std::collections::BTreeSet;

use redthread_core::state::{Body, ElementInstance, Status, WaitKind};
use redthread_core::{Event, InstanceState, Key, apply, replay};
use redthread_runtime::Database;
use redthread_runtime::doctor::{Finding, Told, examine};
use sea_orm::{ConnectionTrait, Statement};

/// Panics with what is wrong.
pub async fn check(database: &Database) {
    let instances = rows(
        database,
        "SELECT key, i.state, status, incidents, l.sequence, l.state FROM instance i
         LEFT JOIN large_state l ON l.instance = i.key",
    )
    .await;
    let mut expected = Expected::default();
    for instance in &instances {
        let key: i64 = instance.try_get_by_index(0).unwrap();
        // A large state is as it was after an earlier step.
        let small = instance.try_get_by_index::<String>(1).unwrap();
        let large = instance.try_get_by_index::<Option<i64>>(4).unwrap();
        assert_eq!(
            small.is_empty(),
            large.is_some(),
            "where is the state of {key}?"
        );
        let text = large.map_or(small, |_| instance.try_get_by_index(5).unwrap());
        let mut state: InstanceState = serde_json::from_str(&text).unwrap();
        let history = format!(
            "SELECT sequence, events FROM history WHERE instance = {key} ORDER BY sequence"
        );
        let mut events: Vec<Event> = Vec::new();
        for (nth, step) in rows(database, &history).await.iter().enumerate() {
            assert_eq!(
                step.try_get_by_index::<i64>(0).unwrap(),
                nth as i64 + 1,
                "gap in the history of {key}"
            );
            let happened: Vec<Event> =
                serde_json::from_str(&step.try_get_by_index::<String>(1).unwrap()).unwrap();
            if large.is_some_and(|stored| (nth as i64) >= stored) {
                happened.iter().for_each(|event| apply(&mut state, event));
            }
            events.extend(happened);
        }
        assert_eq!(
            replay(&events),
            state,
            "replaying {key} gives another state"
        );
        assert_eq!(
            instance.try_get_by_index::<String>(2).unwrap(),
            state.status.as_str()
        );
        assert_eq!(
            instance.try_get_by_index::<i32>(3).unwrap() as usize,
            state.incidents.len()
        );
        if state.status != Status::Active {
            assert!(
                state.waits.is_empty() && state.elements.is_empty(),
                "{key} has ended, but something in it lives"
            );
        }
        expected.add(&state);
    }
    for (table, expected) in [
        ("SELECT key FROM task WHERE state = 'open'", expected.tasks),
        ("SELECT key FROM timer", expected.timers),
        ("SELECT key FROM job", expected.jobs),
        ("SELECT key FROM subscription", expected.subscriptions),
        ("SELECT key FROM watch", expected.watches),
        ("SELECT key FROM signal", expected.signals),
        ("SELECT key FROM position", expected.positions),
        ("SELECT key FROM incident", expected.incidents),
    ] {
        let stored = rows(database, table).await;
        let stored: BTreeSet<Key> = stored
            .iter()
            .map(|row| Key::from_i64(row.try_get_by_index::<i64>(0).unwrap()))
            .collect();
        assert_eq!(stored, expected, "{table} does not agree with the states");
    }
    // Whoever waits for the end of a called instance waits for one that runs, and knows who called it.
    let called: BTreeSet<(Key, Key)> = rows(database, "SELECT key, instance FROM called_instance")
        .await
        .iter()
        .map(|row| {
            let key = |at| Key::from_i64(row.try_get_by_index::<i64>(at).unwrap());
            (key(0), key(1))
        })
        .collect();
    for (call, caller) in &expected.calls {
        assert!(
            called.contains(&(*call, *caller)),
            "{call} is no called instance of {caller}"
        );
        assert!(
            expected.running.contains(call),
            "{caller} waits for {call}, which has ended"
        );
    }
    let locks = rows(database, "SELECT DISTINCT instance FROM start_lock").await;
    for lock in &locks {
        let holder = Key::from_i64(lock.try_get_by_index::<i64>(0).unwrap());
        assert!(
            expected.running.contains(&holder),
            "{holder} has ended and holds others up"
        );
    }
    // A worker can take every job that it should do, but for those whose elements are stuck.
    let kept_back = "SELECT count(*) FROM job WHERE NOT performed AND free_at IS NULL AND NOT EXISTS (SELECT 1 FROM incident WHERE incident.element_instance = job.element_instance)";
    let leased = "SELECT count(*) FROM job WHERE (token IS NULL) <> (worker IS NULL) OR (token IS NOT NULL AND free_at IS NULL) OR (performed AND free_at IS NOT NULL)";
    for query in [kept_back, leased] {
        assert_eq!(count(database, query).await, 0, "{query}");
    }
    let orphans = "SELECT count(*) FROM task_candidate WHERE task NOT IN (SELECT key FROM task WHERE state = 'open')";
    assert_eq!(
        count(database, orphans).await,
        0,
        "candidates of tasks that are not open"
    );
    let gaps = "SELECT count(*) FROM feed WHERE sequence > (SELECT min(sequence) FROM feed) AND sequence - 1 NOT IN (SELECT sequence FROM feed)";
    assert_eq!(count(database, gaps).await, 0, "gaps in the feed");
}

#[derive(Default)]
struct Expected {
    tasks: BTreeSet<Key>,
    timers: BTreeSet<Key>,
    jobs: BTreeSet<Key>,
    subscriptions: BTreeSet<Key>,
    watches: BTreeSet<Key>,
    signals: BTreeSet<Key>,
    calls: BTreeSet<(Key, Key)>,
    running: BTreeSet<Key>,
    positions: BTreeSet<Key>,
    incidents: BTreeSet<Key>,
}

impl Expected {
    fn add(&mut self, state: &InstanceState) {
        for (key, wait) in state.waits.iter() {
            let of_kind = match &wait.what {
                WaitKind::Task(_) => &mut self.tasks,
                WaitKind::Job(_) => &mut self.jobs,
                WaitKind::Timer(_) => &mut self.timers,
                WaitKind::Subscription(_) => &mut self.subscriptions,
                WaitKind::Watch(_) => &mut self.watches,
                WaitKind::Signal(_) => &mut self.signals,
                WaitKind::Call(_) => {
                    self.calls.insert((*key, state.key));
                    continue;
                }
                // The core alone looks at conditions.
                WaitKind::Condition(_) => continue,
            };
            of_kind.insert(*key);
        }
        // What stands for all inner instances is not counted beside them.
        let is_counted = |standing: &ElementInstance| {
            !matches!(
                standing.body.as_deref(),
                Some(Body::MultiInstance(_) | Body::Loop { .. })
            )
        };
        let counted = state.elements.iter().filter(|(_, one)| is_counted(one));
        self.positions.extend(counted.map(|(key, _)| *key));
        if state.status == Status::Active {
            self.running.insert(state.key);
        }
        self.incidents.extend(state.incidents.keys());
    }
}

/// A count.
pub async fn count(database: &Database, query: &str) -> i64 {
    rows(database, query).await[0].try_get_by_index(0).unwrap()
}

/// Rows of a query.
pub async fn rows(database: &Database, query: &str) -> Vec<sea_orm::QueryResult> {
    let statement =
        Statement::from_string(database.readers().get_database_backend(), query.to_owned());
    database.readers().query_all_raw(statement).await.unwrap()
}

/// What the doctor finds.
pub async fn findings(database: &Database) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell = |told| {
        if let Told::Finding(finding) = told {
            findings.push(*finding);
        }
    };
    let examined = examine(database, &mut tell).await.unwrap();
    assert_eq!(examined.findings, findings.len() as u64);
    findings
}
