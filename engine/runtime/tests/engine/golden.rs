//! Histories and states of every earlier version are read: `golden/` holds what versions of this server have written, one
//! instance a line, at least one of every kind of event, command, actor, wait and body.
//!
//! `UPDATE_GOLDEN=1 cargo test -p redthread-runtime --test engine` adds instances of the tests that show a kind which no
//! line has yet. Lines that are there are never written again: what has been stored once must be read for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Mutex;

use redthread_core::state::{Body, WaitKind};
use redthread_core::{CallOutcome, Command, Event, InstanceState, Key, apply};
use redthread_runtime::{Actor, Database, HistoryStep, PageRequest};
use serde_json::{Value, json};

use crate::check::rows;
use crate::diagrams::process;
use crate::house::House;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/instances.jsonl");
/// Longer histories are not taken: the file is kept for ever.
const STEPS: usize = 30;
/// Nor are longer lines.
const BYTES: usize = 60_000;

/// The kinds of something that is stored. A kind that is not listed does not compile.
macro_rules! kinds {
    ($what:ident: $($kind:ident),+ $(,)?) => {{
        fn _all_are_listed(one: &$what) {
            match one {
                $($what::$kind { .. } => {})+
            }
        }
        [$(stringify!($kind)),+].map(|kind| kind_of(stringify!($what), kind))
    }};
}

fn kind_of(what: &str, kind: &str) -> String {
    let (first, rest) = kind.split_at(1);
    format!("{what} {}{rest}", first.to_lowercase())
}

fn all_kinds() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    kinds.extend(kinds!(Event:
        InstanceStarted, FlowTaken, TokensDiscarded, ElementActivating, BodyChanged, ItemCompleted, GatewayReset,
        CompensationKept, CompensationThrown, CompensationBegun, ElementActivated, ElementCompleting, ElementCompleted,
        ElementTerminated, EventTriggered, VariablesSet, DecisionEvaluated, TaskCreated, TaskAssigned, TaskEnded,
        JobCreated, JobFailed, JobRetried, JobEnded, TimerScheduled, TimerEnded, SubscriptionOpened, SubscriptionEnded,
        WatchOpened, WatchEnded, SignalAwaited, SignalEnded, ConditionAwaited, ConditionChanged, ConditionEnded,
        InstanceCalled, CallEnded, MessageThrown, SignalThrown, EscalationThrown, ErrorCaught, IncidentRaised,
        IncidentResolved, InstanceCompleted, InstanceTerminated, InstanceFailed,
    ));
    kinds.extend(kinds!(Command:
        Start, CompleteTask, AssignTask, CompleteJob, FailJob, ThrowError, FireTimer, Correlate, ReceiveSignal, EndCall,
        EscalateCall, ActivateElements, RecordChanged, SetVariables, Retry, Continue, Cancel,
    ));
    kinds.extend(kinds!(CallOutcome: Completed, Failed, Terminated, NotStarted));
    kinds.extend(kinds!(Actor: System, User, Process, Worker));
    kinds.extend(kinds!(Body: MultiInstance, Loop, AdHoc, Reset, Events, Compensation));
    kinds.extend(kinds!(WaitKind: Task, Job, Timer, Subscription, Watch, Signal, Condition, Call));
    kinds
}

/// The kinds that a line shows: steps as they are stored, and states.
fn shown(line: &Value) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    let mut tagged = |what: &str, one: &Value, tag: &str| {
        if let Some(kind) = one[tag].as_str() {
            shown.insert(format!("{what} {kind}"));
        }
    };
    for step in list(&line["steps"]) {
        tagged("Command", &step["command"], "command");
        tagged("CallOutcome", &step["command"]["outcome"], "outcome");
        tagged("Actor", &step["actor"], "type");
        for event in list(&step["events"]) {
            tagged("Event", event, "event");
        }
    }
    for state in list(&line["states"]) {
        for wait in members(&state["state"]["waits"]) {
            let kinds = members(wait).filter_map(|kind| line_key(wait, kind));
            shown.extend(
                kinds
                    .filter(|kind| kind != "elementInstance")
                    .map(|kind| format!("WaitKind {kind}")),
            );
        }
        for element in members(&state["state"]["elements"]) {
            let kinds =
                members(&element["body"]).filter_map(|kind| line_key(&element["body"], kind));
            shown.extend(kinds.map(|kind| format!("Body {kind}")));
        }
    }
    shown
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .as_object()
        .into_iter()
        .flat_map(|members| members.values())
}

fn line_key(of: &Value, member: &Value) -> Option<String> {
    let (name, _) = of
        .as_object()?
        .iter()
        .find(|(_, value)| std::ptr::eq(*value, member))?;
    Some(name.clone())
}

fn golden() -> Vec<Value> {
    let text = std::fs::read_to_string(FILE).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Adds the instances of a database that show kinds which no line has yet.
pub async fn add_new_kinds(database: &Database) {
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        return;
    }
    let instances = rows(database, "SELECT key, sequence FROM instance ORDER BY key").await;
    let mut lines = Vec::new();
    for instance in instances {
        let key: i64 = instance.try_get_by_index(0).unwrap();
        let steps: i64 = instance.try_get_by_index(1).unwrap();
        if steps as usize <= STEPS {
            lines.push(line_of(database, key).await);
        }
    }
    // Tests run side by side.
    static FILE_IS_MINE: Mutex<()> = Mutex::new(());
    let _mine = FILE_IS_MINE.lock().unwrap();
    let mut known: BTreeSet<String> = golden().iter().flat_map(shown).collect();
    let wanted = all_kinds();
    for line in lines {
        let text = line.to_string();
        if text.len() > BYTES {
            continue;
        }
        let new: Vec<String> = shown(&line)
            .into_iter()
            .filter(|kind| wanted.contains(kind) && !known.contains(kind))
            .collect();
        if !new.is_empty() {
            let mut file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(FILE)
                .unwrap();
            writeln!(file, "{text}").unwrap();
            known.extend(new);
        }
    }
}

