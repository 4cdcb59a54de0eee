//! `zeebe:script`: a script task's FEEL expression.

use super::extension;
use crate::build::expression::expression;
use crate::graph::ScriptTask;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// The script; the outer `None`: the element has none.
///
/// The `expression` is FEEL with or without its `=`: it can be nothing else.
pub(crate) fn script(node: NodeRef<'_>, problems: &mut Problems) -> Option<Option<ScriptTask>> {
    let script = extension(node, "script")?;
    let Some(source) = script.filled("expression") else {
        problems.error(
            script,
            Code::MissingScript,
            "The script task's expression is empty.",
            "Write the FEEL expression that it evaluates.",
        );
        return Some(None);
    };
    let result_variable = script
        .filled("resultVariable")
        .map(|name| name.trim().into());
    Some(
        expression(script, source, "The script", problems).map(|expression| ScriptTask {
            expression,
            result_variable,
        }),
    )
}
