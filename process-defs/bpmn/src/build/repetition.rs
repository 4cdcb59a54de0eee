//! Loop markers (10.3.7): standard loops here, multi-instance beside.

use super::activity::whole_number;
use super::{expression, multi_instance};
use crate::draft::Draft;
use crate::graph::Repetition;
use crate::model::boolean;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// The loop marker of an activity; the outer `None`: it cannot be used.
pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<Option<Repetition>> {
    let is_activity = draft.node(index).kind.is_activity();
    let marker = |child: &NodeRef<'_>| {
        child
            .bpmn()
            .is_some_and(|name| name.ends_with("LoopCharacteristics"))
    };
    let marker = draft.xml(index).children().find(marker);
    let Some(marker) = marker.filter(|_| is_activity) else {
        return Some(None);
    };
    if draft.is_event_sub_process(index) {
        problems.error(
            draft.xml(index),
            Code::NotAllowedHere,
            "An event sub-process runs once for each of its events and has no loop marker.",
            "Remove the marker, or put a sub-process with the marker into the event sub-process.",
        );
        return None;
    }
    let repetition = match marker.bpmn() {
        Some("multiInstanceLoopCharacteristics") => {
            multi_instance::build(draft, index, marker, problems).map(Repetition::MultiInstance)
        }
        _ => standard_loop(marker, problems),
    };
    repetition.map(Some)
}

fn standard_loop(marker: NodeRef<'_>, problems: &mut Problems) -> Option<Repetition> {
    let condition = match marker.bpmn_child("loopCondition") {
        Some(at) if !at.text().trim().is_empty() => {
            Some(expression::element(at, "The loop's condition", problems)?)
        }
        _ => None,
    };
    let maximum = match marker.filled("loopMaximum") {
        Some(text) => Some(maximum(marker, text.trim(), problems)?),
        None => None,
    };
    if condition.is_none() && maximum.is_none() {
        problems.warning(
            marker,
            Code::MissingExpression,
            "The loop has neither a condition nor a maximum: only an event can end it.",
            "Write how long it goes on (loopCondition), or how often at most (loopMaximum).",
        );
    }
    Some(Repetition::Loop {
        test_before: boolean(marker.attribute("testBefore")).unwrap_or(false),
        condition,
        maximum,
    })
}

fn maximum(marker: NodeRef<'_>, text: &str, problems: &mut Problems) -> Option<u64> {
    let maximum = whole_number(text);
    if maximum.is_none() {
        problems.error(
            marker,
            Code::BadQuantity,
            format!(
                "The value of loopMaximum is “{text}”, but must be a whole number of 1 or more."
            ),
            "Write 1 or a larger number, or remove it.",
        );
    }
    maximum
}
