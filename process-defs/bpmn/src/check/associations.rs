//! Data associations: what may be read and written, from one source, of the same item (10.4.2); and
//! how references to data objects are called (10.4.1).

use super::items;
use super::walk::{holder, local, within};
use crate::draft::Draft;
use crate::model::Model;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for node in within(draft.model.at(draft.process.xml)) {
        match node.bpmn() {
            Some("dataInputAssociation" | "dataOutputAssociation") => {
                association(draft.model, node, problems);
            }
            Some("dataObjectReference") => state(draft.model, node, problems),
            _ => {}
        }
    }
}

fn ends<'m>(
    model: &'m Model,
    association: NodeRef<'m>,
    name: &'static str,
) -> Vec<(String, Option<NodeRef<'m>>)> {
    let ends = association.bpmn_children(name);
    ends.map(|end| local(&end.text()).to_owned())
        .filter(|id| !id.is_empty())
        .map(|id| {
            let found = model.find(&id);
            (id, found)
        })
        .collect()
}

fn association(model: &Model, association: NodeRef<'_>, problems: &mut Problems) {
    let sources = ends(model, association, "sourceRef");
    let targets = ends(model, association, "targetRef");
    directions(association, &sources, &targets, problems);
    if association.bpmn_child("transformation").is_some() {
        return;
    }
    if sources.len() > 1 {
        problems.rule(
            association,
            Code::SeveralSources,
            "The data association has several sources, but nothing that makes one of them.",
            "Write a transformation, or keep one source.",
        );
    }
    for (source, from) in &sources {
        for (target, to) in &targets {
            let item = |end: &Option<NodeRef<'_>>| {
                end.and_then(|end| items::of_data(model, end).map(|item| item.ix()))
            };
            let (Some(one), Some(other)) = (item(from), item(to)) else {
                continue; // Data without a type takes everything.
            };
            let (one, other) = (model.at(one), model.at(other));
            if !items::same(one, other) {
                let message = format!(
                    "“{source}” and “{target}” are different items ({} and {}).",
                    items::name(one),
                    items::name(other)
                );
                items::differ(model, association, message, problems);
            }
        }
    }
}

/// A process's data inputs are only read, and its data outputs only written, from within; but start
/// events fill the inputs, and end events take the outputs (10.5.1).
fn directions(
    association: NodeRef<'_>,
    sources: &[(String, Option<NodeRef<'_>>)],
    targets: &[(String, Option<NodeRef<'_>>)],
    problems: &mut Problems,
) {
    let holder_of = holder(association);
    let owner = holder_of.map(NodeRef::ix);
    let of_others = |end: &Option<NodeRef<'_>>, name: &str| {
        end.is_some_and(|end| end.bpmn() == Some(name) && holder(end).map(NodeRef::ix) != owner)
    };
    let mut refuse = |message: String| {
        let hint = "Use a data object for what is both written and read.";
        problems.rule(association, Code::BadDataAssociation, message, hint);
    };
    if matches!(
        holder_of.and_then(BpmnNode::bpmn),
        Some("startEvent" | "endEvent")
    ) {
        return;
    }
    for (id, end) in sources {
        if of_others(end, "dataOutput") {
            refuse(format!(
                "The data output “{id}” is read, but can only be written."
            ));
        }
    }
    for (id, end) in targets {
        if of_others(end, "dataInput") {
            refuse(format!(
                "The data input “{id}” is written, but can only be read."
            ));
        }
    }
}

/// A reference to a data object in a state is called by both: `Order [approved]`.
fn state(model: &Model, reference: NodeRef<'_>, problems: &mut Problems) {
    let object = reference
        .filled("dataObjectRef")
        .and_then(|id| model.find_named(id, "dataObject"));
    let state = reference
        .bpmn_child("dataState")
        .and_then(|state| state.filled("name"));
    let (Some(name), Some(object), Some(state)) = (
        reference.filled("name"),
        object.and_then(|object| object.filled("name")),
        state,
    ) else {
        return;
    };
    let expected = format!("{} [{}]", object.trim(), state.trim());
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    // Many tools write the name of the data object alone: the state is drawn below it anyway.
    if plain(name) != plain(&expected) && plain(name) != plain(object) {
        problems.rule(
            reference,
            Code::BadDataName,
            format!(
                "The reference is called “{}”, but shows “{expected}”.",
                name.trim()
            ),
            format!("Call it “{expected}”, or remove its name."),
        );
    }
}
