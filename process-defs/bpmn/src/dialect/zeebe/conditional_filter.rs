//! `zeebe:conditionalFilter`: when a condition that is waited for is looked at.

use std::sync::Arc;

use super::{extension, io_mapping::is_name};
use redthread_xml::{Code, NodeRef, Problems};

/// The variables whose changes matter; empty: all. `None`: the filter cannot be used.
pub(crate) fn conditional_filter(
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Vec<Arc<str>>> {
    let Some(filter) = extension(definition, "conditionalFilter") else {
        return Some(Vec::new());
    };
    let list = |name| -> Vec<&str> {
        let text: &str = filter.filled(name).unwrap_or_default();
        let entries = text.split(',').map(str::trim);
        entries.filter(|entry| !entry.is_empty()).collect()
    };
    let events = list("variableEvents");
    let has = |event: &str| events.iter().any(|found| found.eq_ignore_ascii_case(event));
    let always = events.is_empty() || has("create") && has("update");
    if !always {
        problems.error(
            filter,
            Code::NotSupported,
            "A condition that is looked at only when variables are made, or only when they change, does not run yet.",
            "Remove variableEvents, or write create, update.",
        );
        return None;
    }
    let variables = list("variableNames");
    if let Some(wrong) = variables.iter().find(|name| !is_name(name)) {
        problems.error(
            filter,
            Code::BadValue,
            format!("“{wrong}” is not the name of a variable."),
            "Write the names of variables with commas between them, without =.",
        );
        return None;
    }
    Some(variables.into_iter().map(Into::into).collect())
}
