//! Boundary events stand on an activity of the same scope (10.5.4).

use crate::draft::Draft;
use crate::model::NodeKind;
use crate::problem::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
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
