//! Instances with large states: not written with every step, and yet as they are.

use redthread_core::{Holder, Key, Variables};
use redthread_feel::Value;
use redthread_runtime::doctor::FindingCode;
use redthread_runtime::{ProcessRef, SettableClock, StartInstance};
use sea_orm::ConnectionTrait;

use crate::check::{findings, rows};
use crate::diagrams::{process, user_task};
use crate::house::{House, MONDAY, ann, at, texts};

/// A task for Ann for each of `items`, whose results make a list.
fn for_each() -> Vec<u8> {
    let task = user_task("Do", "ann").replace(
        "</userTask>",
        "<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection=\"=items\" inputElement=\"item\" outputCollection=\"results\" outputElement=\"=result\"/></extensionElements></multiInstanceLoopCharacteristics></userTask>",
    );
    let lines = format!(
        "<startEvent id=\"S\"/>\n{task}\n{}\nS -> Do\nDo -> Last\nLast -> E",
        user_task("Last", "ann")
    );
    process("each", &lines)
}

async fn start_with(house: &House, items: usize, bytes: usize) -> Key {
    let item = |nth| Value::String(format!("{nth:0bytes$}").into());
    let items = Value::list((0..items).map(item).collect());
    let start = StartInstance {
        process: ProcessRef::Latest("each".into()),
        element: None,
        variables: Variables::from([("items".into(), items)]),
        subject: None,
    };
    house.runtime.start(start, ann()).await.unwrap()
}

async fn open_tasks(house: &House, instance: Key) -> Vec<Key> {
    let state = house.runtime.queries().instance_state(instance).await;
    state.unwrap().waits.keys().copied().collect()
}

async fn complete(house: &House, task: Key, result: &str) {
    let done =
        house
            .runtime
            .complete_task(task, Holder::Anyone, texts(&[("result", result)]), ann());
    done.await.unwrap();
}

/// The step that the large state is the state after; none: it is in the instance's row.
async fn stored(house: &House, instance: Key) -> Option<i64> {
    let sql = format!("SELECT sequence FROM large_state WHERE instance = {instance}");
    let found = rows(house.runtime.database(), &sql).await;
    found.first().map(|row| row.try_get_by_index(0).unwrap())
}

#[tokio::test]
async fn many_items_that_are_done_one_by_one_do_not_write_the_whole_instance_each_time() {
    const ITEMS: usize = 300;
    let house = House::with(for_each()).await;
    let instance = start_with(&house, ITEMS, 400).await;
    let mut written = std::collections::BTreeSet::from([stored(&house, instance).await]);
    for (nth, task) in open_tasks(&house, instance).await.into_iter().enumerate() {
        complete(&house, task, &nth.to_string()).await;
        written.insert(stored(&house, instance).await);
    }
    assert!(!written.contains(&None), "it is large all the time");
    // Each time as much has happened as the state is long. A step is about 1.5 KB here, the state 400 KB and less.
    assert!((1..10).contains(&written.len()), "{written:?}");
    let results = house.variable(instance, "results").await.unwrap();
    assert!(results.starts_with("[\"0\", \"1\", \"2\""), "{results}");
    house.complete("Last", &[]).await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn a_large_instance_goes_on_from_its_history_after_a_restart() {
    let mut house = House::with(for_each()).await;
    let instance = start_with(&house, 12, 2_000).await;
    for nth in 0..12 {
        let tasks = open_tasks(&house, instance).await;
        assert_eq!(tasks.len(), 12 - nth, "what was done is done");
        complete(&house, tasks[0], "done").await;
        let place = house.close().await;
        house = House::open(place, SettableClock::standing_at(at(MONDAY))).await;
    }
    assert_eq!(house.standing(instance).await, ["Last"]);
    house.complete("Last", &[]).await;
    house.close().await;
}

#[tokio::test]
async fn a_state_that_has_become_small_is_in_the_row_of_its_instance_again() {
    let house = House::with(for_each()).await;
    let instance = start_with(&house, 1, 20_000).await;
    assert_eq!(stored(&house, instance).await, Some(1));
    let task = open_tasks(&house, instance).await[0];
    complete(&house, task, "done").await;
    let mut steps = 2;
    while stored(&house, instance).await.is_some() {
        let set = redthread_core::Command::SetVariables {
            scope: instance,
            variables: texts(&[("items", &"x".repeat(1_000))]),
            reason: None,
        };
        house.runtime.command(instance, set, ann()).await.unwrap();
        steps += 1;
    }
    // As much had to happen as the state was long.
    assert!((20..100).contains(&steps), "{steps}");
    house.complete("Last", &[]).await;
    house.close().await;
}

#[tokio::test]
async fn who_reads_a_large_instance_while_it_goes_on_sees_it_as_it_was_after_some_step() {
    let house = House::with(for_each()).await;
    let instance = start_with(&house, 60, 1_000).await;
    let reader = {
        let runtime = house.runtime.clone();
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while seen.last() != Some(&1) || seen.len() < 20 {
                let state = runtime.queries().instance_state(instance).await.unwrap();
                seen.push(state.waits.len());
                let row = runtime.queries().instance_row(instance).await.unwrap();
                assert_eq!(row.status, "active");
            }
            seen
        })
    };
    for task in open_tasks(&house, instance).await.into_iter().skip(1) {
        complete(&house, task, "done").await;
    }
    let seen = reader.await.unwrap();
    assert!(
        seen.is_sorted_by(|before, after| before >= after),
        "{seen:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn the_doctor_finds_large_states_that_are_missing_or_belong_to_nothing() {
    for (damage, expected) in [
        ("DELETE FROM large_state", FindingCode::Unreadable),
        (
            "UPDATE large_state SET sequence = 2",
            FindingCode::Unreadable,
        ),
        (
            "UPDATE large_state SET state = replace(state, '\"status\":\"active\"', '\"status\":\"failed\"')",
            FindingCode::Replay,
        ),
        ("UPDATE large_state SET instance = 7", FindingCode::Orphan),
    ] {
        let house = House::with(for_each()).await;
        start_with(&house, 30, 500).await;
        house.is_healthy().await;
        let connection = house.place.connect().await;
        let done = connection.execute_unprepared(damage).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{damage}");
        let found = findings(house.runtime.database()).await;
        assert!(
            found.iter().any(|finding| finding.code == expected),
            "{damage}: {found:#?}"
        );
        house.runtime.close().await;
    }
}
