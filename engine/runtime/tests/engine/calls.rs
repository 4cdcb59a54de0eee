//! Calls: a called process is an instance of its own that its caller waits for.

use redthread_core::Key;
use redthread_runtime::{RuntimeError, SettableClock};

use crate::diagrams::{call, event, file, pool, process, service_task, user_task};
use crate::house::{House, MONDAY, ann, at, texts};

/// Calls `called` and goes on to the task `After`.
fn caller(more: &str) -> Vec<u8> {
    process(
        "caller",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\n{more}\nS -> Call\nCall -> After\nAfter -> E",
            call("Call", "called"),
            user_task("After", "ann"),
        ),
    )
}

/// Does the task `Do`, then ends with `end`.
fn called(end: &str) -> Vec<u8> {
    process(
        "called",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{end}\nS -> Do\nDo -> End",
            user_task("Do", "bob")
        ),
    )
}

const END: &str = "<endEvent id=\"End\"/>";

impl House {
    /// The one instance that an instance has called.
    async fn called_of(&self, caller: Key) -> Key {
        let calls = self.runtime.queries().calls(caller).await.unwrap();
        let [call] = &calls[..] else {
            panic!("not one call: {calls:#?}")
        };
        assert_eq!(call.element, "Call");
        let by = self.runtime.queries().called_by(call.instance.key).await;
        let by = by.unwrap().expect("nobody called it");
        assert_eq!((by.instance.key, &*by.element), (caller, "Call"));
        call.instance.key
    }
}

#[tokio::test]
async fn a_called_process_is_an_instance_of_its_own_and_gives_its_results_back() {
    let house = House::with(called(END)).await;
    house.deploy(caller("")).await;
    let subject = Some(("case", "c1"));
    let started = house.start_about("caller", &[("order", "42")], subject);
    let instance = started.await.unwrap();
    assert_eq!(house.standing(instance).await, ["Call"]);
    let inner = house.called_of(instance).await;
    let row = house.runtime.queries().instance_row(inner).await.unwrap();
    assert_eq!((&*row.process_id, row.status), ("called", "active"));
    assert_eq!(
        row.subject.map(|s| s.key.to_string()).as_deref(),
        Some("c1")
    );
    let by = format!("{:?}", row.started_by);
    assert!(by.contains("caller") && by.contains("Call"), "{by}");
    let order = house.variable(inner, "order").await;
    assert_eq!(order.as_deref(), Some("\"42\""));

    house.complete("Do", &[("verdict", "good")]).await;
    assert_eq!(house.status(inner).await, "completed");
    assert_eq!(house.standing(instance).await, ["After"]);
    let verdict = house.variable(instance, "verdict").await;
    assert_eq!(verdict.as_deref(), Some("\"good\""));
    house.close().await;
}

#[tokio::test]
async fn an_error_of_a_called_process_is_caught_by_its_caller() {
    let house = House::with(called(
        "<endEvent id=\"End\"><errorEventDefinition errorRef=\"Refused\"/></endEvent>",
    ))
    .await;
    house
        .deploy(caller(&format!(
            "<boundaryEvent id=\"OnError\" attachedToRef=\"Call\"><errorEventDefinition errorRef=\"Refused\"/></boundaryEvent>\n{}\nOnError -> Mend\nMend -> Mended",
            user_task("Mend", "ann")
        )))
        .await;
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    house.complete("Do", &[]).await;
    assert_eq!(house.status(inner).await, "failed");
    assert_eq!(house.standing(instance).await, ["Mend"]);
    house.close().await;
}

#[tokio::test]
async fn an_error_that_no_caller_catches_is_an_incident_of_the_call_and_can_be_tried_again() {
    let house = House::with(called(
        "<endEvent id=\"End\"><errorEventDefinition errorRef=\"Refused\"/></endEvent>",
    ))
    .await;
    house.deploy(caller("")).await;
    let instance = house.start("caller", &[]).await;
    house.complete("Do", &[]).await;
    let incidents = house.runtime.queries().incidents(instance).await.unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].element, "Call");
    house.deploy(called(END)).await;
    house.runtime.retry(incidents[0].key, ann()).await.unwrap();
    house.complete("Do", &[]).await;
    assert_eq!(house.standing(instance).await, ["After"]);
    assert_eq!(
        house.runtime.queries().calls(instance).await.unwrap().len(),
        2
    );
    house.close().await;
}

