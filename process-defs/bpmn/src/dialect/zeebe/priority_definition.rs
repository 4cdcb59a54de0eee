//! `zeebe:priorityDefinition`: how urgent a user task is.

use super::extension;
use crate::build::expression::filled_text;
use crate::graph::Text;
use redthread_xml::{Code, NodeRef, Problems};

/// The priority: a whole number from 0 to 100, or an expression that gives one when the task begins.
pub(super) fn priority(node: NodeRef<'_>, problems: &mut Problems) -> Option<Text> {
    let definition = extension(node, "priorityDefinition")?;
    let text = filled_text(definition, "priority", "The priority", problems)?;
    if let Text::Literal(literal) = &text
        && !literal.parse::<u8>().is_ok_and(|number| number <= 100)
    {
        problems.error(
            definition,
            Code::BadValue,
            format!("“{literal}” is not a priority."),
            "Write a whole number from 0 to 100, or an expression that begins with =.",
        );
        return None;
    }
    Some(text)
}
