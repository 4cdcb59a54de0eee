//! Ways through the tree and questions that several rules ask.

use crate::model::{Model, NodeKind, boolean};
use crate::node::BpmnNode;
pub(super) use crate::node::local;
use redthread_xml::NodeRef;

/// The BPMN elements in an element, in document order; what stands in extensions is left out. A
/// stack of its own: files may be nested as deep as the limits allow.
pub(super) fn within(root: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    let bpmn = |node: &NodeRef<'_>| node.bpmn().is_some_and(|name| name != "extensionElements");
    let mut open: Vec<NodeRef<'_>> = root.children().rev().filter(bpmn).collect();
    std::iter::from_fn(move || {
        let node = open.pop()?;
        open.extend(node.children().rev().filter(bpmn));
        Some(node)
    })
}

/// Whether something in the file is to run.
pub(super) fn runs(model: &Model) -> bool {
    model.processes.iter().any(|process| process.executable)
}

/// The flow node or process around an element.
pub(super) fn holder(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut around = node.parent();
    while let Some(candidate) = around {
        let name = candidate.bpmn().unwrap_or_default();
        if name == "process" || NodeKind::from_name(name).is_some() {
            return Some(candidate);
        }
        around = candidate.parent();
    }
    None
}

/// Whether an `xs:boolean` attribute is true.
pub(super) fn is_true(node: NodeRef<'_>, attribute: &str) -> bool {
    boolean(node.attribute(attribute)) == Some(true)
}

/// The reference in a child element of this name.
pub(super) fn reference(node: NodeRef<'_>, child: &'static str) -> Option<String> {
    let text = node.bpmn_child(child)?.text();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether it is a task that stands beside the processes, to be called (10.3.4).
pub(super) fn is_global_task(node: NodeRef<'_>) -> bool {
    let name = node.bpmn().unwrap_or_default();
    name.starts_with("global") && name.ends_with("Task")
}
