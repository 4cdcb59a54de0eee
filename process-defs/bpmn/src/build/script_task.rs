//! Script tasks (10.3.3): FEEL that is evaluated at once, or a job that a worker does.

use super::expression::{expression, is_feel};
use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::{ElementKind, ScriptTask};
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    if let Some(script) = zeebe::script(xml, problems) {
        if zeebe::has_job(xml) {
            problems.error(
                xml,
                Code::BadValue,
                "The script task has both a script and a job, and only one of them can be meant.",
                "Remove zeebe:script or zeebe:taskDefinition.",
            );
        }
        return script.map(ElementKind::ScriptTask);
    }
    let before = problems.errors();
    if let Some(job) = zeebe::task_definition(xml, "scriptTask", problems) {
        return Some(ElementKind::ServiceTask(job));
    }
    if problems.errors() > before {
        return None;
    }
    let script = xml
        .bpmn_child("script")
        .map(NodeRef::text)
        .unwrap_or_default();
    if script.trim().is_empty() {
        return without_script(xml, problems);
    }
    // Global script tasks call it by another name (10.3.4).
    let format = xml
        .filled("scriptFormat")
        .or_else(|| xml.filled("scriptLanguage"));
    if let Some(format) = format.filter(|format| !is_feel(format)) {
        problems.error(
            xml,
            Code::NotSupported,
            format!("Scripts in {} do not run.", format.trim()),
            "Write the script in FEEL, or use a service task whose worker runs it.",
        );
        return None;
    }
    let expression = expression(xml, &script, "The script", problems)?;
    Some(ElementKind::ScriptTask(ScriptTask {
        expression,
        result_variable: None,
    }))
}

/// "If a script is not included, then the Task will act as the equivalent of an Abstract Task": an
/// empty context sets no variables.
fn without_script(xml: NodeRef<'_>, problems: &mut Problems) -> Option<ElementKind> {
    problems.warning(
        xml,
        Code::MissingScript,
        "The script task has no script: it is passed at once.",
        "Write its script in FEEL.",
    );
    let expression = expression(xml, "{}", "The script", problems)?;
    Some(ElementKind::ScriptTask(ScriptTask {
        expression,
        result_variable: None,
    }))
}