#[tokio::test]
async fn an_escalation_that_interrupts_the_call_ends_the_called_process() {
    let escalate = event(
        "Escalate",
        "intermediateThrowEvent",
        "escalationEventDefinition escalationRef=\"Late\"",
    );
    let house = House::with(process(
        "called",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{escalate}\n{}\nS -> Do\nDo -> Escalate\nEscalate -> More\nMore -> End",
            user_task("Do", "bob"),
            user_task("More", "bob"),
        ),
    ))
    .await;
    let caught = |cancel: bool| {
        caller(&format!(
            "<boundaryEvent id=\"OnLate\" attachedToRef=\"Call\" cancelActivity=\"{cancel}\"><escalationEventDefinition escalationRef=\"Late\"/></boundaryEvent>\n{}\nOnLate -> Hurry\nHurry -> Hurried",
            user_task("Hurry", "ann")
        ))
    };
    house.deploy(caught(true)).await;
    let interrupted = house.start("caller", &[]).await;
    let inner = house.called_of(interrupted).await;
    house.complete("Do", &[]).await;
    assert_eq!(house.standing(interrupted).await, ["Hurry"]);
    assert_eq!(house.status(inner).await, "terminated");
    house.complete("Hurry", &[]).await;

    house.deploy(caught(false)).await;
    let goes_on = house.start("caller", &[]).await;
    let inner = house.called_of(goes_on).await;
    house.complete("Do", &[]).await;
    assert_eq!(house.standing(goes_on).await, ["Call", "Hurry"]);
    assert_eq!(house.standing(inner).await, ["More"]);
    house.close().await;
}

#[tokio::test]
async fn whoever_cancels_the_caller_cancels_what_it_called_however_deep() {
    let house = House::with(called(END)).await;
    house
        .deploy(process(
            "outer",
            &format!(
                "<startEvent id=\"S\"/>\n{}\nS -> Call\nCall -> E",
                call("Call", "caller")
            ),
        ))
        .await;
    house.deploy(caller("")).await;
    let outer = house.start("outer", &[]).await;
    let middle = house.called_of(outer).await;
    let inner = house.called_of(middle).await;
    house.runtime.cancel(outer, None, ann()).await.unwrap();
    for instance in [outer, middle, inner] {
        assert_eq!(house.status(instance).await, "terminated");
    }
    house.close().await;
}

#[tokio::test]
async fn a_called_process_that_is_cancelled_leaves_its_caller_with_an_incident() {
    let house = House::with(called(END)).await;
    house.deploy(caller("")).await;
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    let why = Some("A mistake.".to_owned());
    house.runtime.cancel(inner, why, ann()).await.unwrap();
    let incidents = house.runtime.queries().incidents(instance).await.unwrap();
    assert_eq!((incidents.len(), &*incidents[0].code), (1, "callFailed"));
    assert!(incidents[0].message.contains("A mistake."));
    house.runtime.retry(incidents[0].key, ann()).await.unwrap();
    house.complete("Do", &[]).await;
    assert_eq!(house.standing(instance).await, ["After"]);
    house.close().await;
}

#[tokio::test]
async fn a_process_that_is_not_deployed_cannot_be_called_until_it_is() {
    let house = House::with(caller("")).await;
    let instance = house.start("caller", &[]).await;
    let incidents = house.runtime.queries().incidents(instance).await.unwrap();
    assert_eq!((incidents.len(), &*incidents[0].code), (1, "callFailed"));
    house.deploy(called(END)).await;
    house.runtime.retry(incidents[0].key, ann()).await.unwrap();
    house.complete("Do", &[]).await;
    assert_eq!(house.standing(instance).await, ["After"]);
    house.close().await;
}

#[tokio::test]
async fn an_upload_warns_of_calls_of_what_is_not_there() {
    let house = House::new().await;
    let warned = async |bytes: Vec<u8>| {
        let file = redthread_runtime::UploadedFile {
            name: "caller.bpmn".into(),
            bytes,
        };
        let reading = house.runtime.examine(vec![file]).await.unwrap();
        let codes = reading.problems.iter().map(|p| p.problem.code.as_str());
        codes.filter(|code| *code == "notCallable").count()
    };
    assert_eq!(warned(caller("")).await, 1);
    house.deploy(called(END)).await;
    assert_eq!(warned(caller("")).await, 0);
    house.close().await;
}

