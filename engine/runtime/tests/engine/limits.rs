//! Values that are too large: refused where they come from outside, an incident where the model makes them.

use redthread_core::{Holder, Rejection, Variables};
use redthread_feel::Value;
use redthread_runtime::{Message, ProcessRef, RuntimeError, Signal, StartInstance};

use crate::diagrams::{process, service_task, user_task};
use crate::house::{House, ann, texts};
use crate::poison::incidents;

const MIB: usize = 1024 * 1024;

fn big(bytes: usize) -> Variables {
    Variables::from([("big".into(), Value::String("x".repeat(bytes).into()))])
}

#[track_caller]
fn is_too_large<T: std::fmt::Debug>(answer: Result<T, RuntimeError>) {
    match answer {
        Err(RuntimeError::Rejected(Rejection::TooLarge(why))) => {
            assert!(why.contains("4 MiB") || why.contains("16 MiB"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

fn scripts(lines: &str) -> Vec<u8> {
    process(
        "scripts",
        &format!("<startEvent id=\"S\"/>\n{lines}\n<endEvent id=\"E\"/>"),
    )
}

fn script(id: &str, expression: &str) -> String {
    format!(
        "<scriptTask id=\"{id}\"><extensionElements><zeebe:script expression=\"={expression}\" resultVariable=\"{id}Result\"/></extensionElements></scriptTask>"
    )
}

#[tokio::test]
async fn too_large_a_value_from_outside_is_refused_whatever_the_command() {
    let house = House::with(process(
        "simple",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\n<endEvent id=\"E\"/>\nS -> Do\nDo -> Work\nWork -> E",
            user_task("Do", "ann"),
            service_task("Work", "worker")
        ),
    ))
    .await;
    let instance = house.start("simple", &[]).await;
    let start = |variables| StartInstance {
        process: ProcessRef::Latest("simple".into()),
        element: None,
        variables,
        subject: None,
    };
    let runtime = &house.runtime;
    is_too_large(runtime.start(start(big(5 * MIB)), ann()).await);
    let task = house.task("Do").await;
    let holder = || Holder::Anyone;
    let completed = runtime.complete_task(task, holder(), big(5 * MIB), ann());
    is_too_large(completed.await);
    let set = runtime.set_variables(instance, None, big(5 * MIB), None, ann());
    is_too_large(set.await);
    let message = Message {
        name: "paid".into(),
        correlation_key: String::new(),
        variables: big(5 * MIB),
        id: None,
        ttl: None,
    };
    is_too_large(runtime.publish_message(message, ann()).await);
    let signal = Signal {
        name: "stop".into(),
        variables: big(5 * MIB),
    };
    is_too_large(runtime.send_signal(signal, ann()).await);
    // Nothing has changed, and what fits is taken.
    let completed = runtime.complete_task(task, holder(), big(3 * MIB), ann());
    completed.await.unwrap();
    let job = runtime
        .queries()
        .jobs_of(instance)
        .await
        .unwrap()
        .remove(0)
        .key;
    is_too_large(runtime.complete_job(job, big(5 * MIB), ann()).await);
    runtime.complete_job(job, big(1), ann()).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn all_values_of_an_instance_together_have_a_limit() {
    let house = House::with(process(
        "simple",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<endEvent id=\"E\"/>\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    ))
    .await;
    let instance = house.start("simple", &[]).await;
    let set = async |name: &str| {
        let value = Value::String("x".repeat(3 * MIB).into());
        let variables = Variables::from([(name.into(), value)]);
        let set = house
            .runtime
            .set_variables(instance, None, variables, None, ann());
        set.await
    };
    for name in ["a", "b", "c", "d", "e"] {
        set(name).await.unwrap();
    }
    is_too_large(set("f").await);
    assert_eq!(house.variable(instance, "f").await, None);
    // Where something goes, something may come.
    house
        .runtime
        .set_variables(instance, None, texts(&[("a", "")]), None, ann())
        .await
        .unwrap();
    set("f").await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn a_value_that_the_model_makes_too_large_is_an_incident_that_can_be_mended() {
    let house = House::with(scripts(&format!(
        "{}\nS -> Make\nMake -> E",
        script("Make", "for i in 1..n return text")
    )))
    .await;
    let long = "x".repeat(1_000);
    let instance = house.start("scripts", &[("text", &long)]).await;
    // `n` is missing: the incident is another one.
    assert_eq!(incidents(&house, instance).await, ["Make expressionFailed"]);
    let n = |n: i64| Variables::from([("n".into(), Value::from(n))]);
    let retry = async |n: Variables| {
        house
            .runtime
            .set_variables(instance, None, n, None, ann())
            .await
            .unwrap();
        let open = house.runtime.queries().incidents(instance).await;
        let incident = open.unwrap().remove(0).key;
        house.runtime.retry(incident, ann()).await.unwrap();
    };
    retry(n(9_000)).await;
    assert_eq!(incidents(&house, instance).await, ["Make tooLarge"]);
    assert_eq!(house.variable(instance, "MakeResult").await, None);
    retry(n(10)).await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn values_that_are_each_small_enough_do_not_fill_an_instance() {
    let tasks: Vec<String> = (1..=8)
        .map(|nth| script(&format!("Make{nth}"), "for i in 1..3000 return text"))
        .collect();
    let flows: Vec<String> = (1..8)
        .map(|nth| format!("Make{nth} -> Make{}", nth + 1))
        .collect();
    let lines = format!(
        "{}\nS -> Make1\n{}\nMake8 -> E",
        tasks.join("\n"),
        flows.join("\n")
    );
    let house = House::with(scripts(&lines)).await;
    let long = "x".repeat(1_000);
    let instance = house.start("scripts", &[("text", &long)]).await;
    // Five times three megabytes fit, the sixth does not.
    assert_eq!(incidents(&house, instance).await, ["Make6 tooLarge"]);
    let state = house.runtime.queries().instance_state(instance).await;
    let stored = serde_json::to_string(&state.unwrap()).unwrap();
    assert!(stored.len() < 17 * MIB, "{}", stored.len());
    house.close().await;
}

#[tokio::test]
async fn mappings_decide_nothing_by_halves() {
    let house = House::with(process(
        "mapping",
        "<startEvent id=\"S\"/>
         <userTask id=\"Do\"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee=\"ann\"/><zeebe:ioMapping><zeebe:input source=\"=for i in 1..9000 return text\" target=\"copy\"/></zeebe:ioMapping></extensionElements></userTask>
         <endEvent id=\"E\"/>
         S -> Do
         Do -> E",
    ))
    .await;
    let long = "x".repeat(1_000);
    let instance = house.start("mapping", &[("text", &long)]).await;
    assert_eq!(incidents(&house, instance).await, ["Do tooLarge"]);
    assert!(
        house
            .tasks(redthread_runtime::TaskView::All)
            .await
            .is_empty()
    );
    house.close().await;
}
