//! Messages that are waited for and sent (8.4.11, 10.5.5).

use super::expression::{self, text};
use crate::correlation::{self, Side};
use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::{Message, MessageThrow, Text};
use crate::model::{NodeKind, boolean};
use redthread_feel::Expression;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Reads what a message event or a receive task waits for; `begins` is whether it [`begins_process`]. The correlation key says which of the waiting instances a message is for; without
/// one the name alone counts.
pub(super) fn caught(
    draft: &Draft<'_>,
    index: usize,
    reference: Option<&str>,
    begins: bool,
    problems: &mut Problems,
) -> Option<Message> {
    let (message, name) = named(draft, draft.xml(index), reference, "waits for", problems)?;
    let side = match begins {
        true => Side::Message,
        false => Side::Instance,
    };
    let correlation_key = match key(draft, message, side, problems) {
        Some(key) => Some(key?),
        None => None,
    };
    if correlation_key.is_none() && !begins {
        problems.warning(
            draft.xml(index),
            Code::MissingCorrelationKey,
            "It does not say which instance a message is for: any message of this name is taken.",
            "Set the message's correlation key, for example: =orderId.",
        );
    }
    Some(Message {
        name,
        correlation_key,
    })
}

/// The correlation key of a message: its `zeebe:subscription`, else what BPMN's correlation keys make; the outer `None`: it
/// has none.
fn key(
    draft: &Draft<'_>,
    message: NodeRef<'_>,
    side: Side,
    problems: &mut Problems,
) -> Option<Option<Expression>> {
    if let Some(key) = zeebe::correlation_key(message, problems) {
        return Some(key);
    }
    let parts = correlation::key(draft.model, &draft.subscriptions, message, side)?;
    let single = parts.len() == 1;
    let mut sources = Vec::new();
    for part in parts {
        match expression::element(part, "The correlation key", problems) {
            Some(part) => sources.push(part),
            None => return Some(None),
        }
    }
    if single {
        return Some(sources.pop());
    }
    // One text of all of them: a key is a single value.
    let texts: Vec<String> = sources
        .iter()
        .map(|source| format!("string({source})"))
        .collect();
    let source = format!("string join([{}], \"|\")", texts.join(", "));
    Some(expression::expression(
        message,
        &source,
        "The correlation key",
        problems,
    ))
}

/// Where a message begins an instance, there is none to choose.
pub(super) fn begins_process(draft: &Draft<'_>, index: usize) -> bool {
    let begins = |index: usize| boolean(draft.xml(index).attribute("instantiate")) == Some(true);
    let node = draft.node(index);
    match node.kind {
        NodeKind::StartEvent => node.parent.is_none(),
        NodeKind::ReceiveTask if begins(index) => true,
        _ => draft.incoming[index].iter().any(|&flow| {
            let source = draft.ends[flow].0;
            source.is_some_and(|source| {
                draft.node(source).kind == NodeKind::EventBasedGateway && begins(source)
            })
        }),
    }
}

/// Reads what a message event or a send task sends.
pub(super) fn thrown(
    draft: &Draft<'_>,
    event: NodeRef<'_>,
    reference: Option<&str>,
    problems: &mut Problems,
) -> Option<MessageThrow> {
    let (message, name) = named(draft, event, reference, "sends", problems)?;
    let before = problems.errors();
    let publish = zeebe::publish_message(event, problems);
    let of_message = || {
        let key = key(draft, message, Side::Message, problems)?;
        key.map(Text::Expression)
    };
    let correlation_key = publish.correlation_key.or_else(of_message);
    (problems.errors() == before).then_some(MessageThrow {
        name,
        correlation_key,
        message_id: publish.message_id,
        time_to_live: publish.time_to_live,
    })
}

/// The message and its name; one without a name is called by its id.
fn named<'m>(
    draft: &Draft<'m>,
    event: NodeRef<'_>,
    reference: Option<&str>,
    verb: &str,
    problems: &mut Problems,
) -> Option<(NodeRef<'m>, Text)> {
    let Some(reference) = reference else {
        let hint = match verb {
            "sends" => {
                "Choose or create a message, or name the job that sends it (zeebe:taskDefinition)."
            }
            _ => "Choose or create a message.",
        };
        problems.error(
            event,
            Code::MissingMessageName,
            format!("The element does not say which message it {verb}."),
            hint,
        );
        return None;
    };
    let Some(message) = draft.model.find_named(reference, "message") else {
        problems.error(
            event,
            Code::UnknownReference,
            format!("There is no message “{}”.", reference.trim()),
            "Choose the event's message again.",
        );
        return None;
    };
    let name = message.filled("name").or(message.id())?;
    let name = text(event, name, "The message's name", problems)?;
    Some((message, name))
}
