//! `zeebe:taskDefinition`: the job of a service task, or of another task that a job does.

use super::extension;
use super::task_headers::headers;
use crate::build::expression::filled_text;
use crate::graph::{JobTask, Text};
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Camunda 8's number of tries where none is said.
const RETRIES: &str = "3";

/// Reads the job definition. `None`: the element has no type of job; the caller knows whether it
/// needs one.
pub(crate) fn task_definition(
    node: NodeRef<'_>,
    bpmn_name: &'static str,
    problems: &mut Problems,
) -> Option<JobTask> {
    let definition = extension(node, "taskDefinition")?;
    let job_type = job_type(definition, problems)?;
    let retries = retries(definition, problems)?;
    Some(JobTask {
        bpmn_name,
        job_type,
        retries,
        headers: headers(node),
    })
}

/// Whether a job does the element.
pub(crate) fn has_job(node: NodeRef<'_>) -> bool {
    extension(node, "taskDefinition").is_some()
}

/// Who does it.
pub(super) fn job_type(definition: NodeRef<'_>, problems: &mut Problems) -> Option<Text> {
    filled_text(definition, "type", "The job type", problems)
}

/// How often a failing job is tried.
pub(super) fn retries(definition: NodeRef<'_>, problems: &mut Problems) -> Option<Text> {
    if definition.filled("retries").is_none() {
        return Some(Text::Literal(RETRIES.into()));
    }
    let text = filled_text(definition, "retries", "The number of retries", problems)?;
    if let Text::Literal(literal) = &text
        && literal.parse::<u16>().is_err()
    {
        problems.error(
            definition,
            Code::BadValue,
            format!("“{literal}” is not a number of retries."),
            "Write a whole number from 0, or an expression that begins with =.",
        );
        return None;
    }
    Some(text)
}
