//! Errors that are thrown and caught (10.5.5.3).

use super::code::Coded;
use super::expression::text;
use crate::graph::{ErrorCatch, ErrorThrow};
use crate::model::Model;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

const ERROR: Coded = Coded {
    name: "error",
    reference: "errorRef",
    code: "errorCode",
};

/// What an error end event throws. A process that runs needs its code.
pub(super) fn thrown(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<ErrorThrow> {
    let error = ERROR.referred(model, event, definition, problems)?;
    let Some((error, code)) = error.and_then(|error| Some((error, error.filled("errorCode")?)))
    else {
        problems.error(
            event,
            Code::MissingErrorCode,
            "The error end event does not say which error it throws.",
            "Refer to an error that has a code.",
        );
        return None;
    };
    let code = text(event, code, "The error code", problems)?;
    Some(ErrorThrow {
        code,
        name: error.filled("name").map(|name| name.trim().into()),
    })
}

/// What an event catches: without an error, or with one that has no code, any.
pub(super) fn caught(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<ErrorCatch> {
    let code = ERROR.caught(model, event, definition, problems)?;
    Some(ErrorCatch { code })
}