#[tokio::test]
async fn a_call_goes_on_after_a_restart_in_its_middle() {
    let house = House::with(called(END)).await;
    house.deploy(caller("")).await;
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    let place = house.close().await;
    let house = House::open(place, SettableClock::standing_at(at(MONDAY))).await;
    house.complete("Do", &[("verdict", "good")]).await;
    assert_eq!(house.status(inner).await, "completed");
    assert_eq!(house.standing(instance).await, ["After"]);
    let verdict = house.variable(instance, "verdict").await;
    assert_eq!(verdict.as_deref(), Some("\"good\""));
    house.close().await;
}

#[tokio::test]
async fn a_process_that_calls_itself_without_end_is_stopped() {
    let house = House::with(process(
        "endless",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Call\nCall -> E",
            call("Call", "endless")
        ),
    ))
    .await;
    let first = house.start("endless", &[]).await;
    house.runtime.run_until_idle().await.unwrap();
    let all = "SELECT count(*) FROM instance";
    let all = crate::check::count(house.runtime.database(), all).await;
    assert_eq!(all, 101);
    let stuck = "SELECT count(*) FROM incident WHERE code = 'callFailed'";
    let stuck = crate::check::count(house.runtime.database(), stuck).await;
    assert_eq!(stuck, 1);
    house.runtime.cancel(first, None, ann()).await.unwrap();
    house.close().await;
}

/// A process whose task tells its version.
fn version(tag: &str) -> String {
    pool(
        "called",
        &format!(
            "<extensionElements><zeebe:versionTag value=\"{tag}\"/></extensionElements>\n<startEvent id=\"S\"/>\n{}\nS -> {tag}\n{tag} -> End",
            user_task(tag, "bob")
        ),
    )
}

fn bound(binding: &str) -> String {
    let call = call("Call", "called").replace("processId", &format!("{binding} processId"));
    pool(
        "caller",
        &format!("<startEvent id=\"S\"/>\n{call}\nS -> Call\nCall -> E"),
    )
}

#[tokio::test]
async fn a_call_may_mean_the_version_of_its_own_upload_or_of_a_tag() {
    let upload = async |house: &House, caller: &str, called: &str| {
        let files = [("caller.bpmn", caller), ("called.bpmn", called)];
        let files = files.map(|(name, text)| redthread_runtime::UploadedFile {
            name: name.into(),
            bytes: file(text),
        });
        house.runtime.deploy(files.into(), ann()).await.unwrap()
    };
    let house = House::new().await;
    let together = bound("bindingType=\"deployment\"");
    upload(&house, &together, &version("v1")).await;
    house.deploy(file(&version("v2"))).await;
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    assert_eq!(house.standing(inner).await, ["v1"]);

    // The caller is the same, but it is bound to something new: it is a new version, too.
    let again = upload(&house, &together, &version("v3")).await;
    assert!(again.definitions.iter().all(|one| !one.unchanged));
    let unchanged = upload(&house, &together, &version("v3")).await;
    assert!(unchanged.definitions.iter().all(|one| one.unchanged));
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    assert_eq!(house.standing(inner).await, ["v3"]);

    let tagged = bound("bindingType=\"versionTag\" versionTag=\"v2\"");
    house.deploy(file(&tagged)).await;
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    assert_eq!(house.standing(inner).await, ["v2"]);
    house.close().await;
}

#[tokio::test]
async fn a_call_for_each_of_many_items_comes_back_from_all_of_them() {
    let house = House::with(process(
        "called",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Note\nNote -> End",
            service_task("Note", "test:note")
        ),
    ))
    .await;
    let many = call("Call", "called").replace(
        "</callActivity>",
        "<multiInstanceLoopCharacteristics><loopCardinality>200</loopCardinality></multiInstanceLoopCharacteristics></callActivity>",
    );
    house
        .deploy(process(
            "caller",
            &format!("<startEvent id=\"S\"/>\n{many}\nS -> Call\nCall -> E"),
        ))
        .await;
    let instance = house.start("caller", &[]).await;
    house.runtime.run_until_idle().await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(house.notices().await.len(), 200);
    house.close().await;
}

#[tokio::test]
async fn an_instance_cannot_be_started_twice_by_the_same_call() {
    let house = House::with(called(END)).await;
    house.deploy(caller("")).await;
    let instance = house.start("caller", &[]).await;
    let inner = house.called_of(instance).await;
    let again = redthread_core::Command::Start {
        instance: inner,
        definition: Key(1),
        element: None,
        variables: texts(&[]),
        subject: None,
        causes: Vec::new(),
        caller: None,
    };
    let refused = house.runtime.command(inner, again, ann()).await;
    assert!(
        matches!(refused, Err(RuntimeError::Rejected(_))),
        "{refused:?}"
    );
    house.close().await;
}
