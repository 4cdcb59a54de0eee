//! Signals (10.5.5.9): sent to everything that waits for their name.

use super::expression::text;
use crate::graph::Text;
use crate::model::Model;
use redthread_xml::{Code, NodeRef, Problems};

/// The name of the signal of an event; one without a name is called by its id.
pub(super) fn name(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Text> {
    let Some(reference) = definition.filled("signalRef") else {
        problems.error(
            event,
            Code::MissingTrigger,
            "The signal event does not say which signal it is about.",
            "Choose or create a signal.",
        );
        return None;
    };
    let Some(signal) = model.find_named(reference, "signal") else {
        problems.error(
            event,
            Code::UnknownReference,
            format!("There is no signal “{}”.", reference.trim()),
            "Choose the event's signal again.",
        );
        return None;
    };
    let name = signal.filled("name").or(signal.id())?;
    text(event, name, "The signal's name", problems)
}
