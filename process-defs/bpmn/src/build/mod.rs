//! From the model to the graph: one file an element family. Whatever does not run is refused here,
//! at the element, by name.

mod activity;
mod association;
mod business_rule_task;
mod call_activity;
mod code;
mod compensation;
mod condition;
mod data;
mod element;
mod error;
mod escalation;
mod event;
pub(crate) mod expression;
mod flow;
mod gateway;
mod message;
mod message_task;
mod multi_instance;
mod refused;
mod repetition;
mod role;
mod script_task;
mod service_task;
mod signal;
mod sub_process;
mod throw_event;
pub(crate) mod timer;
mod user_task;

use std::collections::HashMap;
use std::sync::Arc;

use self::data::Moves;
use crate::dialect::{camunda, redthread, zeebe};
use crate::draft::Draft;
use crate::graph::{
    AdHoc, Element, ElementIx, ElementKind, Flow, FlowIx, Id, Lane, ProcessGraph, Properties,
    SubProcess, Trigger, of_joins,
};
use redthread_xml::Problems;

/// Builds the graph of a process; `None` when something in it, or found in it before, is an error.
pub(crate) fn process(draft: &Draft<'_>, problems: &mut Problems) -> Option<ProcessGraph> {
    let process = draft.process;
    let xml = draft.model.at(process.xml);
    let properties = zeebe::properties(xml);
    zeebe::audit(xml, None, problems);
    camunda::audit(xml, problems);
    redthread::audit(xml, &properties, Default::default(), problems);
    refused::process_parts(xml, problems);
    graph(draft, properties, problems)
}

/// Builds the graph of a global task: a process of that one task. All that stands at it is the task's own.
pub(crate) fn global_task(draft: &Draft<'_>, problems: &mut Problems) -> Option<ProcessGraph> {
    graph(draft, Properties::new(), problems)
}

fn graph(
    draft: &Draft<'_>,
    properties: Properties,
    problems: &mut Problems,
) -> Option<ProcessGraph> {
    let process = draft.process;
    let xml = draft.model.at(process.xml);
    let count = process.flow_nodes.len();
    let moves = Moves::of(draft);
    let elements: Option<Vec<Element>> =
        all((0..count).map(|index| element::build(draft, index, &moves, problems)));
    let flows: Option<Vec<Flow>> = flow::build(draft, problems);
    let lanes = lanes(draft, problems);
    if problems.errors() > 0 {
        return None;
    }
    let (elements, flows) = (elements?, flows?);
    let mut elements = elements;
    for index in multi_instance::tell_only(draft, &elements) {
        if let ElementKind::BoundaryEvent { interrupting, .. } = &mut elements[index].kind {
            *interrupting = false;
        }
    }
    let mut graph = ProcessGraph {
        id: process.id.clone()?,
        name: process.name.clone(),
        documentation: process.documentation.clone(),
        element_index: index_of(elements.iter().map(|element| &element.id), ElementIx),
        flow_index: index_of(flows.iter().map(|flow| &flow.id), FlowIx),
        elements,
        flows,
        lanes,
        content: draft
            .top
            .iter()
            .map(|&index| ElementIx(index as u32))
            .collect(),
        data: data::declared(draft, None, &moves),
        version_tag: zeebe::version_tag(xml),
        properties,
        joins: HashMap::new(),
        has_conditions: false,
    };
    graph.joins = of_joins(&graph);
    graph.has_conditions = graph.elements.iter().any(|element| {
        let mut parts = element
            .kind
            .trigger()
            .map(Trigger::parts)
            .into_iter()
            .flatten();
        parts.any(|part| matches!(part, Trigger::Condition(_)))
            || matches!(
                element.kind,
                ElementKind::SubProcess(SubProcess::AdHoc(AdHoc {
                    completion: Some(_),
                    ..
                })) | ElementKind::ComplexGateway {
                    activation: Some(_)
                }
            )
    });
    Some(graph)
}

/// All values, if all are there. Unlike collecting into an `Option`, it goes on after the first
/// that is missing: every element gets its problems reported.
fn all<T>(values: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let mut complete = true;
    let values: Vec<T> = values
        .inspect(|value| complete &= value.is_some())
        .flatten()
        .collect();
    complete.then_some(values)
}

fn index_of<'g, Ix>(
    ids: impl Iterator<Item = &'g Id>,
    to_index: impl Fn(u32) -> Ix,
) -> HashMap<Id, Ix> {
    ids.enumerate()
        .map(|(index, id)| (id.clone(), to_index(index as u32)))
        .collect()
}

fn lanes(draft: &Draft<'_>, problems: &mut Problems) -> Vec<Lane> {
    let lanes = draft.process.lanes.iter().enumerate();
    lanes
        .map(|(index, lane)| Lane {
            // BPMN does not ask for ids of lanes, and nothing is stored by them.
            id: lane
                .id
                .clone()
                .unwrap_or_else(|| Arc::from(format!("lane-{}", index + 1))),
            name: lane.name.clone(),
            assignment: zeebe::assignment(draft.model.at(lane.xml), problems),
            parent: lane.parent,
        })
        .collect()
}
