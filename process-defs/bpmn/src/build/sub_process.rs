//! Embedded sub-processes (10.3.5).

use super::refused::is_known;
use crate::draft::Draft;
use crate::graph::{ElementKind, SubProcess};
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    for part in xml.children() {
        if let Some(name) = part.bpmn().filter(|name| !is_known(name)) {
            problems.error(
                part,
                Code::UnknownElement,
                format!("BPMN has no element “{name}” in a sub-process."),
                "Check how it is written, or remove it.",
            );
        }
    }
    Some(ElementKind::SubProcess(
        match draft.is_event_sub_process(index) {
            true => SubProcess::Event,
            false => SubProcess::Embedded,
        },
    ))
}
