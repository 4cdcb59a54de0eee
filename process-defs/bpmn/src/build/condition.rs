//! Conditions that are waited for (10.5.5.2).

use super::expression;
use crate::dialect::zeebe;
use crate::graph::Condition;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn build(definition: NodeRef<'_>, problems: &mut Problems) -> Option<Condition> {
    let variables = zeebe::conditional_filter(definition, problems);
    let Some(condition) = definition.bpmn_child("condition") else {
        problems.error(
            definition,
            Code::MissingExpression,
            "The conditional event has no condition.",
            "Write the condition that it waits for.",
        );
        return None;
    };
    let expression = expression::element(condition, "The condition", problems)?;
    Some(Condition {
        expression,
        variables: variables?,
    })
}
