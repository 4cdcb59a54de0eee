//! Gateways (10.6), and the default flows that they share with activities (8.4.13).

use super::expression::expression;
use super::flow::condition_source;
use crate::draft::Draft;
use crate::graph::ElementKind;
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// An exclusive gateway: with several ways out, each needs a condition or is the default.
pub(super) fn exclusive(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    for flow in without_condition(draft, index) {
        problems.error(
            draft.flow_xml(flow),
            Code::MissingCondition,
            "The sequence flow leaves an exclusive gateway without a condition.",
            "Write its condition, or mark it as the default flow.",
        );
    }
    Some(ElementKind::ExclusiveGateway)
}

/// An inclusive gateway: a way out without a condition is always taken, which is hardly ever meant.
pub(super) fn inclusive(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> ElementKind {
    for flow in without_condition(draft, index) {
        problems.warning(
            draft.flow_xml(flow),
            Code::MissingCondition,
            "The sequence flow leaves an inclusive gateway without a condition: it is always taken.",
            "Write its condition, or mark it as the default flow.",
        );
    }
    ElementKind::InclusiveGateway
}

/// A complex gateway (10.6.5).
pub(super) fn complex(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let condition = draft.xml(index).bpmn_child("activationCondition");
    let source = condition.map(NodeRef::text).unwrap_or_default();
    let activation = match condition {
        Some(at) if !source.trim().is_empty() => Some(expression(
            at,
            &source,
            "The activation condition",
            problems,
        )?),
        _ => None,
    };
    Some(ElementKind::ComplexGateway { activation })
}

/// An event-based gateway (10.6.6); what it may lead to is checked with the rules of structure.
pub(super) fn event_based(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    let parallel = match xml.filled("eventGatewayType").map(str::trim) {
        Some("Parallel") => true,
        Some("Exclusive") | None => false,
        Some(other) => {
            problems.error(
                xml,
                Code::BadValue,
                format!("“{other}” is not a type of event-based gateway."),
                "Write Exclusive or Parallel.",
            );
            return None;
        }
    };
    Some(ElementKind::EventBasedGateway {
        instantiate: boolean(xml.attribute("instantiate")).unwrap_or(false),
        parallel,
    })
}

/// Of several ways out, those that have no condition and are not the default.
fn without_condition(draft: &Draft<'_>, index: usize) -> Vec<usize> {
    let outgoing = &draft.outgoing[index];
    if outgoing.len() < 2 {
        return Vec::new();
    }
    let default = draft.default_flow(index);
    let others = outgoing.iter().copied();
    others
        .filter(|&flow| Some(flow) != default && condition_source(draft, flow).is_none())
        .collect()
}

/// Reports a default mark that is looked at and leads nowhere: `default` names a flow that leaves the element.
pub(super) fn check_default(draft: &Draft<'_>, index: usize, problems: &mut Problems) {
    let xml = draft.xml(index);
    let Some(id) = xml
        .filled("default")
        .filter(|_| chooses_by_condition(draft.node(index).kind))
    else {
        return;
    };
    if draft.default_flow(index).is_none() {
        problems.error(
            xml,
            Code::UnknownReference,
            format!(
                "The default flow “{}” does not leave this element.",
                id.trim()
            ),
            "Mark one of the flows that leave it as the default.",
        );
    }
}

/// The default flow as the engine needs it. On an activity without conditional flows the mark says
/// nothing: each flow is taken.
pub(super) fn default_flow(draft: &Draft<'_>, index: usize) -> Option<usize> {
    let kind = draft.node(index).kind;
    let default = draft
        .default_flow(index)
        .filter(|_| chooses_by_condition(kind))?;
    let is_conditional = |&flow: &usize| flow != default && condition_source(draft, flow).is_some();
    let chooses = !kind.is_activity() || draft.outgoing[index].iter().any(is_conditional);
    chooses.then_some(default)
}

/// Whether the flows that leave such elements may have conditions, and one of them may be the default (8.4.13).
pub(super) fn chooses_by_condition(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::ExclusiveGateway | NodeKind::InclusiveGateway | NodeKind::ComplexGateway
    ) || kind.is_activity()
}
