//! Boundary events stand on an activity of the same scope (10.5.4), and each catches something of its
//! own.

use std::collections::HashSet;

use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    attachments(draft, problems);
    catches(draft, problems);
}

/// Which of two boundary events catches an error that both ask for is left to chance by BPMN.
fn catches(draft: &Draft<'_>, problems: &mut Problems) {
    for (host, _) in draft.nodes() {
        let mut caught = HashSet::new();
        for &event in &draft.boundary[host] {
            let [definition] = draft.event_definitions(event)[..] else {
                continue;
            };
            if definition.bpmn() != Some("errorEventDefinition") {
                continue;
            }
            let error = definition
                .filled("errorRef")
                .and_then(|error| draft.model.find(error));
            let code = error
                .and_then(|error| error.filled("errorCode"))
                .map(str::trim);
            if !caught.insert(code) {
                problems.warning(
                    draft.xml(event),
                    Code::DuplicateCatch,
                    "Another boundary event of the same activity catches this error already.",
                    "Delete one of the two, or choose another error.",
                );
            }
        }
    }
}

fn attachments(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        if node.kind != NodeKind::BoundaryEvent {
            continue;
        }
        let xml = draft.xml(index);
        let mut refuse = |message: String| {
            let hint = "Attach the event to an activity of the same process or sub-process.";
            problems.error(xml, Code::BadAttachment, message, hint);
        };
        match (xml.filled("attachedToRef"), draft.attached_to[index]) {
            (None, _) => refuse("The boundary event is attached to nothing.".to_owned()),
            (Some(id), None) => refuse(format!(
                "The boundary event is attached to “{}”, which is not in this process.",
                id.trim()
            )),
            (Some(_), Some(host)) if !draft.node(host).kind.is_activity() => refuse(format!(
                "The boundary event is attached to “{}”, which is not an activity.",
                draft.node(host).id.as_deref().unwrap_or_default()
            )),
            (Some(_), Some(host)) if draft.node(host).parent != node.parent => {
                refuse(
                    "The boundary event stands in another sub-process than its activity."
                        .to_owned(),
                );
            }
            _ => {}
        }
    }
}