/// An instance as it is stored, with its state as it was stored when it was largest, and now.
async fn line_of(database: &Database, key: i64) -> Value {
    let query = format!(
        "SELECT format, sequence, at, actor, command, inputs, events FROM history WHERE instance = {key} ORDER BY sequence"
    );
    let (mut steps, mut states) = (Vec::new(), Vec::new());
    let mut state = InstanceState::default();
    for row in rows(database, &query).await {
        let json = |at: usize| {
            serde_json::from_str::<Value>(&row.try_get_by_index::<String>(at).unwrap()).unwrap()
        };
        let events = json(6);
        for event in serde_json::from_value::<Vec<Event>>(events.clone()).unwrap() {
            apply(&mut state, &event);
        }
        let (format, sequence) = (
            row.try_get_by_index::<i32>(0).unwrap(),
            row.try_get_by_index::<i64>(1).unwrap(),
        );
        states.push(json!({"after": sequence, "state": serde_json::to_value(&state).unwrap()}));
        steps.push(json!({
            "format": format, "sequence": sequence, "at": row.try_get_by_index::<i64>(2).unwrap(),
            "actor": json(3), "command": json(4), "inputs": json(5), "events": events,
        }));
    }
    let largest = (0..states.len()).max_by_key(|nth| states[*nth].to_string().len());
    let last = states.len() - 1;
    let states: Vec<Value> = states
        .into_iter()
        .enumerate()
        .filter(|(nth, _)| Some(*nth) == largest || *nth == last)
        .map(|(_, state)| state)
        .collect();
    json!({"steps": steps, "states": states})
}

#[test]
fn every_kind_of_what_is_stored_has_a_golden_line() {
    let known: BTreeSet<String> = golden().iter().flat_map(shown).collect();
    let missing: Vec<String> = all_kinds().difference(&known).cloned().collect();
    assert!(
        missing.is_empty(),
        "No golden line shows {missing:#?}. Run these tests with UPDATE_GOLDEN=1."
    );
}

/// The instance that a line is put back as.
async fn put_back(house: &House, definition: Key, nth: usize, line: &Value) -> Key {
    let connection = house.place.connect().await;
    let key = nth as i64 + 1;
    let state = list(&line["states"]).last().unwrap()["state"].to_string();
    let insert = "INSERT INTO instance (key, definition, process_id, status, version, sequence, state, trail, incidents, started, started_by) VALUES ($1, $2, 'any', 'active', 1, $3, $4, '{}', 0, 0, 'null')";
    let steps = list(&line["steps"]).count() as i64;
    execute(
        &connection,
        insert,
        vec![
            key.into(),
            definition.as_i64().into(),
            steps.into(),
            state.into(),
        ],
    )
    .await;
    for step in list(&line["steps"]) {
        let insert = "INSERT INTO history (instance, sequence, format, at, actor, command, inputs, events) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let number = |name: &str| step[name].as_i64().unwrap();
        let text = |name: &str| step[name].to_string().into();
        let values = vec![
            key.into(),
            number("sequence").into(),
            (number("format") as i32).into(),
            number("at").into(),
            text("actor"),
            text("command"),
            text("inputs"),
            text("events"),
        ];
        execute(&connection, insert, values).await;
    }
    connection.close().await.unwrap();
    Key::from_i64(key)
}

async fn execute(connection: &sea_orm::DatabaseConnection, sql: &str, values: Vec<sea_orm::Value>) {
    use sea_orm::ConnectionTrait;
    let statement =
        sea_orm::Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.execute_raw(statement).await.unwrap();
}

#[tokio::test]
async fn histories_of_every_version_are_read_and_lead_to_the_states_that_were_stored() {
    let house = House::new().await;
    let definition = house
        .deploy(process("any", "<startEvent id=\"S\"/>\nS -> E"))
        .await;
    let golden = golden();
    assert!(!golden.is_empty());
    for (nth, line) in golden.iter().enumerate() {
        let instance = put_back(&house, definition, nth, line).await;
        let page = PageRequest {
            limit: 200,
            after: None,
        };
        let queries = house.runtime.queries();
        let history = queries.history(instance, &page).await;
        let history = history.unwrap_or_else(|error| panic!("line {}: {error}", nth + 1));
        let stored: BTreeMap<i64, InstanceState> = list(&line["states"])
            .map(|state| {
                let read = serde_json::from_str(&state["state"].to_string());
                (
                    state["after"].as_i64().unwrap(),
                    read.unwrap_or_else(|error| panic!("line {}: {error}", nth + 1)),
                )
            })
            .collect();
        let compared = replayed(&history.items, &stored);
        assert_eq!(compared, stored.len(), "line {}", nth + 1);
        let read = queries.instance_state(instance).await.unwrap();
        assert_eq!(Some(&read), stored.values().last());
    }
    house.runtime.close().await;
}

/// Replays steps, and compares with what was stored after some of them.
fn replayed(steps: &[HistoryStep], stored: &BTreeMap<i64, InstanceState>) -> usize {
    let (mut state, mut compared) = (InstanceState::default(), 0);
    for step in steps {
        for event in &step.events {
            apply(&mut state, event);
        }
        if let Some(expected) = stored.get(&step.sequence) {
            assert_eq!(&state, expected, "after step {}", step.sequence);
            compared += 1;
        }
    }
    compared
}
