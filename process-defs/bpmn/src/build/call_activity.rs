//! Call activities (10.3.6): another process, or a global task, runs in their place.

use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::{ElementKind, IoMapping, Text};
use crate::node::{BpmnNode, local};
use redthread_xml::{Code, Problems};

use super::expression::text;

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    mapping: &IoMapping,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    let before = problems.errors();
    let by_bpmn = by_bpmn(draft, index, problems);
    let called = zeebe::called_element(xml, mapping, by_bpmn, problems);
    if called.is_none() && problems.errors() == before {
        problems.error(
            xml,
            Code::NotCallable,
            "The call activity does not say which process it calls.",
            "Set the id of the process (zeebe:calledElement).",
        );
    }
    called.flatten().map(ElementKind::CallActivity)
}

/// BPMN's own `calledElement`: the qualified name of a process or a global task, in this file or another.
fn by_bpmn(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> Option<Text> {
    let xml = draft.xml(index);
    let name = xml.filled("calledElement")?.trim();
    let known = draft.model.find(name).filter(|found| {
        found
            .bpmn()
            .is_some_and(|kind| kind == "process" || kind.starts_with("global"))
    });
    match known.and_then(|known| known.id()) {
        Some(id) => Some(Text::Literal(id.into())),
        None => text(xml, local_of(name), "The called process's id", problems),
    }
}

/// Only a qualified name has a prefix: an expression may have colons too.
fn local_of(name: &str) -> &str {
    match name.starts_with(['=', '$', '#']) {
        true => name,
        false => local(name),
    }
}
