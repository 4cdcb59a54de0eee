//! Event-based gateways (10.6.6): at least two ways out, each to an event or a receive task that
//! nothing else leads to.

use std::collections::HashMap;

use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

use super::triggers::instantiates;

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    let mut known = HashMap::new();
    for (index, node) in draft.nodes() {
        if node.kind == NodeKind::EventBasedGateway {
            gateway(draft, index, &mut known, problems);
        }
    }
}

/// What a gateway leads to.
#[derive(Copy, Clone)]
struct Follower {
    /// Whether it can be waited for.
    is_awaited: bool,
    is_message: bool,
}

impl Follower {
    fn new(draft: &Draft<'_>, index: usize) -> Self {
        let definitions = draft.event_definitions(index);
        let mut names = definitions.iter().filter_map(|node| node.bpmn());
        let is_event = draft.node(index).kind == NodeKind::IntermediateCatchEvent;
        Follower {
            is_message: names.clone().any(|name| name == "messageEventDefinition"),
            is_awaited: is_event
                && names.all(|name| {
                    matches!(
                        name,
                        "messageEventDefinition"
                            | "signalEventDefinition"
                            | "timerEventDefinition"
                            | "conditionalEventDefinition"
                    )
                }),
        }
    }
}

fn gateway(
    draft: &Draft<'_>,
    index: usize,
    known: &mut HashMap<usize, Follower>,
    problems: &mut Problems,
) {
    let xml = draft.xml(index);
    if draft.outgoing[index].len() < 2 {
        problems.rule(
            xml,
            Code::TooFewFlows,
            "An event-based gateway needs two or more ways out.",
            "Lead it to everything that may happen, or remove the gateway.",
        );
    }
    let is_parallel = xml.attribute("eventGatewayType").map(str::trim) == Some("Parallel");
    if is_parallel && !instantiates(draft, index) {
        problems.rule(
            xml,
            Code::FlowNotAllowed,
            "A parallel event-based gateway can only start a process.",
            "Set instantiate to true, or eventGatewayType to Exclusive.",
        );
    }
    let (mut messages, mut receives) = (false, false);
    for &flow in &draft.outgoing[index] {
        condition(draft, flow, problems);
        let Some(target) = draft.ends[flow].1 else {
            continue;
        };
        receives |= draft.node(target).kind == NodeKind::ReceiveTask;
        let follower = *known
            .entry(target)
            .or_insert_with(|| Follower::new(draft, target));
        messages |= follower.is_message;
        follow(draft, flow, target, follower, problems);
    }
    if messages && receives {
        problems.rule(
            xml,
            Code::FlowNotAllowed,
            "An event-based gateway leads to message events and to receive tasks alike.",
            "Use either message catch events or receive tasks behind it.",
        );
    }
}

fn condition(draft: &Draft<'_>, flow: usize, problems: &mut Problems) {
    let xml = draft.flow_xml(flow);
    if xml.bpmn_child("conditionExpression").is_some() {
        problems.rule(
            xml,
            Code::ConditionNotAllowed,
            "A flow that leaves an event-based gateway can have no condition: what happens decides.",
            "Remove the condition, or draw an exclusive gateway.",
        );
    }
}

fn follow(
    draft: &Draft<'_>,
    flow: usize,
    target: usize,
    follower: Follower,
    problems: &mut Problems,
) {
    let kind = draft.node(target).kind;
    let is_right = kind == NodeKind::ReceiveTask || follower.is_awaited;
    let mut refuse = |message: String, hint: &str| {
        problems.rule(draft.flow_xml(flow), Code::FlowNotAllowed, message, hint);
    };
    if !is_right {
        refuse(
            format!("An event-based gateway leads to what cannot be waited for ({kind})."),
            "Lead it to a message, signal, timer or conditional catch event, or to a receive task.",
        );
        return;
    }
    if draft.incoming[target].len() > 1 {
        refuse(
            "What an event-based gateway waits for has another incoming flow.".to_owned(),
            "Let only the gateway lead there; join the ways behind it.",
        );
    }
    if kind == NodeKind::ReceiveTask && !draft.boundary[target].is_empty() {
        refuse(
            "A receive task behind an event-based gateway has boundary events.".to_owned(),
            "Draw what else may happen as a way out of the gateway.",
        );
    }
}
