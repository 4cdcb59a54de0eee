//! `zeebe:calledDecision`: the decision that a business rule task calls.

use super::extension;
use crate::build::expression::filled_text;
use crate::graph::{Binding, CalledDecision};
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
    let binding = binding(called, problems);
    Some((|| {
        Some(CalledDecision {
            decision: decision?,
            result_variable: result_variable?,
            binding: binding?,
        })
    })())
}

fn binding(called: NodeRef<'_>, problems: &mut Problems) -> Option<Binding> {
    match called.filled("bindingType").map_or("latest", str::trim) {
        "latest" => Some(Binding::Latest),
        "deployment" => Some(Binding::Deployment),
        "versionTag" => {
            let tag = called.filled("versionTag").map(|tag| tag.trim().into());
            if tag.is_none() {
                problems.error(
                    called,
                    Code::BadValue,
                    "The decision is bound to a version tag, but no version tag is there.",
                    "Set the version tag, or choose another binding.",
                );
            }
            tag.map(Binding::VersionTag)
        }
        other => {
            problems.error(
                called,
                Code::BadValue,
                format!("“{other}” is not a way of binding a decision."),
                "Choose latest, deployment or versionTag.",
            );
            None
        }
    }
}
