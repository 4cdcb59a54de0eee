//! Exclusive gateways and default flows (10.6.2, 8.4.13).

use crate::draft::Draft;
use crate::graph::ElementKind;
use crate::model::NodeKind;
use redthread_xml::{Code, Problems};

use super::flow::condition_source;

/// An exclusive gateway: with several ways out, each needs a condition or is the default.
pub(super) fn exclusive(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let outgoing = &draft.outgoing[index];
    let default = draft.default_flow(index);
    if outgoing.len() > 1 {
        for &flow in outgoing.iter().filter(|&&flow| Some(flow) != default) {
            if condition_source(draft, flow).is_none() {
                problems.error(
                    draft.flow_xml(flow),
                    Code::MissingCondition,
                    "The sequence flow leaves an exclusive gateway without a condition.",
                    "Write its condition, or mark it as the default flow.",
                );
            }
        }
    }
    check_default(draft, index, problems);
    Some(ElementKind::ExclusiveGateway)
}

/// `default` names a flow that leaves the element.
pub(super) fn check_default(draft: &Draft<'_>, index: usize, problems: &mut Problems) {
    let xml = draft.xml(index);
    let Some(id) = xml.filled("default") else {
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
    let is_gateway = draft.node(index).kind == NodeKind::ExclusiveGateway;
    is_gateway.then(|| draft.default_flow(index)).flatten()
}
