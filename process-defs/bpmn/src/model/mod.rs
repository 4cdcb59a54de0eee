//! Everything that a BPMN file says, whether it runs or not.
//!
//! The model names what other rooms ask for (processes, flow nodes, lanes, pools, shapes) and keeps
//! the whole tree beside it: what has no name here is not lost, only not looked at yet.

mod collaboration;
mod kind;
mod lane;
mod process;
mod shape;
mod summary;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use collaboration::{Collaboration, MessageFlow, Participant};
pub use kind::NodeKind;
pub use lane::ModelLane;
pub use process::{Artifact, DataElement, FlowNode, ModelProcess, SequenceFlow};
pub use shape::{Bounds, Edge, Point, Shape};
pub use summary::{ProcessSummary, summary};

use crate::correlation::Correlations;
use crate::graph::Id;
use crate::node::BpmnNode;
use redthread_xml::{Namespace, NodeIx, NodeRef, Tree};

/// A BPMN file (BPMN 2.0 section 8.1).
#[derive(Debug)]
pub struct Model {
    /// The definitions' own `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// Its `targetNamespace`.
    pub target_namespace: Option<Arc<str>>,
    /// Its `expressionLanguage`: the language of expressions that name none themselves.
    pub expression_language: Option<Arc<str>>,
    /// The tool that wrote the file.
    pub exporter: Option<Arc<str>>,
    /// That tool's version.
    pub exporter_version: Option<Arc<str>>,
    /// `modeler:executionPlatform`: the engine that the file was drawn for.
    pub execution_platform: Option<Arc<str>>,
    /// `modeler:executionPlatformVersion`.
    pub execution_platform_version: Option<Arc<str>>,
    /// The processes, in document order.
    pub processes: Vec<ModelProcess>,
    /// The global tasks, each as the process of one task that a call of it runs (10.3.4). They are no flow nodes, and not
    /// counted as such.
    pub global_tasks: Vec<ModelProcess>,
    /// The collaborations: pools and the messages between them.
    pub collaborations: Vec<Collaboration>,
    /// Messages, errors, signals, item definitions and whatever else stands beside the processes.
    pub root_elements: Vec<RootElement>,
    /// What is drawn as a box.
    pub shapes: Vec<Shape>,
    /// What is drawn as a line.
    pub edges: Vec<Edge>,
    tree: Tree,
    /// Elements of BPMN's own namespace by id; of doubles the first.
    by_id: HashMap<Arc<str>, NodeIx>,
    correlations: OnceLock<Correlations>,
}

/// Something defined beside the processes, to be referred to (8.4).
#[derive(Clone, Debug)]
pub struct RootElement {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its local name in BPMN XML: `message`, `error`, `signal` ...
    pub kind: Arc<str>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
}

impl Model {
    /// Reads the model of a tree whose root is BPMN's `definitions`.
    pub(crate) fn read(tree: Tree) -> Model {
        let root = tree.root();
        let mut by_id = HashMap::new();
        for node in tree.all().filter(|node| node.bpmn().is_some()) {
            if let Some(id) = node.id() {
                by_id.entry(id.into()).or_insert(node.ix());
            }
        }
        let shapes = shape::shapes(&tree);
        let edges = shape::edges(&tree);
        let platform = |name| root.attribute_in(&Namespace::Modeler, name).map(Arc::from);
        Model {
            id: root.id().map(Arc::from),
            name: root.attribute("name").map(Arc::from),
            target_namespace: root.attribute("targetNamespace").map(Arc::from),
            expression_language: root.attribute("expressionLanguage").map(Arc::from),
            exporter: root.attribute("exporter").map(Arc::from),
            exporter_version: root.attribute("exporterVersion").map(Arc::from),
            execution_platform: platform("executionPlatform"),
            execution_platform_version: platform("executionPlatformVersion"),
            processes: root.bpmn_children("process").map(process::read).collect(),
            global_tasks: root
                .children()
                .filter_map(process::of_global_task)
                .collect(),
            collaborations: root.children().filter_map(collaboration::read).collect(),
            root_elements: root.children().filter_map(root_element).collect(),
            shapes,
            edges,
            by_id,
            tree,
            correlations: OnceLock::new(),
        }
    }

    /// How many flow nodes the whole file has, in processes and choreographies alike. Global tasks
    /// are none: they stand beside the processes, to be called (10.3.4).
    pub fn flow_node_count(&self) -> usize {
        self.tree
            .all()
            .filter_map(BpmnNode::bpmn)
            .filter_map(NodeKind::from_name)
            .count()
    }

    /// How messages find their instances in BPMN's own way.
    pub(crate) fn correlations(&self) -> &Correlations {
        self.correlations.get_or_init(|| Correlations::of(self))
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The element at `ix`.
    pub(crate) fn at(&self, ix: NodeIx) -> NodeRef<'_> {
        self.tree.at(ix)
    }

    /// What a reference leads to. References are qualified names (`tns:Message_1`), but ids with
    /// a colon in them occur, so the whole text is tried first.
    pub(crate) fn find(&self, reference: &str) -> Option<NodeRef<'_>> {
        let reference = reference.trim();
        let local = reference
            .rsplit_once(':')
            .map_or(reference, |(_, local)| local);
        let ix = self
            .by_id
            .get(reference)
            .or_else(|| self.by_id.get(local))?;
        Some(self.at(*ix))
    }

    /// What a reference leads to, if it is a BPMN element of this name.
    pub(crate) fn find_named(&self, reference: &str, name: &str) -> Option<NodeRef<'_>> {
        self.find(reference)
            .filter(|node| node.bpmn() == Some(name))
    }
}

fn root_element(node: NodeRef<'_>) -> Option<RootElement> {
    let kind = node.bpmn()?;
    let has_own_place = matches!(
        kind,
        "process" | "collaboration" | "choreography" | "globalConversation" | "extensionElements"
    );
    (!has_own_place).then(|| RootElement {
        id: node.id().map(Arc::from),
        kind: kind.into(),
        name: node.attribute("name").map(Arc::from),
    })
}

/// The text of an element's `documentation`, several joined by blank lines.
fn documentation(node: NodeRef<'_>) -> Option<Arc<str>> {
    let parts: Vec<String> = node
        .bpmn_children("documentation")
        .map(|documentation| documentation.text().trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n\n").into())
}

/// `xs:boolean`.
pub(crate) fn boolean(text: Option<&str>) -> Option<bool> {
    match text?.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
