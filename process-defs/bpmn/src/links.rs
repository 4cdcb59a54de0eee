//! Link events (10.5.5.6): which throwing event leads to which catching one. They find each other by `target` and
//! `source` where the file has these, and else by their name.

use std::collections::{HashMap, HashSet};

use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::{BpmnNode, local};
use redthread_xml::NodeRef;

/// The link events of one scope.
pub(crate) struct Links<'m> {
    pub(crate) throws: Vec<Link<'m>>,
    pub(crate) catches: Vec<Link<'m>>,
}

/// A link event.
pub(crate) struct Link<'m> {
    pub(crate) event: usize,
    pub(crate) definition: NodeRef<'m>,
}

/// Where a throwing link event leads.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Partner {
    /// To a catching event: its place in [`Links::catches`].
    One(usize),
    /// To several of the same name: nobody can say which.
    Several,
    /// Nowhere.
    None,
}

impl<'m> Link<'m> {
    /// The name by which the two find each other.
    pub(crate) fn name(&self) -> &'m str {
        self.definition.filled("name").unwrap_or_default().trim()
    }

    /// The throwing definitions that a catching one names as its own.
    pub(crate) fn sources(&self) -> HashSet<String> {
        let sources = self.definition.bpmn_children("source");
        sources
            .map(|source| local(&source.text()).to_owned())
            .collect()
    }
}

impl<'m> Links<'m> {
    /// The link events that stand directly in a scope.
    pub(crate) fn of(draft: &Draft<'m>, scope: Option<usize>) -> Links<'m> {
        let of_kind = |kind| -> Vec<Link<'m>> {
            let events = draft.scope(scope).iter().copied();
            let events = events.filter(|&event| draft.node(event).kind == kind);
            events
                .filter_map(|event| {
                    let definitions = draft.event_definitions(event);
                    let is_link = |node: &NodeRef<'_>| node.bpmn() == Some("linkEventDefinition");
                    let definition = definitions.into_iter().find(is_link)?;
                    Some(Link { event, definition })
                })
                .collect()
        };
        Links {
            throws: of_kind(NodeKind::IntermediateThrowEvent),
            catches: of_kind(NodeKind::IntermediateCatchEvent),
        }
    }

    /// For each throwing event where it leads.
    pub(crate) fn partners(&self) -> Vec<Partner> {
        let mut by_name: HashMap<&str, Partner> = HashMap::new();
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        for (index, link) in self.catches.iter().enumerate() {
            by_name
                .entry(link.name())
                .and_modify(|partner| *partner = Partner::Several)
                .or_insert(Partner::One(index));
            if let Some(id) = link.definition.id() {
                by_id.insert(id, index);
            }
        }
        let partner = |throw: &Link<'_>| {
            let target = throw.definition.bpmn_child("target").map(NodeRef::text);
            let target = target.filter(|target| !target.trim().is_empty());
            let found = match target {
                Some(target) => by_id.get(local(&target)).copied().map(Partner::One),
                None => by_name.get(throw.name()).copied(),
            };
            found.unwrap_or(Partner::None)
        };
        self.throws.iter().map(partner).collect()
    }
}
