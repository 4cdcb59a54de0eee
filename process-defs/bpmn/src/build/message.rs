//! Messages that are waited for (8.4.11, 10.5.5).

use super::event::Place;
use super::expression::text;
use crate::dialect::zeebe;
use crate::graph::Message;
use crate::model::Model;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Reads what a message event waits for. Where an instance is waiting already, a correlation key
/// says which; where the message starts one, there is none to choose.
pub(super) fn build(
    model: &Model,
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    place: Place,
    problems: &mut Problems,
) -> Option<Message> {
    let Some(reference) = definition.filled("messageRef") else {
        problems.error(
            event,
            Code::MissingMessageName,
            "The message event does not say which message it waits for.",
            "Choose or create a message, or wait for a change of a record (redthread:on).",
        );
        return None;
    };
    let Some(message) = model.find_named(reference, "message") else {
        problems.error(
            event,
            Code::UnknownReference,
            format!("There is no message “{}”.", reference.trim()),
            "Choose the event's message again.",
        );
        return None;
    };
    let Some(name) = message.filled("name") else {
        problems.error(
            event,
            Code::MissingMessageName,
            "The message has no name, so nothing can be sent to it.",
            "Give the message a name: senders address it by that.",
        );
        return None;
    };
    let name = text(event, name, "The message's name", problems)?;
    if place == Place::Start {
        return Some(Message {
            name,
            correlation_key: None,
        });
    }
    let Some(key) = zeebe::correlation_key(message, problems) else {
        problems.error(
            event,
            Code::MissingCorrelationKey,
            "The message event does not say which instance a message is for.",
            "Set the message's correlation key, for example: =orderId.",
        );
        return None;
    };
    Some(Message {
        name,
        correlation_key: Some(key?),
    })
}
