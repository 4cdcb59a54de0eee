//! Service tasks (10.3.3): done by jobs.

use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::ElementKind;
use redthread_xml::{Code, Problems};

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    let before = problems.errors();
    let job = zeebe::task_definition(xml, "serviceTask", problems);
    if job.is_none() && problems.errors() == before {
        problems.error(
            xml,
            Code::MissingJobType,
            "The service task does not say which job does it.",
            "Choose an element template, or set the job type (zeebe:taskDefinition).",
        );
    }
    job.map(ElementKind::ServiceTask)
}
