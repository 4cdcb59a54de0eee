//! A process and what stands in it, sub-processes included (BPMN 2.0 section 10).

use std::collections::HashMap;
use std::sync::Arc;

use super::lane::{self, ModelLane};
use super::{NodeKind, boolean, documentation};
use crate::graph::Id;
use crate::node::BpmnNode;
use redthread_xml::{NodeIx, NodeRef};

/// A process as it is drawn.
#[derive(Debug)]
pub struct ModelProcess {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// Its `isExecutable`.
    pub executable: bool,
    /// The text of its `documentation`.
    pub documentation: Option<Arc<str>>,
    /// Its flow nodes and those of its sub-processes, in document order.
    pub flow_nodes: Vec<FlowNode>,
    /// Its sequence flows, likewise.
    pub flows: Vec<SequenceFlow>,
    /// Its lanes, likewise; a lane stands before those in it.
    pub lanes: Vec<ModelLane>,
    /// Data objects, their references, and data stores.
    pub data: Vec<DataElement>,
    /// Text annotations, associations and groups.
    pub artifacts: Vec<Artifact>,
    /// The line of the file on which it begins.
    pub line: u32,
    pub(crate) xml: NodeIx,
}

/// A flow node as it is drawn.
#[derive(Debug)]
pub struct FlowNode {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// What it is.
    pub kind: NodeKind,
    /// The text of its `documentation`.
    pub documentation: Option<Arc<str>>,
    /// The sub-process it stands in: an index into [`ModelProcess::flow_nodes`].
    pub parent: Option<usize>,
    /// The innermost lane it stands in, itself or by its sub-process: an index into
    /// [`ModelProcess::lanes`].
    pub lane: Option<usize>,
    /// The line of the file on which it begins.
    pub line: u32,
    pub(crate) xml: NodeIx,
}

/// A sequence flow as it is drawn.
#[derive(Debug)]
pub struct SequenceFlow {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// Its `sourceRef`.
    pub source: Option<Id>,
    /// Its `targetRef`.
    pub target: Option<Id>,
    /// The line of the file on which it begins.
    pub line: u32,
    pub(crate) xml: NodeIx,
}

/// A data object, a reference to one, or to a data store (10.4.1).
#[derive(Debug)]
pub struct DataElement {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its local name in BPMN XML.
    pub kind: Arc<str>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
}

/// A text annotation, an association or a group (8.4.1).
#[derive(Debug)]
pub struct Artifact {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its local name in BPMN XML.
    pub kind: Arc<str>,
    /// What a text annotation says.
    pub text: Option<Arc<str>>,
    /// What an association connects.
    pub source: Option<Id>,
    /// What an association connects.
    pub target: Option<Id>,
}

pub(super) fn read(node: NodeRef<'_>) -> ModelProcess {
    let mut process = ModelProcess {
        id: node.id().map(Arc::from),
        name: node.attribute("name").map(Arc::from),
        executable: boolean(node.attribute("isExecutable")).unwrap_or(false),
        documentation: documentation(node),
        flow_nodes: Vec::new(),
        flows: Vec::new(),
        lanes: Vec::new(),
        data: Vec::new(),
        artifacts: Vec::new(),
        line: node.line(),
        xml: node.ix(),
    };
    // Sub-processes may be nested as deep as XML may: a stack of our own, no recursion.
    let mut open: Vec<(Option<usize>, Vec<NodeRef<'_>>)> = vec![(None, children(node))];
    while let Some((parent, rest)) = open.last_mut() {
        let parent = *parent;
        let Some(child) = rest.pop() else {
            open.pop();
            continue;
        };
        if let Some(index) = process.add(child, parent) {
            open.push((Some(index), children(child)));
        }
    }
    process.place_in_lanes(node);
    process
}

/// The children, last first, to be popped off.
fn children(node: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    node.children().rev().collect()
}

/// A global task as the process of one task that a call of it runs (10.3.4, 10.3.6); `None`: it is no global task, or one
/// without an id, which nothing can call.
pub(super) fn of_global_task(node: NodeRef<'_>) -> Option<ModelProcess> {
    let kind = match node.bpmn()? {
        "globalTask" => NodeKind::Task,
        "globalUserTask" => NodeKind::UserTask,
        "globalManualTask" => NodeKind::ManualTask,
        "globalScriptTask" => NodeKind::ScriptTask,
        "globalBusinessRuleTask" => NodeKind::BusinessRuleTask,
        _ => return None,
    };
    let id: Id = node.id()?.into();
    let name: Option<Arc<str>> = node.attribute("name").map(Arc::from);
    let documentation = documentation(node);
    let task = FlowNode {
        id: Some(id.clone()),
        name: name.clone(),
        kind,
        documentation: documentation.clone(),
        parent: None,
        lane: None,
        line: node.line(),
        xml: node.ix(),
    };
    Some(ModelProcess {
        id: Some(id),
        name,
        executable: true,
        documentation,
        flow_nodes: vec![task],
        flows: Vec::new(),
        lanes: Vec::new(),
        data: Vec::new(),
        artifacts: Vec::new(),
        line: node.line(),
        xml: node.ix(),
    })
}

impl ModelProcess {
    /// Adds a child of the process or of a sub-process; its index if others stand in it.
    fn add(&mut self, node: NodeRef<'_>, parent: Option<usize>) -> Option<usize> {
        let name = node.bpmn()?;
        let text = |attribute| node.attribute(attribute).map(Arc::from);
        let reference = |attribute| node.filled(attribute).map(|id| Id::from(id.trim()));
        let id = node.id().map(Arc::from);
        if let Some(kind) = NodeKind::from_name(name) {
            let index = self.flow_nodes.len();
            self.flow_nodes.push(FlowNode {
                id,
                name: text("name"),
                kind,
                documentation: documentation(node),
                parent,
                lane: None,
                line: node.line(),
                xml: node.ix(),
            });
            return kind.is_container().then_some(index);
        }
        match name {
            "sequenceFlow" => self.flows.push(SequenceFlow {
                id,
                name: text("name"),
                source: reference("sourceRef"),
                target: reference("targetRef"),
                line: node.line(),
                xml: node.ix(),
            }),
            "dataObject" | "dataObjectReference" | "dataStoreReference" => {
                self.data.push(DataElement {
                    id,
                    kind: name.into(),
                    name: text("name"),
                });
            }
            "textAnnotation" | "association" | "group" => self.artifacts.push(Artifact {
                id,
                kind: name.into(),
                text: node
                    .bpmn_child("text")
                    .map(|text| text.text().trim().into()),
                source: reference("sourceRef"),
                target: reference("targetRef"),
            }),
            _ => {}
        }
        None
    }

    fn place_in_lanes(&mut self, node: NodeRef<'_>) {
        let placed = lane::read(node, &mut self.lanes);
        self.place(&placed);
    }

    /// Puts flow nodes into their lanes. A sub-process stands before its content, so one pass
    /// hands its lane down.
    fn place(&mut self, placed: &HashMap<Id, usize>) {
        for index in 0..self.flow_nodes.len() {
            let node = &self.flow_nodes[index];
            let own = node.id.as_ref().and_then(|id| placed.get(id).copied());
            let inherited = node.parent.and_then(|parent| self.flow_nodes[parent].lane);
            self.flow_nodes[index].lane = own.or(inherited);
        }
    }
}
