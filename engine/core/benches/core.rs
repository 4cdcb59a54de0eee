//! How fast the core decides: `make bench-core`. Nothing is stored here, so this is what one instance costs without a
//! database.

use std::sync::Arc;

use redthread_bpmn::graph::ProcessGraph;
use redthread_bpmn::{Limits, read};
use redthread_calendar::{Timestamp, Zone};
use redthread_core::state::WaitKind;
use redthread_core::{
    Command, Facts, Holder, Inputs, InstanceState, Key, Status, Step, Variables, step,
};
use redthread_feel::Value;

fn main() {
    divan::main();
}

fn process(body: &str) -> Arc<ProcessGraph> {
    let xml = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
             xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="bench">
             <process id="process" isExecutable="true">{body}</process></definitions>"#
    );
    let diagram = read(xml.as_bytes(), &Limits::default()).expect("readable");
    assert!(!diagram.has_errors(), "{:#?}", diagram.problems);
    diagram.processes[0].clone()
}

fn decide(graph: &ProcessGraph, state: &InstanceState, command: &Command, next: Key) -> Step {
    let inputs = Inputs {
        now: Timestamp::EPOCH,
        zone: Zone::UTC,
        seed: 0,
        first_key: next,
        owner: None,
        facts: Facts::default(),
    };
    step(graph, state, command, &inputs).expect("the command fits")
}

fn start(graph: &ProcessGraph, variables: Variables) -> Step {
    let command = Command::Start {
        instance: Key(1),
        definition: Key(2),
        element: None,
        variables,
        subject: None,
        causes: Vec::new(),
        caller: None,
    };
    decide(graph, &InstanceState::default(), &command, Key(100))
}

/// Start, ten script tasks and exclusive gateways in turn, end.
fn ten_elements() -> Arc<ProcessGraph> {
    let mut body = String::from(
        r#"<startEvent id="start"/><sequenceFlow id="f0" sourceRef="start" targetRef="n1"/>"#,
    );
    for n in 1..=10 {
        let next = if n == 10 {
            "end".to_owned()
        } else {
            format!("n{}", n + 1)
        };
        if n % 2 == 1 {
            body += &format!(
                r#"<scriptTask id="n{n}"><extensionElements><zeebe:script expression="=amount + {n}" resultVariable="amount"/></extensionElements></scriptTask>
                   <sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="{next}"/>"#
            );
        } else {
            body += &format!(
                r#"<exclusiveGateway id="n{n}" default="f{n}"/><sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="{next}"/>
                   <sequenceFlow id="g{n}" sourceRef="n{n}" targetRef="end"><conditionExpression>amount &gt; 1000</conditionExpression></sequenceFlow>"#
            );
        }
    }
    process(&(body + r#"<endEvent id="end"/>"#))
}

/// A task for each item: a loop that goes round by a parallel gateway and leaves a task behind each time.
fn a_task_each() -> Arc<ProcessGraph> {
    process(
        r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="more"/>
           <exclusiveGateway id="more" default="f3"/>
           <sequenceFlow id="f2" sourceRef="more" targetRef="fork"><conditionExpression>n &lt; items</conditionExpression></sequenceFlow>
           <sequenceFlow id="f3" sourceRef="more" targetRef="end"/>
           <parallelGateway id="fork"/>
           <sequenceFlow id="f4" sourceRef="fork" targetRef="task"/>
           <userTask id="task"/><sequenceFlow id="f5" sourceRef="task" targetRef="end"/>
           <sequenceFlow id="f6" sourceRef="fork" targetRef="count"/>
           <scriptTask id="count"><extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements></scriptTask>
           <sequenceFlow id="f7" sourceRef="count" targetRef="more"/>
           <endEvent id="end"/>"#,
    )
}

/// The bar is 20 us.
#[divan::bench]
fn ten_script_and_gateway_elements_straight_through(bencher: divan::Bencher) {
    let graph = ten_elements();
    let variables = Variables::from([("amount".into(), Value::from(0))]);
    let done = start(&graph, variables.clone());
    assert_eq!(done.state.status, Status::Completed);
    bencher.bench(|| start(&graph, variables.clone()));
}

/// A multi-instance user task with an output collection.
fn a_list_of_tasks() -> Arc<ProcessGraph> {
    process(
        r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="task"/>
           <userTask id="task"><multiInstanceLoopCharacteristics><extensionElements>
             <zeebe:loopCharacteristics inputCollection="=for i in 1..items return i" inputElement="item" outputCollection="results" outputElement="=item"/>
           </extensionElements></multiInstanceLoopCharacteristics></userTask>
           <sequenceFlow id="f2" sourceRef="task" targetRef="end"/><endEvent id="end"/>"#,
    )
}

/// Opens so many branches and completes them one by one: the time for one must not grow with their number.
#[divan::bench(args = [250, 500, 1000, 2000, 4000], sample_count = 5, sample_size = 1)]
fn parallel_items(bencher: divan::Bencher, items: i64) {
    complete_all(bencher, &a_task_each(), items);
}

/// The same for the instances of a multi-instance activity.
#[divan::bench(args = [250, 500, 1000, 2000, 4000], sample_count = 5, sample_size = 1)]
fn multi_instance_items(bencher: divan::Bencher, items: i64) {
    complete_all(bencher, &a_list_of_tasks(), items);
}

fn complete_all(bencher: divan::Bencher, graph: &ProcessGraph, items: i64) {
    let variables = Variables::from([
        ("n".into(), Value::from(0)),
        ("items".into(), Value::from(items)),
    ]);
    bencher
        .counter(divan::counter::ItemsCount::new(items as usize))
        .bench(|| {
            let mut now = start(graph, variables.clone());
            while now.unfinished {
                now = decide(graph, &now.state, &Command::Continue, now.next_key);
            }
            let is_task = |(key, wait): (&Key, &redthread_core::state::Wait)| {
                matches!(wait.what, WaitKind::Task(_)).then_some(*key)
            };
            let tasks: Vec<Key> = now.state.waits.iter().filter_map(is_task).collect();
            assert_eq!(tasks.len() as i64, items);
            for task in tasks {
                let command = Command::CompleteTask {
                    task,
                    holder: Holder::Anyone,
                    variables: Variables::new(),
                };
                now = decide(graph, &now.state, &command, now.next_key);
            }
            assert_eq!(now.state.status, Status::Completed);
        });
}
