//! Expressions of a process that runs are formal (8.4.6, 8.4.7): in a language, and not empty.
//!
//! BPMN tells natural language from formal expressions by `xsi:type`. Files for engines often leave
//! that out, and it does no harm: what they write is in the language of the engine. But a file that
//! names another language for its expressions must mark those that are in it.

use super::walk::within;
use crate::draft::Draft;
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, Namespace, NodeRef, Problems};

/// Elements that BPMN's schema types as `tExpression`: natural language unless they say otherwise.
const EXPRESSIONS: &[&str] = &[
    "activationCondition",
    "completionCondition",
    "condition",
    "conditionExpression",
    "expression",
    "from",
    "loopCardinality",
    "loopCondition",
    "timeCycle",
    "timeDate",
    "timeDuration",
    "to",
];

/// Elements that are typed as `tFormalExpression` already.
const FORMAL: &[&str] = &[
    "dataPath",
    "formalExpression",
    "messagePath",
    "transformation",
];

pub(super) fn process(draft: &Draft<'_>, problems: &mut Problems) {
    let is_foreign = !names_no_language(draft.model);
    for node in within(draft.model.at(draft.process.xml)) {
        let name = node.bpmn().unwrap_or_default();
        let is_formal = is_typed(node) || FORMAL.contains(&name) || is_condition_of_behavior(node);
        if !is_formal && !EXPRESSIONS.contains(&name) {
            continue;
        }
        if is_blank(node) {
            if is_formal || name == "condition" {
                empty(draft, node, problems);
            }
            continue;
        }
        if is_foreign && !is_formal && !says_its_language(node) {
            problems.rule(
                node,
                Code::InformalExpression,
                format!("The text of {name} is marked as natural language, which nobody can run."),
                "Mark it as an expression: xsi:type=\"tFormalExpression\".",
            );
        }
        if is_condition(name) {
            boolean(node, problems);
        }
    }
}

/// What stands beside the processes: how messages are correlated (8.4.2).
pub(super) fn file(model: &Model, problems: &mut Problems) {
    for node in within(model.tree().root()) {
        let is_retrieval = node.bpmn() == Some("messagePath");
        if is_retrieval && is_blank(node) {
            missing(node, problems);
        }
    }
}

fn empty(draft: &Draft<'_>, node: NodeRef<'_>, problems: &mut Problems) {
    // An exclusive gateway asks for the condition itself, and a default flow for none.
    let flow = node
        .parent()
        .filter(|_| node.bpmn() == Some("conditionExpression"));
    let is_asked_for_elsewhere = flow.is_some_and(|flow| {
        let source = flow.filled("sourceRef").map(str::trim);
        let source = source.and_then(|id| draft.by_id.get(id).copied());
        source.is_some_and(|source| {
            draft.node(source).kind == NodeKind::ExclusiveGateway
                || draft.xml(source).filled("default").map(str::trim) == flow.id()
        })
    });
    if !is_asked_for_elsewhere {
        missing(node, problems);
    }
}

fn missing(node: NodeRef<'_>, problems: &mut Problems) {
    problems.rule(
        node,
        Code::MissingExpression,
        format!("The expression is empty ({}).", node.name()),
        "Write the expression, or remove its element.",
    );
}

/// A condition is true or false: one that is a number or a text is neither.
fn boolean(node: NodeRef<'_>, problems: &mut Problems) {
    let text = node.text();
    let text = text.trim();
    let text = text.strip_prefix('=').unwrap_or(text).trim();
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.parse::<f64>().is_ok();
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    if is_number || quoted.is_some_and(|inner| !inner.contains('"')) {
        problems.rule(
            node,
            Code::NotBoolean,
            format!("The condition is “{text}”, which is neither true nor false."),
            "Write a comparison, for example: numberOfCompletedInstances > 3.",
        );
    }
}

fn is_condition(name: &str) -> bool {
    matches!(
        name,
        "activationCondition"
            | "completionCondition"
            | "condition"
            | "conditionExpression"
            | "loopCondition"
    )
}

fn is_condition_of_behavior(node: NodeRef<'_>) -> bool {
    node.bpmn() == Some("condition")
        && node.parent().and_then(BpmnNode::bpmn) == Some("complexBehaviorDefinition")
}

/// Whether `xsi:type` makes it a formal expression.
fn is_typed(node: NodeRef<'_>) -> bool {
    node.attribute_in(&Namespace::Xsi, "type")
        .is_some_and(|name| name.trim().ends_with("tFormalExpression"))
}

/// The leading `=` is how FEEL is marked where text may be either, `${}` how others are; numbers and
/// truth values are the same in every language.
fn says_its_language(node: NodeRef<'_>) -> bool {
    let text = node.text();
    let text = text.trim();
    node.filled("language").is_some()
        || ["=", "${", "#{"].iter().any(|mark| text.starts_with(mark))
        || text.parse::<f64>().is_ok()
        || matches!(text, "true" | "false")
}

fn is_blank(node: NodeRef<'_>) -> bool {
    node.text().trim().is_empty() && node.children().next().is_none()
}

/// Whether the file leaves open in which language its expressions are, or says that it is FEEL.
pub(super) fn names_no_language(model: &Model) -> bool {
    let language = model.expression_language.as_deref().unwrap_or_default();
    let language = language.trim().trim_end_matches('/').to_ascii_lowercase();
    language.is_empty() || language.ends_with("feel")
}
