//! The doctor finds what is wrong with a database, and only that.

use std::collections::BTreeSet;

use redthread_core::Key;
use redthread_runtime::doctor::{Finding, FindingCode};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::check::findings;
use crate::diagrams::{STOP, call, event, file, pool, service_task, user_task, wait};
use crate::house::House;

/// Waits for all that can be waited for, and stands at an incident.
fn waiting() -> Vec<u8> {
    let team = "<userTask id=\"Team\"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups=\"sales\"/><zeebe:taskSchedule dueDate=\"2026-02-01T00:00:00Z\"/></extensionElements></userTask>";
    let closed = "<intermediateCatchEvent id=\"Closed\"><extensionElements><zeebe:properties><zeebe:property name=\"redthread:on\" value=\"case.changed\"/><zeebe:property name=\"redthread:field\" value=\"status\"/></zeebe:properties></extensionElements><messageEventDefinition/></intermediateCatchEvent>";
    let stuck = "<exclusiveGateway id=\"Stuck\"/>";
    let paid = event(
        "Paid",
        "intermediateCatchEvent",
        "messageEventDefinition messageRef=\"PaidMessage\"",
    );
    let stopped = event("Stopped", "intermediateCatchEvent", STOP);
    let (inside, work, sleep, last) = (
        call("Inside", "inner"),
        service_task("Work", "worker"),
        wait("Sleep", "P1D"),
        user_task("First", "ann"),
    );
    let lines = format!(
        "<startEvent id=\"S\"/>\n<parallelGateway id=\"Fork\"/>\n{last}\n{team}\n{closed}\n{stuck}\n{paid}\n{stopped}\n{inside}\n{work}\n{sleep}
         S -> First\nFirst -> Fork\nFork -> Team\nFork -> Closed\nFork -> Stuck\nFork -> Paid\nFork -> Stopped\nFork -> Inside\nFork -> Work\nFork -> Sleep
         Stuck -> E if order = \"no\"\nTeam -> E\nClosed -> E\nPaid -> E\nStopped -> E\nInside -> E\nWork -> E\nSleep -> E"
    );
    let inner = format!(
        "<startEvent id=\"Begin\"/>\n{}\nBegin -> Inner\nInner -> InnerEnd",
        user_task("Inner", "ann")
    );
    let ordered = format!(
        "{}\nOrdered -> OrderedEnd",
        event(
            "Ordered",
            "startEvent",
            "messageEventDefinition messageRef=\"OrderedMessage\""
        )
    );
    file(&(pool("waiting", &lines) + &pool("inner", &inner) + &pool("ordered", &ordered)))
}

/// A house in which instances wait for everything.
async fn house_with(instances: usize) -> (House, Vec<Key>) {
    let house = House::with(waiting()).await;
    let mut started = Vec::new();
    for _ in 0..instances {
        let instance = house.start_about("waiting", &[("order", "7")], Some(("case", "c1")));
        started.push(instance.await.unwrap());
        house.complete("First", &[]).await;
    }
    (house, started)
}

async fn damage(connection: &DatabaseConnection, statement: &str) {
    let done = connection.execute_unprepared(statement).await;
    let done = done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    assert!(done.rows_affected() > 0, "{statement} damaged nothing");
}

fn shown(findings: &[Finding]) -> BTreeSet<String> {
    let shown = findings.iter().map(|finding| {
        let element = finding.element.as_deref().unwrap_or("-");
        format!("{} {} {element}", finding.code.as_str(), finding.table)
    });
    shown.collect()
}

/// What the doctor finds after a statement, on a database that was healthy before.
async fn found_after(statements: &[&str]) -> BTreeSet<String> {
    let (house, started) = house_with(2).await;
    house.is_healthy().await;
    let connection = house.place.connect().await;
    for statement in statements {
        let statement = statement
            .replace("{first}", &started[0].to_string())
            .replace("{second}", &started[1].to_string());
        damage(&connection, &statement).await;
    }
    let findings = findings(house.runtime.database()).await;
    for finding in &findings {
        assert!(
            !finding.message.is_empty() && !finding.hint.is_empty(),
            "{finding:?}"
        );
    }
    house.runtime.close().await;
    shown(&findings)
}

