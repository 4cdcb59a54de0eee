//! A process on its way from model to graph: its references to its own parts, resolved once for
//! the checks and the building alike.
//!
//! BPMN lets flow nodes list their flows (`incoming`, `outgoing`), but many tools write these lists
//! wrong or not at all: what counts is what the sequence flows say.

use std::collections::HashMap;

use crate::compensation::Handlers;
use crate::correlation::Subscriptions;
use crate::graph::Id;
use crate::links::{Links, Partner};
use crate::model::{FlowNode, Model, ModelProcess, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::NodeRef;

/// A process with its wiring.
pub(crate) struct Draft<'m> {
    pub(crate) model: &'m Model,
    pub(crate) process: &'m ModelProcess,
    /// Flow nodes by id; of doubles the first.
    pub(crate) by_id: HashMap<&'m str, usize>,
    /// For each sequence flow its source and target, where they exist.
    pub(crate) ends: Vec<(Option<usize>, Option<usize>)>,
    /// For each flow node the sequence flows that lead to it, in document order.
    pub(crate) incoming: Vec<Vec<usize>>,
    /// For each flow node the sequence flows that leave it, in document order.
    pub(crate) outgoing: Vec<Vec<usize>>,
    /// For each flow node that is a boundary event, what it is attached to.
    pub(crate) attached_to: Vec<Option<usize>>,
    /// For each flow node the boundary events attached to it, in document order.
    pub(crate) boundary: Vec<Vec<usize>>,
    /// For each throwing link event the catching one that it leads to.
    pub(crate) links: HashMap<usize, usize>,
    /// The activities that undo, by compensation boundary events.
    pub(crate) handlers: Handlers,
    /// The correlation keys that the process subscribes to.
    pub(crate) subscriptions: Subscriptions,
    /// For each flow node those that stand directly in it.
    pub(crate) content: Vec<Vec<usize>>,
    /// The flow nodes that stand directly in the process.
    pub(crate) top: Vec<usize>,
}

impl<'m> Draft<'m> {
    pub(crate) fn new(model: &'m Model, process: &'m ModelProcess) -> Self {
        let count = process.flow_nodes.len();
        let mut draft = Draft {
            model,
            process,
            by_id: HashMap::new(),
            ends: Vec::with_capacity(process.flows.len()),
            incoming: vec![Vec::new(); count],
            outgoing: vec![Vec::new(); count],
            attached_to: vec![None; count],
            boundary: vec![Vec::new(); count],
            links: HashMap::new(),
            handlers: Handlers::default(),
            subscriptions: Subscriptions::of(model, model.at(process.xml)),
            content: vec![Vec::new(); count],
            top: Vec::new(),
        };
        for (index, node) in process.flow_nodes.iter().enumerate() {
            if let Some(id) = &node.id {
                draft.by_id.entry(id).or_insert(index);
            }
            match node.parent {
                Some(parent) => draft.content[parent].push(index),
                None => draft.top.push(index),
            }
        }
        for (index, flow) in process.flows.iter().enumerate() {
            let source = draft.find(flow.source.as_ref());
            let target = draft.find(flow.target.as_ref());
            draft.ends.push((source, target));
            if let Some(source) = source {
                draft.outgoing[source].push(index);
            }
            if let Some(target) = target {
                draft.incoming[target].push(index);
            }
        }
        for index in 0..count {
            if draft.node(index).kind == NodeKind::BoundaryEvent {
                let host = draft.xml(index).filled("attachedToRef").map(str::trim);
                draft.attached_to[index] = host.and_then(|host| draft.by_id.get(host).copied());
                if let Some(host) = draft.attached_to[index] {
                    draft.boundary[host].push(index);
                }
            }
        }
        draft.handlers = Handlers::of(&draft);
        draft.links = draft.pair_links();
        draft
    }

    fn pair_links(&self) -> HashMap<usize, usize> {
        let mut pairs = HashMap::new();
        for scope in self.scopes() {
            let links = Links::of(self, scope);
            for (throw, partner) in links.throws.iter().zip(links.partners()) {
                if let Partner::One(catch) = partner {
                    pairs.insert(throw.event, links.catches[catch].event);
                }
            }
        }
        pairs
    }

    fn find(&self, id: Option<&Id>) -> Option<usize> {
        self.by_id.get(&**id?).copied()
    }

    pub(crate) fn node(&self, index: usize) -> &'m FlowNode {
        &self.process.flow_nodes[index]
    }

    pub(crate) fn xml(&self, index: usize) -> NodeRef<'m> {
        self.model.at(self.node(index).xml)
    }

    pub(crate) fn flow_xml(&self, index: usize) -> NodeRef<'m> {
        self.model.at(self.process.flows[index].xml)
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = (usize, &'m FlowNode)> + use<'m> {
        self.process.flow_nodes.iter().enumerate()
    }

    /// What stands directly in a sub-process (`None`: in the process itself).
    pub(crate) fn scope(&self, scope: Option<usize>) -> &[usize] {
        match scope {
            Some(scope) => &self.content[scope],
            None => &self.top,
        }
    }

    /// All scopes with their elements: the process itself, then its sub-processes.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = Option<usize>> {
        let containers = self.nodes().filter(|(_, node)| node.kind.is_container());
        std::iter::once(None).chain(containers.map(|(index, _)| Some(index)))
    }

    /// Whether it is an event sub-process (BPMN 2.0 section 10.3.5).
    pub(crate) fn is_event_sub_process(&self, index: usize) -> bool {
        self.node(index).kind == NodeKind::SubProcess
            && crate::model::boolean(self.xml(index).attribute("triggeredByEvent")) == Some(true)
    }

    /// The activity that undoes this one: by its compensation boundary event (10.7.1).
    pub(crate) fn undone_by(&self, index: usize) -> Option<usize> {
        let handlers = &self.handlers.of_event;
        self.boundary[index]
            .iter()
            .find_map(|event| handlers.get(event).copied())
    }

    /// Whether it is only started to undo another activity (10.7).
    pub(crate) fn is_compensation_handler(&self, index: usize) -> bool {
        crate::model::boolean(self.xml(index).attribute("isForCompensation")) == Some(true)
    }

    /// The sequence flow that an element marks as its default, as an index, if it is one of those
    /// that leave the element.
    pub(crate) fn default_flow(&self, index: usize) -> Option<usize> {
        let id = self.xml(index).filled("default")?.trim();
        let is_default = |&&flow: &&usize| self.process.flows[flow].id.as_deref() == Some(id);
        self.outgoing[index].iter().find(is_default).copied()
    }

    /// The event definitions of an event: its own and those it refers to (10.5.1).
    pub(crate) fn event_definitions(&self, index: usize) -> Vec<NodeRef<'m>> {
        self.definitions_in(self.xml(index))
    }

    /// The event definitions of what stands for an event.
    pub(crate) fn definitions_in(&self, event: NodeRef<'m>) -> Vec<NodeRef<'m>> {
        let is_definition = |name: &str| name.ends_with("EventDefinition");
        let resolve = |child: NodeRef<'m>| match child.bpmn() {
            Some("eventDefinitionRef") => {
                let target = self.model.find(&child.text())?;
                target.bpmn().is_some_and(is_definition).then_some(target)
            }
            Some(name) if is_definition(name) => Some(child),
            _ => None,
        };
        event.children().filter_map(resolve).collect()
    }
}
