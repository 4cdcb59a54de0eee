//! Errors that are thrown and caught (10.5.5.3).

use super::expression::text;
use crate::graph::{ErrorCatch, ErrorThrow};
use crate::model::Model;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// What an error end event throws. A process that runs needs its code.
pub(super) fn thrown(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<ErrorThrow> {
    let error = referred(model, event, definition, problems)?;
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

/// What an error boundary event catches: without an error, or with one that has no code, any.
pub(super) fn caught(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<ErrorCatch> {
    let error = referred(model, event, definition, problems)?;
    let code = error
        .and_then(|error| error.filled("errorCode"))
        .map(str::trim);
    if code.is_some_and(|code| code.starts_with('=')) {
        problems.error(
            event,
            Code::NotSupported,
            "An error boundary event can only catch a fixed error code.",
            "Write the code itself, without =, or catch every error and decide behind it.",
        );
        return None;
    }
    Some(ErrorCatch {
        code: code.map(Into::into),
    })
}

/// The error that a definition refers to; the outer `None`: to one that does not exist.
fn referred<'m>(
    model: &'m Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<NodeRef<'m>>> {
    let Some(reference) = definition.filled("errorRef") else {
        return Some(None);
    };
    let error = model.find_named(reference, "error");
    if error.is_none() {
        problems.error(
            event,
            Code::UnknownReference,
            format!("There is no error “{}”.", reference.trim()),
            "Choose the event's error again.",
        );
        return None;
    }
    Some(error)
}
