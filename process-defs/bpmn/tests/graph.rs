//! What the engine gets: every element that runs, with everything it says.

mod common;

use common::{around, element, fixture, graph};
use redthread_bpmn::graph::{
    Binding, Cycle, ElementKind, IoMapping, RecordOperation, Text, Throw, Timer, Trigger,
};

fn text(text: &Option<Text>) -> Option<String> {
    text.as_ref().map(shown)
}

fn shown(text: &Text) -> String {
    match text {
        Text::Literal(literal) => literal.to_string(),
        Text::Expression(expression) => format!("={}", expression.text()),
    }
}

fn mappings(mapping: &IoMapping) -> Vec<String> {
    let shown = |mapping: &redthread_bpmn::graph::Mapping| {
        format!(
            "{} <- {}",
            mapping.target.join("."),
            self::shown(&mapping.source)
        )
    };
    mapping
        .inputs
        .iter()
        .chain(&mapping.outputs)
        .map(shown)
        .collect()
}

#[test]
fn elements_and_flows_are_found_by_their_ids_and_know_their_neighbours() {
    let graph = graph(&fixture("every-element.bpmn"));
    assert_eq!(&*graph.id, "order");
    assert_eq!(
        graph.documentation.as_deref(),
        Some("Every element that runs.")
    );
    assert_eq!(graph.properties["owner"], "sales");
    for (ix, found) in graph.element_ixs().map(|ix| (ix, graph.element(ix))) {
        assert_eq!(graph.find(&found.id), Some(ix));
        for &flow in &found.outgoing {
            assert_eq!(graph.flow(flow).source, ix);
        }
        for &flow in &found.incoming {
            assert_eq!(graph.flow(flow).target, ix);
        }
        for &event in &found.boundary {
            let kind = &graph.element(event).kind;
            assert!(
                matches!(kind, ElementKind::BoundaryEvent { attached_to, .. } if *attached_to == ix)
            );
        }
    }
    let deliver = graph.find("Deliver").unwrap();
    let content: Vec<&str> = graph
        .children(Some(deliver))
        .map(|ix| &*graph.element(ix).id)
        .collect();
    assert_eq!(content, ["Leaves", "Ship", "Lost"]);
    assert_eq!(graph.element(deliver).boundary.len(), 3);
    assert_eq!(graph.initial(None), [graph.find("Ordered").unwrap()]);
}

#[test]
fn start_events_wait_for_messages_times_and_records() {
    let graph = graph(&fixture("every-element.bpmn"));
    let trigger = |id| match &element(&graph, id).kind {
        ElementKind::StartEvent { trigger, .. } => trigger,
        other => panic!("{other:?}"),
    };
    assert!(matches!(trigger("Ordered"), Trigger::None));
    let Trigger::Message(message) = trigger("OrderReceived") else {
        panic!()
    };
    assert_eq!(shown(&message.name), "order received");
    assert!(message.correlation_key.is_none());
    let Trigger::Timer(Timer::Cycle(Cycle::Cron(cron))) = trigger("EveryMorning") else {
        panic!()
    };
    assert_eq!(cron.source(), "0 9 * * MON-FRI");
    let Trigger::Record(record) = trigger("DealWon") else {
        panic!()
    };
    assert_eq!(
        (&*record.kind, record.operation),
        ("deal", RecordOperation::Changed)
    );
    assert_eq!(record.field.as_deref(), Some("stage"));
    assert_eq!(record.from.as_deref(), Some("negotiation"));
    assert_eq!(record.to.as_deref(), Some("won"));
    assert_eq!(
        record.when.as_ref().map(|when| when.text()),
        Some("deal.amount > 1000")
    );
}

