//! Camunda 7's extensions, and those of its relatives Activiti and Flowable. Reading them is left
//! to a converter; until then whatever changes how the process runs is refused.

use std::collections::BTreeSet;

use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};
use redthread_xml::{Namespace, NodeRef};

/// Attributes that do not change which way a process takes: with us every step is a transaction of
/// its own, and history is always kept.
const HARMLESS_ATTRIBUTES: &[&str] = &[
    "asyncAfter",
    "asyncBefore",
    "async",
    "exclusive",
    "historyTimeToLive",
    "isStartableInTasklist",
    "jobPriority",
    "modelerTemplate",
    "modelerTemplateVersion",
    "versionTag",
    "taskPriority",
];

const HARMLESS_ELEMENTS: &[&str] = &["properties", "property", "modelerTemplateIcon"];

/// Reports the extensions of an element and of its parts, all in one problem.
pub(crate) fn audit(node: NodeRef<'_>, problems: &mut Problems) {
    let mut found = BTreeSet::new();
    collect(node, &mut found);
    for part in node
        .children()
        .filter(|child| child.bpmn().is_some_and(is_part))
    {
        collect(part, &mut found);
    }
    if found.is_empty() {
        return;
    }
    let names: Vec<&str> = found.into_iter().take(8).collect();
    problems.error(
        node,
        Code::NotSupported,
        format!("Extensions of Camunda 7 do not run: {}.", names.join(", ")),
        "Say the same by Camunda 8's properties (zeebe:), and set the execution platform to Camunda 8.",
    );
}

/// Parts of an element that carry extensions of their own.
fn is_part(name: &str) -> bool {
    name.ends_with("EventDefinition")
        || name.ends_with("LoopCharacteristics")
        || name == "conditionExpression"
}

fn collect<'t>(node: NodeRef<'t>, found: &mut BTreeSet<&'t str>) {
    let is_ours = |namespace: &Namespace| *namespace == Namespace::Camunda;
    let attributes = node
        .attributes()
        .iter()
        .filter(|attribute| is_ours(&attribute.namespace));
    let attributes = attributes.map(|attribute| &*attribute.name);
    found.extend(attributes.filter(|name| !HARMLESS_ATTRIBUTES.contains(name)));
    let elements = node
        .extensions()
        .filter(|extension| is_ours(extension.namespace()));
    let elements = elements.map(NodeRef::name);
    found.extend(elements.filter(|name| !HARMLESS_ELEMENTS.contains(name)));
}
