//! The direction of gateways (10.6.1) and default flows (8.4.13).

use crate::draft::Draft;
use crate::model::NodeKind;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        direction(draft, index, problems);
        let may_choose = node.kind.is_activity()
            || matches!(
                node.kind,
                NodeKind::ExclusiveGateway | NodeKind::InclusiveGateway | NodeKind::ComplexGateway
            );
        let xml = draft.xml(index);
        if let Some(id) = xml.filled("default").filter(|_| may_choose)
            && draft.default_flow(index).is_none()
        {
            problems.rule(
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
}

/// `gatewayDirection` is a promise about how many flows there are.
fn direction(draft: &Draft<'_>, index: usize, problems: &mut Problems) {
    let Some(direction) = draft.xml(index).filled("gatewayDirection").map(str::trim) else {
        return;
    };
    let (many_in, many_out) = (
        draft.incoming[index].len() > 1,
        draft.outgoing[index].len() > 1,
    );
    let promise = match direction {
        "Converging" if many_out => "has at most one way out",
        "Diverging" if many_in => "has at most one way in",
        "Mixed" if !many_in || !many_out => "has several ways in and several ways out",
        _ => return,
    };
    problems.rule(
        draft.xml(index),
        Code::BadGatewayDirection,
        format!("The gateway is marked as {direction}, and such a gateway {promise}."),
        "Change its flows, or set gatewayDirection to Unspecified.",
    );
}
