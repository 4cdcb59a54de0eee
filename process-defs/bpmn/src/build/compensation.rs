//! Compensation that is thrown (10.5.5.1, 10.7).

use crate::draft::Draft;
use crate::graph::{CompensationThrow, ElementIx};
use crate::model::{NodeKind, boolean};
use crate::node::{BpmnNode, local};
use redthread_xml::{Code, NodeRef, Problems};

/// What an event undoes: everything in its scope, or one activity that it can see: one beside it, or, from within an
/// event sub-process, one beside that.
pub(super) fn thrown(
    draft: &Draft<'_>,
    index: usize,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<CompensationThrow> {
    let waits = boolean(definition.attribute("waitForCompletion")).unwrap_or(true);
    let Some(id) = definition.filled("activityRef").map(local) else {
        return Some(CompensationThrow {
            activity: None,
            waits,
        });
    };
    let kind = draft.model.find(id).and_then(BpmnNode::bpmn);
    if !kind
        .and_then(NodeKind::from_name)
        .is_some_and(NodeKind::is_activity)
    {
        problems.error(
            draft.xml(index),
            Code::UnknownReference,
            format!("The activity “{id}” that is to be undone does not exist."),
            "Choose an activity of this process.",
        );
        return None;
    }
    let activity = draft.by_id.get(id).copied();
    let Some(activity) = activity.filter(|&activity| sees(draft, index, activity)) else {
        problems.error(
            draft.xml(index),
            Code::NotAllowedHere,
            format!("The activity “{id}” stands elsewhere and cannot be undone from here."),
            "Choose an activity that stands beside the event, or the sub-process that it is in.",
        );
        return None;
    };
    Some(CompensationThrow {
        activity: Some(ElementIx(activity as u32)),
        waits,
    })
}

fn sees(draft: &Draft<'_>, event: usize, activity: usize) -> bool {
    let around = draft.node(activity).parent;
    let mut scope = draft.node(event).parent;
    while scope != around {
        match scope {
            Some(sub_process) if draft.is_event_sub_process(sub_process) => {
                scope = draft.node(sub_process).parent;
            }
            _ => return false,
        }
    }
    true
}
