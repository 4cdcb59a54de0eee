//! The lists of flows that flow nodes carry (`incoming`, `outgoing`; 8.4.9). Many tools leave them
//! out, and what counts is what the flows say; but a file that has them and contradicts itself was
//! damaged, and nobody knows which half is right.

use std::collections::HashSet;

use super::walk::local;
use crate::draft::Draft;
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

const HINT: &str = "Draw the flow anew, or save the diagram again from the tool that drew it.";

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    let incoming = listed(draft, "incoming");
    let outgoing = listed(draft, "outgoing");
    if incoming.is_empty() && outgoing.is_empty() {
        return;
    }
    let mut refuse = |node: usize, message: String| {
        problems.rule(draft.xml(node), Code::FlowListMismatch, message, HINT);
    };
    let mut known: HashSet<(usize, &str)> = HashSet::new();
    for (flow, &(source, target)) in draft.process.flows.iter().zip(&draft.ends) {
        let Some(id) = flow.id.as_deref() else {
            continue;
        };
        if let Some(source) = source {
            known.insert((source, id));
            if !outgoing.contains(&(source, id.to_owned())) {
                refuse(
                    source,
                    format!(
                        "The flow “{id}” leaves the element, but is not among its outgoing flows."
                    ),
                );
            }
        }
        if let Some(target) = target {
            known.insert((target, id));
            if !incoming.contains(&(target, id.to_owned())) {
                refuse(
                    target,
                    format!(
                        "The flow “{id}” leads to the element, but is not among its incoming flows."
                    ),
                );
            }
        }
    }
    let mut strangers: Vec<&(usize, String)> = incoming
        .iter()
        .chain(&outgoing)
        .filter(|(node, id)| !known.contains(&(*node, id)))
        .collect();
    strangers.sort();
    for (node, id) in strangers {
        refuse(
            *node,
            format!("The element lists the flow “{id}”, which neither leads to it nor leaves it."),
        );
    }
}

fn listed(draft: &Draft<'_>, name: &'static str) -> HashSet<(usize, String)> {
    let nodes = draft.nodes();
    nodes
        .flat_map(|(index, _)| {
            let lists = draft.xml(index).bpmn_children(name);
            lists.map(move |list| (index, local(&list.text()).to_owned()))
        })
        .filter(|(_, id)| !id.is_empty())
        .collect()
}
