//! What a process and a sub-process begin and end with (10.3.5, 10.5.2, 10.5.3).

use super::flows::defines;
use super::triggers::instantiates;
use crate::dialect::redthread::is_record_trigger;
use crate::draft::Draft;
use crate::model::{NodeKind, boolean};
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    if draft.process.id.is_none() {
        problems.error(
            draft.model.at(draft.process.xml),
            Code::MissingId,
            "The process has no id.",
            "Give it one: versions of a process are kept together by their id.",
        );
    }
    let xml = draft.model.at(draft.process.xml);
    if xml
        .filled("processType")
        .is_some_and(|kind| kind.trim() == "Public")
    {
        problems.error(
            xml,
            Code::NotExecutable,
            "The process is public: it describes what others see, and cannot be executable.",
            "Set processType to Private, or isExecutable to false.",
        );
    }
    within_sub_processes(draft, problems);
    for scope in draft.scopes() {
        match scope {
            Some(index) if draft.node(index).kind == NodeKind::AdHocSubProcess => {
                ad_hoc(draft, index, problems);
            }
            _ => check_scope(draft, scope, problems),
        }
    }
}

/// Only at the top of a process can something begin it (10.3.3, 10.6.6), and nothing undoes a process as a whole.
fn within_sub_processes(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        if node.parent.is_some() && instantiates(draft, index) {
            problems.error(
                draft.xml(index),
                Code::NotAllowedHere,
                "The element starts a process (instantiate), but stands in a sub-process.",
                "Set instantiate to false, or move it out of the sub-process.",
            );
        }
        if node.parent.is_none() && draft.is_event_sub_process(index) {
            let starts = draft.scope(Some(index)).iter().copied();
            let of_kind = |&start: &usize| draft.node(start).kind == NodeKind::StartEvent;
            for start in starts.filter(of_kind) {
                if defines(draft, start, "compensateEventDefinition") {
                    problems.warning(
                        draft.xml(start),
                        Code::Unreachable,
                        "Nothing undoes a whole process, so this event never occurs.",
                        "Put the event sub-process into the sub-process that is to be undone.",
                    );
                }
            }
        }
    }
}

/// An ad-hoc sub-process has activities, and neither begins nor ends at events (10.3.5).
fn ad_hoc(draft: &Draft<'_>, index: usize, problems: &mut Problems) {
    let content = draft.scope(Some(index));
    if !content
        .iter()
        .any(|&inner| draft.node(inner).kind.is_activity())
    {
        problems.error(
            draft.xml(index),
            Code::MissingActivity,
            "The ad-hoc sub-process has no activity.",
            "Draw at least one activity in it.",
        );
    }
    for &inner in content {
        if matches!(
            draft.node(inner).kind,
            NodeKind::StartEvent | NodeKind::EndEvent
        ) {
            problems.error(
                draft.xml(inner),
                Code::NotAllowedHere,
                "An ad-hoc sub-process has no start and no end events.",
                "Delete the event: what is in the sub-process is started one by one.",
            );
        }
    }
}

fn check_scope(draft: &Draft<'_>, scope: Option<usize>, problems: &mut Problems) {
    let xml = match scope {
        Some(index) => draft.xml(index),
        None => draft.model.at(draft.process.xml),
    };
    let word = if scope.is_some() {
        "sub-process"
    } else {
        "process"
    };
    let of_kind = |kind| {
        let content = draft.scope(scope).iter().copied();
        content.filter(move |&index| draft.node(index).kind == kind)
    };
    let starts: Vec<usize> = of_kind(NodeKind::StartEvent).collect();
    if starts.is_empty() && starts_by_message(draft, scope) {
        return;
    }
    if starts.is_empty() {
        without_start(draft, scope, xml, word, problems);
        return;
    }
    check_starts(draft, scope, &starts, xml, problems);
    if of_kind(NodeKind::EndEvent).next().is_none() {
        problems.error(
            xml,
            Code::NoEndEvent,
            format!("The {word} has a start event, but no end event."),
            "Draw the end event that it ends with.",
        );
    }
}

/// Without a start event, everything begins that no sequence flow leads to (10.3.5, 13.2). Who draws an end event must
/// draw a start event too (10.5.2), and an event sub-process begins at its start event only.
fn without_start(
    draft: &Draft<'_>,
    scope: Option<usize>,
    xml: NodeRef<'_>,
    word: &str,
    problems: &mut Problems,
) {
    let content = draft.scope(scope);
    let begins = |&index: &usize| {
        let node = draft.node(index);
        draft.incoming[index].is_empty()
            && node.kind != NodeKind::BoundaryEvent
            && !draft.is_event_sub_process(index)
            && !draft.is_compensation_handler(index)
            && !defines(draft, index, "linkEventDefinition")
    };
    let has_end = content
        .iter()
        .any(|&index| draft.node(index).kind == NodeKind::EndEvent);
    let is_event = scope.is_some_and(|index| draft.is_event_sub_process(index));
    let message = match content.iter().any(begins) {
        true if has_end => format!("The {word} has an end event, but no start event."),
        true if !is_event => return,
        _ => format!("The {word} has no start event."),
    };
    problems.error(
        xml,
        Code::NoStartEvent,
        message,
        "Draw the start event that it begins with.",
    );
}

/// Instantiating receive tasks and event-based gateways stand in for a start event (10.3.3, 10.6.6).
fn starts_by_message(draft: &Draft<'_>, scope: Option<usize>) -> bool {
    scope.is_none()
        && draft.top.iter().any(|&index| {
            let kind = draft.node(index).kind;
            matches!(kind, NodeKind::ReceiveTask | NodeKind::EventBasedGateway)
                && boolean(draft.xml(index).attribute("instantiate")) == Some(true)
        })
}

fn check_starts(
    draft: &Draft<'_>,
    scope: Option<usize>,
    starts: &[usize],
    xml: NodeRef<'_>,
    problems: &mut Problems,
) {
    if scope.is_some_and(|index| draft.is_event_sub_process(index)) {
        for &start in starts.iter().skip(1) {
            problems.error(
                draft.xml(start),
                Code::SeveralStartEvents,
                "The event sub-process has more than one start event.",
                "Draw an event sub-process for each, or one start event with several triggers.",
            );
        }
        return;
    }
    let plain = starts.iter().filter(|&&start| {
        draft.event_definitions(start).is_empty()
            && !(scope.is_none() && is_record_trigger(draft.xml(start)))
    });
    let plain: Vec<usize> = plain.copied().collect();
    for &start in plain.iter().skip(1) {
        problems.error(
            draft.xml(start),
            Code::SeveralStartEvents,
            "There is more than one start event without a trigger.",
            "Keep one of them and lead it to both ways by a parallel gateway.",
        );
    }
    // A start event with a trigger in a sub-process is refused where events are built.
    if scope.is_some() && starts.len() > 1 && plain.len() <= 1 {
        problems.error(
            xml,
            Code::SeveralStartEvents,
            "The sub-process has several start events.",
            "Keep the one without a trigger.",
        );
    }
}
