//! `zeebe:assignmentDefinition`: who does a user task.

use super::extension;
use crate::build::expression::filled_text;
use crate::graph::Assignment;
use redthread_xml::NodeRef;
use redthread_xml::Problems;

pub(super) fn assignment(node: NodeRef<'_>, problems: &mut Problems) -> Assignment {
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
