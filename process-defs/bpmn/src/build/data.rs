//! Data objects, properties, data inputs and outputs (10.4): variables, called like what is drawn where its name can be
//! a variable's name, and else by its id.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use redthread_feel::Expression;

use super::association::{self, Direction};
use crate::dialect::zeebe::is_name;
use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::{BpmnNode, local};
use redthread_xml::{NodeIx, NodeRef};

/// The variable that an element of data stands for.
pub(super) fn variable(data: NodeRef<'_>) -> Option<Arc<str>> {
    let name = data.filled("name").map(str::trim);
    let name = name.filter(|name| is_name(name) && is_variable(name));
    name.or_else(|| data.id()).map(Into::into)
}

/// Whether FEEL reads a word as the name of a variable, and not as one of its own.
fn is_variable(name: &str) -> bool {
    Expression::parse(name).is_ok_and(|read| read.names().iter().any(|found| &**found == name))
}

/// How FEEL writes a variable. Ids may have signs that it takes for operators: those stand between back-quotes.
pub(super) fn written(variable: &str) -> String {
    match is_name(variable) && is_variable(variable) {
        true => variable.to_owned(),
        false => format!("`{variable}`"),
    }
}

/// An expression that reads a variable.
pub(super) fn read(variable: &str) -> Option<Expression> {
    Expression::parse(&written(variable)).ok()
}

/// What a reference leads to: data, or the data object that a reference to it stands for.
pub(super) fn referred<'m>(draft: &Draft<'m>, id: &str) -> Option<NodeRef<'m>> {
    let found = draft.model.find(local(id))?;
    let kind = found.bpmn()?;
    let is_data = matches!(
        kind,
        "dataObject"
            | "dataObjectReference"
            | "dataInput"
            | "dataOutput"
            | "property"
            | "dataStore"
            | "dataStoreReference"
            | "inputDataItem"
            | "outputDataItem"
    );
    let object = || {
        let object = found.filled("dataObjectRef")?;
        draft.model.find_named(object, "dataObject")
    };
    is_data.then(|| object().unwrap_or(found))
}

/// The variables that a process (`None`) or an activity or event starts with: its data objects and properties.
///
/// A data object that has arrows, none of which moves anything, is a picture of a document: it hides no variable.
pub(super) fn declared(draft: &Draft<'_>, element: Option<usize>, moves: &Moves) -> Vec<Arc<str>> {
    let node = match element {
        Some(index) => draft.xml(index),
        None => draft.model.at(draft.process.xml),
    };
    let is_declared = |child: &NodeRef<'_>| match child.bpmn() {
        Some("property") => !association::is_placeholder(*child),
        Some("dataObject") => {
            let id = child.id().unwrap_or_default();
            !moves.drawn.contains(id) || moves.moved.contains(id)
        }
        _ => false,
    };
    let mut seen = HashSet::new();
    let variables = node.children().filter(is_declared).filter_map(variable);
    variables.filter(|name| seen.insert(name.clone())).collect()
}

/// What the associations of a process touch, found out once for all its elements.
#[derive(Default)]
pub(super) struct Moves {
    /// Data objects at the end of an association.
    drawn: HashSet<String>,
    /// Those of them that one reads or writes.
    moved: HashSet<String>,
    /// The `ioSpecification` of what call activities call, where it has one.
    specifications: HashMap<NodeIx, Option<NodeIx>>,
}

impl Moves {
    pub(super) fn of(draft: &Draft<'_>) -> Moves {
        let mut moves = Moves::default();
        for (index, node) in draft.nodes() {
            if node.kind == NodeKind::CallActivity
                && let Some(called) = called(draft, index)
            {
                moves
                    .specifications
                    .entry(called.ix())
                    .or_insert_with(|| specification(called).map(NodeRef::ix));
            }
            for (association, direction) in association::of_element(draft, index) {
                let does_move = association::moves(draft, association, direction);
                for end in association::ends(draft, association) {
                    let id = end.id().unwrap_or_default();
                    moves.drawn.insert(id.to_owned());
                    if does_move {
                        moves.moved.insert(id.to_owned());
                    }
                }
            }
        }
        moves
    }
}

/// How the data of an element is called. What a call activity declares is handed over in order: what it calls knows it by
/// its own name (10.3.6).
pub(super) struct Names(HashMap<NodeIx, Arc<str>>);

impl Names {
    pub(super) fn of(draft: &Draft<'_>, index: usize, moves: &Moves) -> Names {
        let mut names = HashMap::new();
        let called = || {
            let specification = moves.specifications.get(&called(draft, index)?.ix())?;
            specification.map(|ix| draft.model.at(ix))
        };
        if draft.node(index).kind == NodeKind::CallActivity
            && let Some(own) = specification(draft.xml(index))
            && let Some(called) = called()
        {
            for kind in ["dataInput", "dataOutput"] {
                let pairs = own.bpmn_children(kind).zip(called.bpmn_children(kind));
                names.extend(pairs.filter_map(|(own, called)| Some((own.ix(), variable(called)?))));
            }
        }
        Names(names)
    }

    /// The variable of data.
    pub(super) fn variable(&self, data: NodeRef<'_>) -> Option<Arc<str>> {
        let handed_over = self.0.get(&data.ix()).cloned();
        handed_over.or_else(|| variable(data))
    }
}

fn called<'m>(draft: &Draft<'m>, call: usize) -> Option<NodeRef<'m>> {
    draft.model.find(draft.xml(call).filled("calledElement")?)
}

fn specification(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    node.bpmn_child("ioSpecification")
}

/// The collection of a loop: what is moved into its `loopDataInputRef`, or that itself.
pub(super) fn loop_input(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
) -> Option<Expression> {
    let collection = loop_data(draft, marker, "loopDataInputRef")?;
    let source = association::of_element(draft, index)
        .filter(|(_, direction)| *direction == Direction::Input)
        .find(|(association, _)| association::target(draft, *association) == Some(collection.ix()));
    match source.and_then(|(association, _)| association::source(draft, association)) {
        Some(source) => Some(source),
        None => read(&variable(collection)?),
    }
}

/// The variable of a loop's results: where its `loopDataOutputRef` is moved to, or that itself.
pub(super) fn loop_output(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
) -> Option<Arc<str>> {
    let collection = loop_data(draft, marker, "loopDataOutputRef")?;
    let target = association::of_element(draft, index)
        .filter(|(_, direction)| *direction == Direction::Output)
        .find(|(association, _)| association::reads(draft, *association, collection.ix()))
        .and_then(|(association, _)| association::target(draft, association));
    match target {
        Some(target) => variable(draft.model.at(target)),
        None => variable(collection),
    }
}

/// What the collection of a loop is, if the marker names it.
pub(super) fn loop_data<'m>(
    draft: &Draft<'m>,
    marker: NodeRef<'_>,
    name: &'static str,
) -> Option<NodeRef<'m>> {
    referred(draft, &marker.bpmn_child(name)?.text())
}
