//! `zeebe:calledDecision`: the decision that a business rule task calls.

use super::binding::binding;
use super::extension;
use crate::build::expression::filled_text;
use crate::graph::CalledDecision;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// The decision; the outer `None`: the element calls none.
pub(crate) fn called_decision(
    node: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<CalledDecision>> {
    let called = extension(node, "calledDecision")?;
    if called.filled("decisionId").is_none() {
        problems.error(
            called,
            Code::MissingDecision,
            "The business rule task does not say which decision it calls.",
            "Set the decision's id, or an expression that begins with = and gives it.",
        );
    }
    let decision = filled_text(called, "decisionId", "The decision's id", problems);
    let result_variable = called
        .filled("resultVariable")
        .map(|name| name.trim().into());
    if result_variable.is_none() {
        problems.error(
            called,
            Code::MissingResultVariable,
            "The business rule task does not say which variable takes the decision's result.",
            "Set a result variable.",
        );
    }
    let binding = binding(called, "a decision", problems);
    Some((|| {
        Some(CalledDecision {
            decision: decision?,
            result_variable: result_variable?,
            binding: binding?,
        })
    })())
}
