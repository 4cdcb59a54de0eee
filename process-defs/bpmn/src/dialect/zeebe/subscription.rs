//! `zeebe:subscription`: which of the waiting instances a message is for.

use redthread_feel::Expression;

use super::extension;
use crate::build::expression::expression;
use redthread_xml::NodeRef;
use redthread_xml::Problems;

/// The correlation key of a `message`; the outer `None`: it has none.
pub(crate) fn correlation_key(
    message: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<Expression>> {
    let subscription = extension(message, "subscription")?;
    let source = subscription.filled("correlationKey")?;
    Some(expression(
        subscription,
        source,
        "The correlation key",
        problems,
    ))
}