#[test]
fn catch_and_boundary_events_know_what_they_wait_for() {
    let graph = graph(&fixture("every-element.bpmn"));
    let caught = |id| match &element(&graph, id).kind {
        ElementKind::CatchEvent(trigger) => trigger,
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(caught("CoolingOff"), Trigger::Timer(Timer::Duration(text)) if shown(text) == "P14D")
    );
    assert!(
        matches!(caught("Until"), Trigger::Timer(Timer::Date(text)) if shown(text) == "=order.day")
    );
    let Trigger::Message(message) = caught("Paid") else {
        panic!()
    };
    assert_eq!(shown(&message.name), "=\"payment-\" + method");
    assert_eq!(message.correlation_key.as_ref().unwrap().text(), "order.id");
    let Trigger::Record(record) = caught("CaseSolved") else {
        panic!()
    };
    assert_eq!(
        (&*record.kind, record.operation),
        ("case", RecordOperation::Deleted)
    );

    let boundary = |id| match &element(&graph, id).kind {
        ElementKind::BoundaryEvent {
            interrupting,
            trigger,
            ..
        } => (*interrupting, trigger),
        other => panic!("{other:?}"),
    };
    let (interrupting, trigger) = boundary("Remind");
    assert!(!interrupting);
    assert!(
        matches!(trigger, Trigger::Timer(Timer::Cycle(Cycle::Repeating(text))) if shown(text) == "R3/PT8H")
    );
    assert!(matches!(boundary("Withdrawn"), (true, Trigger::Message(_))));
    assert!(
        matches!(boundary("IsLost"), (true, Trigger::Error(error)) if error.code.as_deref() == Some("LOST"))
    );
    assert!(matches!(boundary("AnyError"), (true, Trigger::Error(error)) if error.code.is_none()));
}

#[test]
fn end_and_throw_events_know_what_they_do() {
    let graph = graph(&fixture("every-element.bpmn"));
    let result = |id| match &element(&graph, id).kind {
        ElementKind::EndEvent(result) => result,
        other => panic!("{other:?}"),
    };
    assert!(matches!(result("Done"), Throw::None));
    assert!(matches!(result("StopAll"), Throw::Terminate));
    let Throw::Error(error) = result("Lost") else {
        panic!()
    };
    assert_eq!(shown(&error.code), "LOST");
    assert_eq!(error.name.as_deref(), Some("Parcel lost"));
    assert!(matches!(
        element(&graph, "Milestone").kind,
        ElementKind::ThrowEvent(Throw::None)
    ));
}

#[test]
fn a_user_task_knows_who_when_and_with_which_form() {
    let graph = graph(&fixture("every-element.bpmn"));
    let approve = element(&graph, "Approve");
    assert_eq!(
        approve.documentation.as_deref(),
        Some("Look at the customer's history.")
    );
    let ElementKind::UserTask(task) = &approve.kind else {
        panic!()
    };
    assert_eq!(text(&task.assignment.assignee).unwrap(), "=order.owner");
    assert_eq!(
        text(&task.assignment.candidate_teams).unwrap(),
        "sales, finance"
    );
    assert_eq!(
        text(&task.assignment.candidate_users).unwrap(),
        "=[\"ann\"]"
    );
    assert_eq!(text(&task.due).unwrap(), "=now() + duration(\"P2D\")");
    assert_eq!(text(&task.follow_up).unwrap(), "2026-03-02T09:00:00Z");
    assert_eq!(task.form.as_deref(), Some("approve-order"));
}

#[test]
fn a_business_rule_task_knows_its_decision_and_which_version_is_meant() {
    let graph = graph(&fixture("every-element.bpmn"));
    let ElementKind::BusinessRuleTask(called) = &element(&graph, "Carrier").kind else {
        panic!()
    };
    assert_eq!(shown(&called.decision), "carrier");
    assert_eq!(&*called.result_variable, "carrier");
    assert_eq!(called.binding, Binding::Deployment);
}

#[test]
fn a_service_task_knows_its_job_headers_and_mappings() {
    let graph = graph(&fixture("every-element.bpmn"));
    let charge = element(&graph, "Charge");
    let ElementKind::ServiceTask(job) = &charge.kind else {
        panic!()
    };
    assert_eq!(shown(&job.job_type), "=\"pay-\" + method");
    assert_eq!(shown(&job.retries), "5");
    assert_eq!(job.headers["currency"], "EUR");
    assert_eq!(
        mappings(&charge.mapping),
        [
            "payment.amount <- =total",
            "method <- card",
            "order.receipt <- =receipt"
        ]
    );
    let ElementKind::ServiceTask(job) = &element(&graph, "Ship").kind else {
        panic!()
    };
    assert_eq!(shown(&job.retries), "3");
}