/// Statements that damage a database, and all that the doctor finds then.
async fn check(damages: &[(&str, &[&str])]) {
    let statements: Vec<&str> = damages.iter().map(|(statement, _)| *statement).collect();
    let expected = damages.iter().flat_map(|(_, found)| found.iter());
    let expected: BTreeSet<String> = expected.map(|found| (*found).to_owned()).collect();
    assert_eq!(found_after(&statements).await, expected);
}

#[tokio::test]
async fn rows_that_are_missing_are_found() {
    check(&[
        ("DELETE FROM task WHERE instance = {first} AND element = 'Team'", &["missing task Team"]),
        ("DELETE FROM task WHERE instance = {second} AND element = 'First'", &["missing task First"]),
        ("DELETE FROM timer WHERE instance = {first}", &["missing timer -"]),
        ("DELETE FROM job WHERE instance = {first}", &["missing job Work"]),
        ("DELETE FROM subscription WHERE instance = {first}", &["missing subscription Paid"]),
        ("DELETE FROM watch WHERE instance = {second}", &["missing watch Closed"]),
        ("DELETE FROM signal WHERE instance = {second}", &["missing signal Stopped"]),
        ("DELETE FROM position WHERE instance = {first} AND element = 'Sleep'", &["missing position Sleep"]),
        ("DELETE FROM incident WHERE instance = {first}", &["missing incident Stuck"]),
        (
            "DELETE FROM called_instance WHERE instance = {first}",
            &["missing called_instance Inside", "different called_instance -"],
        ),
        ("DELETE FROM start_subscription WHERE element = 'Ordered'", &["missing start_subscription Ordered"]),
        (
            "DELETE FROM task_candidate WHERE task IN (SELECT key FROM task WHERE instance = {second} AND element = 'Team')",
            &["missing task_candidate -"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn rows_that_say_something_else_are_found() {
    check(&[
        (
            "UPDATE task SET assignee = 'eve' WHERE instance = {first} AND element = 'Team'",
            &["different task Team"],
        ),
        (
            "UPDATE task SET state = 'cancelled' WHERE instance = {first} AND element = 'First'",
            &["different task First"],
        ),
        (
            "UPDATE timer SET due = due + 1 WHERE instance = {first}",
            &["missing timer -", "orphan timer -"],
        ),
        (
            "UPDATE job SET retries = 7 WHERE instance = {first}",
            &["different job Work"],
        ),
        (
            "UPDATE subscription SET correlation_key = '8' WHERE instance = {first}",
            &["different subscription Paid"],
        ),
        (
            "UPDATE watch SET record = 'c2' WHERE instance = {first}",
            &["different watch Closed"],
        ),
        (
            "UPDATE signal SET name = 'go' WHERE instance = {first}",
            &["different signal Stopped"],
        ),
        (
            "UPDATE position SET due = due + 1 WHERE instance = {first} AND due IS NOT NULL",
            &["different position Team"],
        ),
        (
            "UPDATE incident SET instance = {second} WHERE instance = {first}",
            &["different incident Stuck"],
        ),
        (
            "UPDATE called_instance SET element = 'Outside' WHERE instance = {second}",
            &["different called_instance Inside"],
        ),
        (
            "UPDATE instance SET status = 'completed' WHERE key = {first}",
            &["different instance -"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn rows_that_belong_to_nothing_are_found() {
    check(&[
        ("INSERT INTO position (key, instance, definition, element, scope, since) VALUES (1, {first}, 1, 'Sleep', 1, 1)", &["orphan position Sleep"]),
        ("INSERT INTO timer (due, key, instance) VALUES (1, 1, 1)", &["orphan timer -"]),
        ("UPDATE job SET free_at = NULL WHERE instance = {first}", &["different job Work"]),
        ("INSERT INTO signal (key, instance, element, name) VALUES (1, 1, 'Stopped', 'stop')", &["orphan signal Stopped"]),
        ("INSERT INTO task_candidate (name, team, task) VALUES ('sales', FALSE, 1)", &["orphan task_candidate -"]),
        ("INSERT INTO start_lock (process_id, name, correlation_key, instance) VALUES ('ordered', 'ordered', '1', 1)", &["orphan start_lock -"]),
        ("INSERT INTO start_signal (definition, element, nth, process_id, name) VALUES (1, 'S', 0, 'waiting', 'stop')", &["orphan start_signal S"]),
        ("INSERT INTO instance_comment (key, instance, at, author, text) VALUES (1, 1, 1, 'null', 'hello')", &["missing instance -"]),
        ("INSERT INTO history (instance, sequence, format, at, actor, command, inputs, events) VALUES (1, 1, 1, 1, '', '', '', '')", &["orphan history -"]),
    ])
    .await;
}

#[tokio::test]
async fn histories_that_do_not_lead_to_the_state_are_found() {
    check(&[
        ("UPDATE instance SET state = replace(state, '\"order\":\"7\"', '\"order\":\"8\"') WHERE key = {first}", &["replay instance -"]),
        // One that is called ends with its first step.
        ("DELETE FROM history WHERE instance = {second} AND sequence = 1", &["gap history -"]),
        ("DELETE FROM feed WHERE sequence = 2", &["gap feed -"]),
    ])
    .await;
    check(&[
        (
            "UPDATE history SET events = '[' WHERE instance = {first} AND sequence = 2",
            &["unreadable history -"],
        ),
        (
            "UPDATE history SET format = 99 WHERE instance = {second} AND sequence = 2",
            &["unreadable history -"],
        ),
    ])
    .await;
    check(&[
        (
            "DELETE FROM history WHERE instance = {first} AND sequence = 2",
            &["gap instance -"],
        ),
        (
            "UPDATE instance SET trail = '{' WHERE key = {second}",
            &["unreadable instance -"],
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_or_done_is_found() {
    check(&[
        ("INSERT INTO inbox (key, work) VALUES (1, '{')", &["unreadable inbox -"]),
        ("INSERT INTO message (key, name, correlation_key, variables, expires, taken) VALUES (1, 'paid', '', '[]', 1, '[]')", &["unreadable message -"]),
        ("UPDATE feed SET touched = '{' WHERE sequence = 2", &["unreadable feed -"]),
        (
            "UPDATE definition SET resource = 1 WHERE process_id = 'ordered'",
            &["missing resource -", "unreadable definition -"],
        ),
        ("DELETE FROM deployment", &["missing deployment -"]),
    ])
    .await;
}

#[tokio::test]
async fn work_that_is_set_aside_is_told_with_its_instance_and_the_reason() {
    let (house, started) = house_with(1).await;
    let connection = house.place.connect().await;
    let work = format!(
        "{{\"do\":\"perform\",\"instance\":\"{}\",\"job\":\"1\"}}",
        started[0]
    );
    let statement =
        format!("INSERT INTO inbox (key, work, failed) VALUES (1, '{work}', 'It rains.')");
    damage(&connection, &statement).await;
    let findings = findings(house.runtime.database()).await;
    let [finding] = &findings[..] else {
        panic!("{findings:#?}")
    };
    assert_eq!(
        (finding.code, finding.instance),
        (FindingCode::SetAside, Some(started[0]))
    );
    assert!(finding.message.contains("It rains."), "{}", finding.message);
    house.is_healthy().await;
    house.close().await;
}

#[tokio::test]
async fn one_moment_is_examined_while_the_engine_goes_on() {
    let (house, _) = house_with(3).await;
    let runtime = house.runtime.clone();
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let load = tokio::spawn(async move {
        while stopped.try_recv().is_err() {
            let instance = house.start("waiting", &[("order", "9")]).await;
            house.complete("First", &[]).await;
            let cancelled = house
                .runtime
                .cancel(instance, None, crate::house::ann())
                .await;
            cancelled.unwrap();
        }
        house
    });
    for _ in 0..10 {
        let found = findings(runtime.database()).await;
        assert!(found.is_empty(), "{found:#?}");
    }
    stop.send(()).unwrap();
    let house = load.await.unwrap();
    assert!(
        house.instances_of("waiting").await.len() > 3,
        "nothing went on meanwhile"
    );
    house.close().await;
}
