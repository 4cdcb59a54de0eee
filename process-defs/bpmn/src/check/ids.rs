//! Ids are unique in the whole file (`xsd:ID`), diagram part included; extensions may count their
//! own.

use std::collections::HashMap;

use crate::model::Model;
use crate::node::BpmnNode;
use redthread_xml::Namespace;
use redthread_xml::{Code, Problems};

pub(super) fn check(model: &Model, problems: &mut Problems) {
    let mut first: HashMap<&str, u32> = HashMap::new();
    for node in model.tree().all() {
        let is_drawn = matches!(node.namespace(), Namespace::BpmnDi);
        if node.bpmn().is_none() && !is_drawn {
            continue;
        }
        let Some(id) = node.id() else { continue };
        let Some(line) = first.get(id) else {
            first.insert(id, node.line());
            continue;
        };
        let message = format!("The id “{id}” is already taken on line {line}.");
        let hint = "Give one of the two elements another id.";
        // A doubled id of a shape misleads no engine, only a careless drawing tool.
        if is_drawn {
            problems.warning(node, Code::DuplicateId, message, hint);
        } else {
            problems.error(node, Code::DuplicateId, message, hint);
        }
    }
}
