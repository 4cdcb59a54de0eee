//! Escalations that are thrown and caught (10.5.5.4).

use super::expression::text;
use crate::graph::{EscalationCatch, EscalationThrow};
use crate::model::Model;
use redthread_xml::{Code, NodeRef, Problems};

/// The escalation that an event throws. A process that runs needs its code.
pub(super) fn thrown(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<EscalationThrow> {
    let escalation = referred(model, event, definition, problems)?;
    let Some(code) = escalation.and_then(|escalation| escalation.filled("escalationCode")) else {
        problems.error(
            event,
            Code::MissingErrorCode,
            "The escalation event does not say which escalation it throws.",
            "Refer to an escalation that has a code.",
        );
        return None;
    };
    let code = text(event, code, "The escalation code", problems)?;
    Some(EscalationThrow { code })
}

/// What an event catches: without an escalation, or with one that has no code, any.
pub(super) fn caught(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<EscalationCatch> {
    let escalation = referred(model, event, definition, problems)?;
    let code = escalation
        .and_then(|escalation| escalation.filled("escalationCode"))
        .map(str::trim);
    if code.is_some_and(|code| code.starts_with('=')) {
        problems.error(
            event,
            Code::NotSupported,
            "An event can only catch a fixed escalation code.",
            "Write the code itself, without =, or catch every escalation and decide behind it.",
        );
        return None;
    }
    Some(EscalationCatch {
        code: code.map(Into::into),
    })
}

/// The escalation that a definition refers to; the outer `None`: to one that does not exist.
fn referred<'m>(
    model: &'m Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<NodeRef<'m>>> {
    let Some(reference) = definition.filled("escalationRef") else {
        return Some(None);
    };
    let escalation = model.find_named(reference, "escalation");
    if escalation.is_none() {
        problems.error(
            event,
            Code::UnknownReference,
            format!("There is no escalation “{}”.", reference.trim()),
            "Choose the event's escalation again.",
        );
        return None;
    }
    Some(escalation)
}
