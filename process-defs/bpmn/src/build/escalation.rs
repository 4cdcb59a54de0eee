//! Escalations that are thrown and caught (10.5.5.4).

use super::code::Coded;
use super::expression::text;
use crate::graph::{EscalationCatch, EscalationThrow};
use crate::model::Model;
use redthread_xml::{Code, NodeRef, Problems};

const ESCALATION: Coded = Coded {
    name: "escalation",
    reference: "escalationRef",
    code: "escalationCode",
};

/// The escalation that an event throws. A process that runs needs its code.
pub(super) fn thrown(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<EscalationThrow> {
    let escalation = ESCALATION.referred(model, event, definition, problems)?;
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
    let code = ESCALATION.caught(model, event, definition, problems)?;
    Some(EscalationCatch { code })
}
