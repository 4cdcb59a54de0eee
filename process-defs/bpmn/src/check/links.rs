//! Link events: each throw leads to one catch of the same process level (10.5.5.6). They find each
//! other by `source` and `target` where the file has these, and else by their name.

use std::collections::{HashMap, HashSet};

use super::walk::{local, reference};
use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

struct Link<'m> {
    event: usize,
    definition: NodeRef<'m>,
}

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for scope in draft.scopes() {
        let of_kind = |kind| -> Vec<Link<'_>> {
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
        let throws = of_kind(NodeKind::IntermediateThrowEvent);
        let catches = of_kind(NodeKind::IntermediateCatchEvent);
        pairs(draft, &throws, &catches, problems);
    }
}

fn pairs(draft: &Draft<'_>, throws: &[Link<'_>], catches: &[Link<'_>], problems: &mut Problems) {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for (index, link) in catches.iter().enumerate() {
        by_name.entry(name(link)).or_default().push(index);
        if let Some(id) = link.definition.id() {
            by_id.insert(id, index);
        }
    }
    let sources: Vec<HashSet<String>> = catches.iter().map(sources).collect();
    let mut reached: HashSet<usize> = HashSet::new();
    let mut ambiguous: HashSet<&str> = HashSet::new();
    for throw in throws {
        let mut refuse = |message: String| {
            let hint = "Give the throwing event and exactly one catching event the same name.";
            problems.rule(draft.xml(throw.event), Code::BadLink, message, hint);
        };
        let partner = match reference(throw.definition, "target") {
            Some(target) => by_id.get(local(&target)).copied(),
            None => match by_name.get(name(throw)).map(Vec::as_slice) {
                Some(&[only]) => Some(only),
                Some([_, _, ..]) => {
                    refuse("The link leads to more than one catching event.".to_owned());
                    ambiguous.insert(name(throw));
                    continue;
                }
                _ => None,
            },
        };
        let Some(partner) = partner else {
            refuse(format!(
                "The link “{}” leads to no catching event.",
                name(throw)
            ));
            continue;
        };
        reached.insert(partner);
        let sources = &sources[partner];
        let own = throw.definition.id().unwrap_or_default();
        if !sources.is_empty() && !sources.contains(own) {
            refuse(format!(
                "The link leads to “{}”, which names other links as its sources.",
                draft
                    .node(catches[partner].event)
                    .id
                    .as_deref()
                    .unwrap_or_default()
            ));
        }
    }
    for (index, catch) in catches.iter().enumerate() {
        if !reached.contains(&index) && !ambiguous.contains(name(catch)) {
            problems.rule(
                draft.xml(catch.event),
                Code::BadLink,
                format!("No link leads to the catching event “{}”.", name(catch)),
                "Draw a throwing link event of the same name, or delete this one.",
            );
        }
    }
}

fn name<'m>(link: &Link<'m>) -> &'m str {
    let name = link.definition.filled("name").unwrap_or_default();
    name.trim()
}

fn sources(link: &Link<'_>) -> HashSet<String> {
    let sources = link.definition.bpmn_children("source");
    sources
        .map(|source| local(&source.text()).to_owned())
        .collect()
}
