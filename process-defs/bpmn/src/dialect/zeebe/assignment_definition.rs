//! `zeebe:assignmentDefinition`: who does a user task, or the tasks of a lane.

use super::extension;
use crate::build::expression::filled_text;
use crate::graph::Assignment;
use redthread_xml::NodeRef;
use redthread_xml::Problems;

/// Whether somebody is named.
pub(crate) fn has_assignment(node: NodeRef<'_>) -> bool {
    extension(node, "assignmentDefinition").is_some_and(|definition| {
        ["assignee", "candidateGroups", "candidateUsers"]
            .iter()
            .any(|attribute| definition.filled(attribute).is_some())
    })
}

/// Who it is.
pub(crate) fn assignment(node: NodeRef<'_>, problems: &mut Problems) -> Assignment {
    let Some(definition) = extension(node, "assignmentDefinition") else {
        return Assignment::default();
    };
    Assignment {
        assignee: filled_text(definition, "assignee", "The assignee", problems),
        candidate_teams: filled_text(
            definition,
            "candidateGroups",
            "The list of candidate groups",
            problems,
        ),
        candidate_users: filled_text(
            definition,
            "candidateUsers",
            "The list of candidate users",
            problems,
        ),
    }
}
