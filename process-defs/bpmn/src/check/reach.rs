//! Elements that no token can reach: islands with flows among themselves only.

use super::connections::lacks_incoming;
use crate::draft::Draft;
use crate::model::NodeKind;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    let reached = reached(draft);
    for (index, node) in draft.nodes() {
        // Within an unreached sub-process, the sub-process says it all.
        let is_outermost = node.parent.is_none_or(|parent| reached[parent]);
        if !reached[index] && is_outermost {
            problems.warning(
                draft.xml(index),
                Code::Unreachable,
                "No way from a start event leads here.",
                "Connect it to the rest of the process, or delete it.",
            );
        }
    }
}

fn reached(draft: &Draft<'_>) -> Vec<bool> {
    let mut reached = vec![false; draft.process.flow_nodes.len()];
    let mut open: Vec<usize> = entries(draft, None).collect();
    while let Some(index) = open.pop() {
        if std::mem::replace(&mut reached[index], true) {
            continue;
        }
        let following = draft.outgoing[index]
            .iter()
            .filter_map(|&flow| draft.ends[flow].1);
        open.extend(following);
        open.extend(&draft.boundary[index]);
        open.extend(entries(draft, Some(index)));
    }
    reached
}

/// Where a scope is entered. What lacks an incoming flow has been refused already: counting it in
/// keeps one mistake from being reported along the whole way that follows it.
fn entries<'d>(draft: &'d Draft<'_>, scope: Option<usize>) -> impl Iterator<Item = usize> + 'd {
    draft.scope(scope).iter().copied().filter(|&index| {
        let is_start = draft.node(index).kind == NodeKind::StartEvent;
        let is_entered_otherwise =
            draft.incoming[index].is_empty() && draft.node(index).kind != NodeKind::BoundaryEvent;
        is_start || is_entered_otherwise || lacks_incoming(draft, index)
    })
}
