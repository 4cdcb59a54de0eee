//! Sequence flows and their conditions (8.4.13).

use std::collections::HashSet;

use redthread_feel::Expression;

use super::expression::expression;
use super::gateway::chooses_by_condition;
use crate::dialect::camunda;
use crate::draft::Draft;
use crate::graph::{ElementIx, Flow, Id};
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

pub(super) fn build(draft: &Draft<'_>, problems: &mut Problems) -> Option<Vec<Flow>> {
    let defaults: HashSet<usize> = draft
        .nodes()
        .filter_map(|(index, _)| draft.default_flow(index))
        .collect();
    let mut complete = true;
    let mut flows = Vec::with_capacity(draft.process.flows.len());
    for (index, flow) in draft.process.flows.iter().enumerate() {
        camunda::audit(draft.flow_xml(index), problems);
        let condition = condition(draft, index, defaults.contains(&index), problems);
        let (Some(source), Some(target)) = draft.ends[index] else {
            complete = false;
            continue;
        };
        flows.push(Flow {
            id: id_of(draft, index),
            name: flow.name.clone(),
            source: ElementIx(source as u32),
            target: ElementIx(target as u32),
            condition,
        });
    }
    complete.then_some(flows)
}

/// BPMN does not ask for ids of sequence flows. One without gets a name that stays the same as long
/// as the file does.
fn id_of(draft: &Draft<'_>, index: usize) -> Id {
    let flow = &draft.process.flows[index];
    flow.id
        .clone()
        .unwrap_or_else(|| format!("flow-{}", index + 1).into())
}

/// The condition of a flow, with the element that holds it; an empty one is none.
pub(super) fn condition_source<'m>(
    draft: &Draft<'m>,
    index: usize,
) -> Option<(NodeRef<'m>, String)> {
    let condition = draft.flow_xml(index).bpmn_child("conditionExpression")?;
    let source = condition.text();
    (!source.trim().is_empty()).then_some((condition, source))
}

fn condition(
    draft: &Draft<'_>,
    index: usize,
    is_default: bool,
    problems: &mut Problems,
) -> Option<Expression> {
    let (at, source) = condition_source(draft, index)?;
    let kind = draft.node(draft.ends[index].0?).kind;
    match kind {
        _ if is_default => {
            problems.warning(
                at,
                Code::ConditionNotAllowed,
                "The condition of a default flow is not looked at.",
                "Remove the condition, or the default mark.",
            );
            None
        }
        _ if chooses_by_condition(kind) => expression(at, &source, "The condition", problems),
        _ => {
            problems.error(
                at,
                Code::ConditionNotAllowed,
                format!("A flow that leaves this kind of element ({kind}) can have no condition."),
                "Draw an exclusive gateway and put the condition there.",
            );
            None
        }
    }
}
