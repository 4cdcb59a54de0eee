//! Data associations (10.4.2): what goes into an element before it begins, and out of it when it has ended.
//!
//! Modelers write placeholders where BPMN wants a data input or output and the person drew only an arrow from or to a
//! document: such an association moves nothing.

use std::sync::Arc;

use redthread_feel::Expression;

use super::data::{self, Moves, Names, referred, variable, written};
use super::expression;
use crate::dialect::zeebe::path;
use crate::draft::Draft;
use crate::graph::{IoMapping, Mapping, Text};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeIx, NodeRef, Problems};

/// Which way an association leads.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Input,
    Output,
}

/// The data associations of an element, in document order.
pub(super) fn of_element<'m>(
    draft: &Draft<'m>,
    index: usize,
) -> impl Iterator<Item = (NodeRef<'m>, Direction)> + use<'m> {
    draft.xml(index).children().filter_map(|child| {
        let direction = match child.bpmn()? {
            "dataInputAssociation" => Direction::Input,
            "dataOutputAssociation" => Direction::Output,
            _ => return None,
        };
        Some((child, direction))
    })
}

/// The data at both ends that exists.
pub(super) fn ends<'m>(draft: &Draft<'m>, association: NodeRef<'m>) -> Vec<NodeRef<'m>> {
    let ends = association
        .children()
        .filter(|child| matches!(child.bpmn(), Some("sourceRef" | "targetRef")));
    ends.filter_map(|end| referred(draft, &end.text()))
        .collect()
}

fn sources<'m>(draft: &Draft<'m>, association: NodeRef<'m>) -> Vec<NodeRef<'m>> {
    let sources = association.bpmn_children("sourceRef");
    sources
        .filter_map(|source| referred(draft, &source.text()))
        .collect()
}

/// What the association writes.
pub(super) fn target(draft: &Draft<'_>, association: NodeRef<'_>) -> Option<NodeIx> {
    let target = association.bpmn_child("targetRef")?.text();
    Some(referred(draft, &target)?.ix())
}

/// Whether the association reads this.
pub(super) fn reads(draft: &Draft<'_>, association: NodeRef<'_>, data: NodeIx) -> bool {
    let mut sources = association.bpmn_children("sourceRef");
    sources.any(|source| referred(draft, &source.text()).is_some_and(|found| found.ix() == data))
}

/// The value that a plain association reads.
pub(super) fn source(draft: &Draft<'_>, association: NodeRef<'_>) -> Option<Expression> {
    let source = association.bpmn_child("sourceRef")?.text();
    data::read(&variable(referred(draft, &source)?)?)
}

/// What bpmn.io writes where a person drew an arrow from a document to an activity.
pub(super) fn is_placeholder(data: NodeRef<'_>) -> bool {
    data.bpmn() == Some("property") && data.attribute("name") == Some("__targetRef_placeholder")
}

/// Whether the association moves data: it says how, or it leads from data to data.
pub(super) fn moves(draft: &Draft<'_>, association: NodeRef<'_>, direction: Direction) -> bool {
    if says_how(association) {
        return true;
    }
    let target = target(draft, association).map(|target| draft.model.at(target));
    let has_source = association
        .bpmn_children("sourceRef")
        .any(|source| referred(draft, &source.text()).is_some());
    let is_real = |target: NodeRef<'_>| direction == Direction::Output || !is_placeholder(target);
    has_source && target.is_some_and(is_real)
}

fn says_how(association: NodeRef<'_>) -> bool {
    let mut parts = association.children();
    parts.any(|part| match part.bpmn() {
        Some("assignment") => true,
        Some("transformation") => !part.text().trim().is_empty(),
        _ => false,
    })
}

/// Adds to an element's mapping what its data associations move: before what `zeebe:ioMapping` says, whose outputs go on
/// deciding what becomes of the other results.
pub(super) fn add(
    draft: &Draft<'_>,
    index: usize,
    mapping: IoMapping,
    moves_of_process: &Moves,
    problems: &mut Problems,
) -> IoMapping {
    let mut inputs = Vec::new();
    let mut outputs = Vec::new();
    let of_loop = LoopData::of(draft, index);
    let names = Names::of(draft, index, moves_of_process);
    for (association, direction) in of_element(draft, index) {
        if !moves(draft, association, direction) || of_loop.is_moved(draft, association) {
            continue;
        }
        let moved = match touches_store(draft, association) {
            true => refuse_store(association, problems),
            false => mappings(draft, &names, association, direction, problems),
        };
        match direction {
            Direction::Input => inputs.extend(moved),
            Direction::Output => outputs.extend(moved),
        }
    }
    let keeps_results = mapping.outputs.is_empty() && !outputs.is_empty();
    inputs.extend(mapping.inputs);
    outputs.extend(mapping.outputs);
    IoMapping {
        inputs,
        outputs,
        keeps_results,
    }
}

/// The collections of an element's loop marker. The loop takes them apart and puts them together: no single instance gets
/// or gives them whole.
struct LoopData {
    input: Option<NodeIx>,
    output: Option<NodeIx>,
}

impl LoopData {
    fn of(draft: &Draft<'_>, index: usize) -> LoopData {
        let marker = draft
            .xml(index)
            .bpmn_child("multiInstanceLoopCharacteristics");
        let data = |name| data::loop_data(draft, marker?, name).map(NodeRef::ix);
        LoopData {
            input: data("loopDataInputRef"),
            output: data("loopDataOutputRef"),
        }
    }

    fn is_moved(&self, draft: &Draft<'_>, association: NodeRef<'_>) -> bool {
        self.input.is_some() && target(draft, association) == self.input
            || self
                .output
                .is_some_and(|output| reads(draft, association, output))
    }
}

fn touches_store(draft: &Draft<'_>, association: NodeRef<'_>) -> bool {
    let ends = association
        .children()
        .filter(|child| matches!(child.bpmn(), Some("sourceRef" | "targetRef")));
    ends.filter_map(|end| referred(draft, &end.text()))
        .any(|end| matches!(end.bpmn(), Some("dataStore" | "dataStoreReference")))
}

fn refuse_store(association: NodeRef<'_>, problems: &mut Problems) -> Vec<Mapping> {
    problems.error(
        association,
        Code::NotSupported,
        "Data stores are neither read nor written yet.",
        "Read and change records by service tasks (crm:), or use a data object.",
    );
    Vec::new()
}

fn mappings(
    draft: &Draft<'_>,
    names: &Names,
    association: NodeRef<'_>,
    direction: Direction,
    problems: &mut Problems,
) -> Vec<Mapping> {
    let mut mappings = Vec::new();
    let target = target(draft, association).map(|target| draft.model.at(target));
    let name = |data: NodeRef<'_>| names.variable(data);
    let transformation = association
        .bpmn_child("transformation")
        .filter(|at| !at.text().trim().is_empty());
    let is_assigned = association.bpmn_child("assignment").is_some();
    if let Some(at) = transformation {
        let made = expression::element(at, "The transformation", problems);
        match (made, target.and_then(name)) {
            (Some(made), Some(target)) => mappings.push(mapping(made, vec![target])),
            (Some(_), None) => {
                problems.error(
                    association,
                    Code::BadDataAssociation,
                    "The data association does not say where its data goes.",
                    "Name its target (targetRef).",
                );
            }
            (None, _) => {}
        }
    } else if !is_assigned {
        let source = sources(draft, association).into_iter().next();
        let copied = source.zip(target).and_then(|(source, target)| {
            let (source, target) = (name(source)?, name(target)?);
            Some(mapping(copy(&source, &target, direction)?, vec![target]))
        });
        mappings.extend(copied);
    }
    let assignments = association.bpmn_children("assignment");
    for assignment in assignments {
        mappings.extend(assigned(draft, assignment, target.and_then(name), problems));
    }
    mappings
}

/// Results come back under the names that forms, jobs and scripts know. A data output that none of them set leaves what
/// it is to be moved to as they have set it.
fn copy(source: &str, target: &str, direction: Direction) -> Option<Expression> {
    let (from, to) = (written(source), written(target));
    match direction {
        Direction::Input => Expression::parse(&from).ok(),
        Direction::Output => Expression::parse(&format!(
            "if is defined({from}) then {from} else if is defined({to}) then {to} else null"
        ))
        .ok(),
    }
}

/// `from` is an expression, or the id of data; `to` is a variable and the path in it, or the id of data.
fn assigned(
    draft: &Draft<'_>,
    assignment: NodeRef<'_>,
    target: Option<Arc<str>>,
    problems: &mut Problems,
) -> Option<Mapping> {
    let text = |name| {
        let part = assignment.bpmn_child(name)?;
        Some((part, part.text().trim().to_owned())).filter(|(_, text)| !text.is_empty())
    };
    let Some((at, from)) = text("from") else {
        problems.error(
            assignment,
            Code::BadDataAssociation,
            "An assignment of the data association does not say what it assigns.",
            "Write an expression in from.",
        );
        return None;
    };
    let source = match referred(draft, &from).and_then(variable) {
        Some(source) => data::read(&source)?,
        None => expression::expression(at, &from, "What is assigned", problems)?,
    };
    let to = text("to").map(|(_, to)| to);
    let named = to
        .as_deref()
        .and_then(|to| referred(draft, to))
        .and_then(variable);
    let path = match (named, &to) {
        (Some(named), _) => Some(vec![named]),
        (None, Some(to)) => path(to.strip_prefix('=').unwrap_or(to)),
        (None, None) => target.map(|target| vec![target]),
    };
    if path.is_none() {
        problems.error(
            assignment,
            Code::BadDataAssociation,
            match &to {
                Some(to) => format!("“{to}” is not the name of a variable."),
                None => {
                    "An assignment of the data association does not say where it goes.".to_owned()
                }
            },
            "Name the variable with letters, digits and _; dots lead into a context.",
        );
    }
    Some(mapping(source, path?))
}

fn mapping(source: Expression, target: Vec<Arc<str>>) -> Mapping {
    Mapping {
        source: Text::Expression(source),
        target,
    }
}
