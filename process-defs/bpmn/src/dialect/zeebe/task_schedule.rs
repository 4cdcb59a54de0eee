//! `zeebe:taskSchedule`: when a user task is due, and when to look after it.

use super::extension;
use crate::build::expression::filled_text;
use crate::build::timer::is_date;
use crate::graph::Text;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Due date and follow-up date. A plain text must be a time; an expression must give one when the
/// task begins.
pub(super) fn schedule(node: NodeRef<'_>, problems: &mut Problems) -> (Option<Text>, Option<Text>) {
    let Some(schedule) = extension(node, "taskSchedule") else {
        return (None, None);
    };
    (
        time(schedule, "dueDate", "The due date", problems),
        time(schedule, "followUpDate", "The follow-up date", problems),
    )
}

fn time(
    schedule: NodeRef<'_>,
    attribute: &str,
    what: &str,
    problems: &mut Problems,
) -> Option<Text> {
    let text = filled_text(schedule, attribute, what, problems)?;
    if let Text::Literal(literal) = &text
        && !is_date(literal)
    {
        problems.error(
            schedule,
            Code::BadValue,
            format!("{what} “{literal}” is not a date and time."),
            "Write it like 2026-01-05T09:00:00Z, or as an expression: =now() + duration(\"P2D\").",
        );
        return None;
    }
    Some(text)
}
