//! BPMN's own view of the XML tree: its elements by name, and which of them a map can show.

use std::sync::Arc;

use redthread_xml::{Namespace, NodeRef};

use crate::model::NodeKind;

/// What readers of BPMN ask an element of the tree.
pub(crate) trait BpmnNode<'t>: Sized {
    /// The name of a BPMN element; `None` for those of other namespaces.
    fn bpmn(self) -> Option<&'t str>;

    /// Its BPMN children of this name.
    fn bpmn_children(self, name: &'static str) -> impl Iterator<Item = NodeRef<'t>>;

    /// Its first BPMN child of this name.
    fn bpmn_child(self, name: &'static str) -> Option<NodeRef<'t>> {
        self.bpmn_children(name).next()
    }
}

impl<'t> BpmnNode<'t> for NodeRef<'t> {
    fn bpmn(self) -> Option<&'t str> {
        self.name_in(&Namespace::Bpmn)
    }

    fn bpmn_children(self, name: &'static str) -> impl Iterator<Item = NodeRef<'t>> {
        self.children_in(&Namespace::Bpmn, name)
    }
}

/// The id that a map can show a problem on: the nearest element around that stands for itself, and
/// is not part of another.
pub(crate) fn owner(at: NodeRef<'_>) -> Option<Arc<str>> {
    at.nearest_id(stands_for_itself)
}

fn stands_for_itself(node: NodeRef<'_>) -> bool {
    let (Some(name), Some(around)) = (node.bpmn(), node.parent().and_then(BpmnNode::bpmn)) else {
        return false;
    };
    let is_part = name.ends_with("EventDefinition")
        || name.ends_with("LoopCharacteristics")
        || name.starts_with("data") && name.ends_with("Association")
        || name.ends_with("Owner")
        || name.ends_with("Performer")
        || matches!(
            name,
            "performer" | "resourceRole" | "ioSpecification" | "property"
        );
    let stands_in_the_open = matches!(
        around,
        "definitions" | "process" | "collaboration" | "choreography" | "laneSet" | "childLaneSet"
    ) || NodeKind::from_name(around).is_some_and(NodeKind::is_container);
    stands_in_the_open && (!is_part || around == "definitions")
}

/// What a qualified name says without its prefix.
pub(crate) fn local(reference: &str) -> &str {
    let reference = reference.trim();
    reference
        .rsplit_once(':')
        .map_or(reference, |(_, local)| local)
}
