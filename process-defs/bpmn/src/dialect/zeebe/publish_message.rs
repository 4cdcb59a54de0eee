//! `zeebe:publishMessage`: how a message is sent.

use redthread_calendar::parse_duration;

use super::extension;
use crate::build::expression::{filled_text, sentence};
use crate::graph::Text;
use redthread_xml::{Code, NodeRef, Problems};

/// What an event or a task says of the message that it sends.
#[derive(Default)]
pub(crate) struct PublishMessage {
    pub(crate) correlation_key: Option<Text>,
    pub(crate) message_id: Option<Text>,
    pub(crate) time_to_live: Option<Text>,
}

/// Reads it; without the extension, everything is left open.
pub(crate) fn publish_message(node: NodeRef<'_>, problems: &mut Problems) -> PublishMessage {
    let Some(publish) = extension(node, "publishMessage") else {
        return PublishMessage::default();
    };
    PublishMessage {
        correlation_key: filled_text(publish, "correlationKey", "The correlation key", problems),
        message_id: filled_text(publish, "messageId", "The message's id", problems),
        time_to_live: time_to_live(publish, problems),
    }
}

fn time_to_live(publish: NodeRef<'_>, problems: &mut Problems) -> Option<Text> {
    let text = filled_text(
        publish,
        "timeToLive",
        "The message's time to live",
        problems,
    )?;
    if let Text::Literal(literal) = &text
        && let Err(error) = parse_duration(literal)
    {
        problems.error(
            publish,
            Code::BadValue,
            format!("The message's time to live: {}", sentence(&error)),
            "Write it like PT1H or P7D, or as an expression that begins with =.",
        );
        return None;
    }
    Some(text)
}