#[test]
fn script_tasks_are_feel_or_jobs() {
    let graph = graph(&fixture("every-element.bpmn"));
    let ElementKind::ScriptTask(script) = &element(&graph, "Total").kind else {
        panic!()
    };
    assert_eq!(script.expression.text(), "price * count");
    assert_eq!(script.result_variable.as_deref(), Some("total"));
    let ElementKind::ScriptTask(script) = &element(&graph, "Discount").kind else {
        panic!()
    };
    assert!(script.result_variable.is_none());
    let render = &element(&graph, "Render").kind;
    assert!(matches!(render, ElementKind::ServiceTask(job) if job.bpmn_name == "scriptTask"));
    assert_eq!(render.bpmn_name(), "scriptTask");
}

#[test]
fn conditions_are_feel_with_and_without_an_equals_sign() {
    let graph = graph(&fixture("every-element.bpmn"));
    let condition = |id| {
        let flow = graph.flow(graph.find_flow(id).unwrap());
        flow.condition
            .as_ref()
            .map(|condition| condition.text().to_owned())
    };
    assert_eq!(
        condition("Large").as_deref(),
        Some("total > 1000 and customer.isNew")
    );
    assert_eq!(condition("Medium").as_deref(), Some("total > 500"));
    assert_eq!(condition("Small"), None);
    assert_eq!(element(&graph, "IsLarge").default, graph.find_flow("Small"));
}

#[test]
fn event_definitions_may_be_referred_to() {
    let graph = graph(
        common::definitions(&format!(
            "<timerEventDefinition id='t'><timeDuration>PT1H</timeDuration></timerEventDefinition>\
             <process id='p' isExecutable='true'>{}</process>",
            common::around_in(
                "<intermediateCatchEvent id='x'><eventDefinitionRef>t</eventDefinitionRef>\
                 </intermediateCatchEvent>"
            )
        ))
        .as_bytes(),
    );
    let kind = &element(&graph, "x").kind;
    assert!(matches!(
        kind,
        ElementKind::CatchEvent(Trigger::Timer(Timer::Duration(_)))
    ));
}

#[test]
fn flows_count_whether_elements_list_them_or_not() {
    let graph = graph(around("<task id='x'/>").as_bytes());
    assert_eq!(element(&graph, "x").incoming.len(), 1);
    assert_eq!(
        element(&graph, "x").outgoing,
        [graph.find_flow("out").unwrap()]
    );
}

#[test]
fn a_script_task_without_a_script_is_passed_at_once() {
    let graph = graph(around("<scriptTask id='x'/>").as_bytes());
    let ElementKind::ScriptTask(script) = &element(&graph, "x").kind else {
        panic!()
    };
    assert_eq!(script.expression.text(), "{}");
}

#[test]
fn a_flow_without_an_id_gets_one() {
    let graph = graph(
        common::process(
            "<startEvent id='s'/><endEvent id='e'/><sequenceFlow sourceRef='s' targetRef='e'/>",
        )
        .as_bytes(),
    );
    assert_eq!(&*graph.flows[0].id, "flow-1");
}

#[test]
fn the_founding_example_is_deployed_without_a_problem() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/request-follow-up/request-follow-up.bpmn"
    );
    let diagram = common::diagram(&std::fs::read(path).unwrap());
    assert!(diagram.problems.is_empty(), "{:#?}", diagram.problems);
    let graph = &diagram.processes[0];
    let (_, trigger) = graph.start_events(None).next().unwrap();
    let Trigger::Record(record) = trigger else {
        panic!("{trigger:?}")
    };
    assert_eq!(
        (&*record.kind, record.to.as_deref()),
        ("case", Some("closed"))
    );
    // Everything that runs is drawn.
    let drawn = |id: &str| {
        diagram
            .model
            .shapes
            .iter()
            .any(|shape| &*shape.element == id)
    };
    assert!(graph.elements.iter().all(|element| drawn(&element.id)));
    assert_eq!(diagram.model.edges.len(), graph.flows.len());
}
