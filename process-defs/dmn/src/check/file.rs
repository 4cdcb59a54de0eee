//! Ids and names of a file.

use std::collections::HashMap;

use redthread_xml::Code;

use crate::link::Sink;
use crate::model::Model;
use crate::node::DmnNode;

pub(super) fn check(model: &Model, sink: &mut Sink<'_>) {
    duplicate_ids(model, sink);
    names(model, sink);
}

/// Ids are unique in the whole file (`xsd:ID`).
fn duplicate_ids(model: &Model, sink: &mut Sink<'_>) {
    let mut first: HashMap<&str, u32> = HashMap::new();
    for node in model.tree().all() {
        let (Some(_), Some(id)) = (node.dmn(), node.id()) else {
            continue;
        };
        let Some(line) = first.get(id) else {
            first.insert(id, node.line());
            continue;
        };
        let message = format!("The id “{id}” is already taken on line {line}.");
        let hint = "Give one of the two elements another id.";
        // References lead to elements of the requirement graph only; the parts of tables are not referred to.
        let is_element = node.parent().and_then(DmnNode::dmn) == Some("definitions");
        if is_element {
            sink.error(0, node.ix(), Code::DuplicateId, message, hint);
        } else {
            sink.warning(0, node.ix(), Code::DuplicateId, message, hint);
        }
    }
}

/// Decisions are called by id or name, so they need one, and no two may have the same.
fn names(model: &Model, sink: &mut Sink<'_>) {
    let elements = model
        .inputs
        .iter()
        .map(|input| (&input.variable.name, input.id.as_ref(), input.xml))
        .chain(
            model
                .decisions
                .iter()
                .map(|d| (&d.name, d.id.as_ref(), d.xml)),
        )
        .chain(
            model
                .knowledge
                .iter()
                .map(|k| (&k.name, k.id.as_ref(), k.xml)),
        )
        .chain(
            model
                .services
                .iter()
                .map(|s| (&s.name, s.id.as_ref(), s.xml)),
        );
    let mut first: HashMap<&str, u32> = HashMap::new();
    for (name, id, xml) in elements {
        if name.is_empty() && id.is_none() {
            sink.error(
                0,
                xml,
                Code::MissingId,
                "The element has neither an id nor a name.",
                "Give it both.",
            );
            continue;
        }
        let line = model.at(xml).line();
        if let Some(other) = first.insert(name, line) {
            sink.warning(
                0,
                xml,
                Code::DuplicateName,
                format!("“{name}” on line {other} has the same name."),
                "Give one of the two another name: people and expressions tell them apart by it.",
            );
        }
    }
}
