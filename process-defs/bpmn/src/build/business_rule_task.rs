//! Business rule tasks (10.3.3): a deployed decision, or a job that a worker does.

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
    let decision = zeebe::called_decision(xml, problems);
    let job = zeebe::task_definition(xml, "businessRuleTask", problems);
    if decision.is_some() && job.is_some() {
        problems.error(
            xml,
            Code::BadValue,
            "The business rule task names both a decision and a job, and only one of them can be meant.",
            "Remove zeebe:calledDecision or zeebe:taskDefinition.",
        );
        return None;
    }
    if let Some(decision) = decision {
        return decision.map(ElementKind::BusinessRuleTask);
    }
    if job.is_none() && problems.errors() == before {
        problems.error(
            xml,
            Code::MissingDecision,
            "The business rule task does not say which decision it calls.",
            "Set the decision's id and a result variable (zeebe:calledDecision).",
        );
    }
    job.map(ElementKind::ServiceTask)
}
