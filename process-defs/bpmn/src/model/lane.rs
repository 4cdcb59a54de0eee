//! Lanes, nested as they may be (BPMN 2.0 section 10.8).

use std::collections::HashMap;
use std::sync::Arc;

use super::NodeKind;
use crate::graph::Id;
use crate::node::BpmnNode;
use redthread_xml::{NodeIx, NodeRef};

/// A lane as it is drawn.
#[derive(Debug)]
pub struct ModelLane {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// The lane it lies in: an index into [`super::ModelProcess::lanes`].
    pub parent: Option<usize>,
    pub(crate) xml: NodeIx,
}

/// Reads the lanes of a process and of its sub-processes; gives the innermost lane of each flow
/// node that one of them names.
pub(super) fn read(process: NodeRef<'_>, lanes: &mut Vec<ModelLane>) -> HashMap<Id, usize> {
    let mut placed = HashMap::new();
    let mut open: Vec<(Option<usize>, NodeRef<'_>)> = vec![(None, process)];
    while let Some((around, node)) = open.pop() {
        let around = match node.bpmn() {
            Some("lane") => {
                let index = lanes.len();
                lanes.push(ModelLane {
                    id: node.id().map(Arc::from),
                    name: node.attribute("name").map(Arc::from),
                    parent: around,
                    xml: node.ix(),
                });
                for member in node.bpmn_children("flowNodeRef") {
                    // A lane comes after the one around it, so the innermost stays.
                    placed.insert(member.text().trim().into(), index);
                }
                Some(index)
            }
            _ => around,
        };
        let holds_lanes = |child: &NodeRef<'_>| match child.bpmn() {
            Some("laneSet" | "childLaneSet" | "lane") => true,
            Some(name) => NodeKind::from_name(name).is_some_and(NodeKind::is_container),
            None => false,
        };
        open.extend(
            node.children()
                .rev()
                .filter(holds_lanes)
                .map(|child| (around, child)),
        );
    }
    placed
}
