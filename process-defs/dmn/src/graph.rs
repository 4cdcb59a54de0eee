//! The requirement graph as it runs: input data, decisions, business knowledge models and services, and what each
//! of them needs (DMN 1.5, chapter 6).

use std::collections::HashMap;
use std::sync::Arc;

use crate::link::Way;
use crate::logic::{FunctionLogic, Logic, Parameter, Place};
use crate::types::{TypeIx, Types};

/// Everything that belongs together: a file and those that it imports.
#[derive(Debug)]
pub(crate) struct Graph {
    /// The first is the one that was linked.
    pub(crate) files: Vec<File>,
    /// The first is that of the first file.
    pub(crate) units: Vec<Unit>,
    pub(crate) types: Types,
    /// How many nodes all units have together.
    pub(crate) size: usize,
}

/// The nodes of one file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) nodes: Vec<Node>,
    pub(crate) by_id: HashMap<Arc<str>, usize>,
}

/// A file as reached on one way through imports: each way has input data of its own, so its decisions have results
/// of their own.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) file: usize,
    /// The names of the imports on the way.
    pub(crate) path: Vec<Arc<str>>,
    /// For each import of the file the unit that it leads to.
    pub(crate) imports: Vec<Option<usize>>,
    /// Where its nodes begin among those of all units.
    pub(crate) base: usize,
}

#[derive(Debug)]
pub(crate) enum Node {
    Input(InputNode),
    Decision(DecisionNode),
    Knowledge(KnowledgeNode),
    Service(ServiceNode),
}

#[derive(Debug)]
pub(crate) struct InputNode {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) name: Arc<str>,
    pub(crate) kind: Option<TypeIx>,
}

#[derive(Debug)]
pub(crate) struct DecisionNode {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) name: Arc<str>,
    /// The name of its result.
    pub(crate) variable: Arc<str>,
    pub(crate) kind: Option<TypeIx>,
    pub(crate) requires: Vec<Binding>,
    pub(crate) logic: Option<Logic>,
    /// It needs its own result, so it is never decided.
    pub(crate) circular: bool,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct KnowledgeNode {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) name: Arc<str>,
    pub(crate) variable: Arc<str>,
    pub(crate) requires: Vec<Binding>,
    pub(crate) function: Option<FunctionLogic>,
    pub(crate) result: Option<TypeIx>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct ServiceNode {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) name: Arc<str>,
    pub(crate) variable: Arc<str>,
    /// What it is given, in the order of a call: input data, then input decisions.
    pub(crate) parameters: Vec<(Parameter, Target)>,
    /// The same for FEEL.
    pub(crate) signature: Vec<redthread_feel::Parameter>,
    /// What it gives.
    pub(crate) outputs: Vec<(Arc<str>, Target)>,
    pub(crate) result: Option<TypeIx>,
    pub(crate) circular: bool,
    pub(crate) place: Place,
}

/// A node seen from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) way: Way,
    pub(crate) node: usize,
}

/// Something required, and the names by which expressions know it.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) target: Target,
    /// The prefixes of imports and then its own name.
    pub(crate) path: Vec<Arc<str>>,
    /// Another name: the id of a decision without a variable, by which Camunda's models call it.
    pub(crate) alias: Option<Arc<str>>,
}

impl Node {
    pub(crate) fn id(&self) -> Option<&Arc<str>> {
        match self {
            Node::Input(node) => node.id.as_ref(),
            Node::Decision(node) => node.id.as_ref(),
            Node::Knowledge(node) => node.id.as_ref(),
            Node::Service(node) => node.id.as_ref(),
        }
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        match self {
            Node::Input(node) => &node.name,
            Node::Decision(node) => &node.name,
            Node::Knowledge(node) => &node.name,
            Node::Service(node) => &node.name,
        }
    }

    /// The name under which expressions know it.
    pub(crate) fn variable(&self) -> &Arc<str> {
        match self {
            Node::Input(node) => &node.name,
            Node::Decision(node) => &node.variable,
            Node::Knowledge(node) => &node.variable,
            Node::Service(node) => &node.variable,
        }
    }

    pub(crate) fn requires(&self) -> &[Binding] {
        match self {
            Node::Decision(node) => &node.requires,
            Node::Knowledge(node) => &node.requires,
            Node::Input(_) | Node::Service(_) => &[],
        }
    }
}

impl Graph {
    pub(crate) fn node(&self, unit: usize, node: usize) -> &Node {
        &self.files[self.units[unit].file].nodes[node]
    }

    /// The unit in which a target lies, seen from a unit.
    pub(crate) fn unit_of(&self, unit: usize, target: &Target) -> Option<usize> {
        target
            .way
            .via
            .iter()
            .try_fold(unit, |at, import| *self.units[at].imports.get(*import)?)
    }

    /// Where a node stands among those of all units.
    pub(crate) fn slot(&self, unit: usize, node: usize) -> usize {
        self.units[unit].base + node
    }

    /// The node of the linked file with this id; else the only one with this name that is `wanted`.
    pub(crate) fn find(&self, id_or_name: &str, wanted: impl Fn(&Node) -> bool) -> Option<usize> {
        let file = &self.files[0];
        if let Some(ix) = file.by_id.get(id_or_name)
            && wanted(&file.nodes[*ix])
        {
            return Some(*ix);
        }
        file.nodes
            .iter()
            .position(|node| wanted(node) && **node.name() == *id_or_name)
    }
}
