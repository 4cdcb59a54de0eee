//! What the engine gets of gateways, conditions and default flows.

mod common;

use common::{check, element, graph, process};
use redthread_bpmn::graph::ElementKind;

/// Two ways from `x`, which is led to from the start.
fn forked(element: &str, a: &str, b: &str) -> String {
    process(&format!(
        "<startEvent id='start'/><sequenceFlow id='in' sourceRef='start' targetRef='x'/>{element}\
         <sequenceFlow id='a' sourceRef='x' targetRef='end'>{a}</sequenceFlow>\
         <sequenceFlow id='b' sourceRef='x' targetRef='end'>{b}</sequenceFlow><endEvent id='end'/>"
    ))
}

const CONDITION: &str = "<conditionExpression>amount > 3</conditionExpression>";

#[test]
fn every_way_out_of_an_inclusive_gateway_has_a_condition_or_is_the_default() {
    let marked = forked("<inclusiveGateway id='x' default='b'/>", CONDITION, "");
    let graph = graph(marked.as_bytes());
    let gateway = element(&graph, "x");
    assert!(matches!(gateway.kind, ElementKind::InclusiveGateway));
    assert_eq!(gateway.default, graph.find_flow("b"));
    assert!(
        graph
            .flow(graph.find_flow("a").unwrap())
            .condition
            .is_some()
    );
    assert!(graph.joins.contains_key(&graph.find("x").unwrap()));
    check(
        &forked("<inclusiveGateway id='x'/>", CONDITION, ""),
        &["warning missingCondition b"],
    );
    check(
        &forked(
            "<inclusiveGateway id='x' default='c'/>",
            CONDITION,
            CONDITION,
        ),
        &["error unknownReference x"],
    );
}

#[test]
fn a_complex_gateway_has_an_activation_condition_or_none() {
    let complex = |condition: &str| {
        forked(
            &format!("<complexGateway id='x'>{condition}</complexGateway>"),
            CONDITION,
            "",
        )
    };
    let activation = |condition: &str| {
        let graph = graph(complex(condition).as_bytes());
        let ElementKind::ComplexGateway { activation } = &element(&graph, "x").kind else {
            panic!()
        };
        activation
            .as_ref()
            .map(|condition| condition.text().to_owned())
    };
    assert_eq!(activation(""), None);
    assert_eq!(
        activation("<activationCondition>=activationCount >= 2</activationCondition>").as_deref(),
        Some("activationCount >= 2")
    );
    check(
        &complex("<activationCondition>a &amp;&amp; b</activationCondition>"),
        &["error badExpression x"],
    );
}

#[test]
fn an_event_based_gateway_waits_or_begins_a_process() {
    let waits = |id: &str| {
        let timer = common::timer("timeDuration", "PT1H");
        format!("<intermediateCatchEvent id='{id}'>{timer}</intermediateCatchEvent>")
    };
    let between = |attributes: &str, start: &str| {
        process(&format!(
            "{start}<eventBasedGateway id='x' {attributes}/>{}{}<endEvent id='end'/>\
             <sequenceFlow id='f' sourceRef='x' targetRef='a'/><sequenceFlow id='g' sourceRef='x' targetRef='b'/>\
             <sequenceFlow id='h' sourceRef='a' targetRef='end'/><sequenceFlow id='i' sourceRef='b' targetRef='end'/>",
            waits("a"),
            waits("b")
        ))
    };
    let start = "<startEvent id='s'/><sequenceFlow id='in' sourceRef='s' targetRef='x'/>";
    let gateway = |xml: String| {
        let graph = graph(xml.as_bytes());
        assert_eq!(graph.events_behind(graph.find("x").unwrap()).count(), 2);
        let starts = graph.triggered_starts().len();
        match element(&graph, "x").kind {
            ElementKind::EventBasedGateway {
                instantiate,
                parallel,
            } => (instantiate, parallel, starts),
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(gateway(between("", start)), (false, false, 0));
    assert_eq!(gateway(between("instantiate='true'", "")), (true, false, 2));
    assert_eq!(
        gateway(between(
            "instantiate='true' eventGatewayType='Parallel'",
            ""
        )),
        (true, true, 2)
    );
    check(
        &between("eventGatewayType='Both'", start),
        &["error badValue x"],
    );
}

#[test]
fn an_activity_with_conditional_flows_has_a_default_flow() {
    let default = |a: &str| {
        let graph = graph(forked("<task id='x' default='b'/>", a, "").as_bytes());
        element(&graph, "x")
            .default
            .map(|flow| graph.flow(flow).id.to_string())
    };
    assert_eq!(default(CONDITION).as_deref(), Some("b"));
    // Where no flow has a condition, all are taken, whatever is marked.
    assert_eq!(default(""), None);
}
