//! Who does a task in BPMN's own way (10.3.1, table 10.5): performers and potential owners, found by an expression.

use super::expression::expression;
use crate::graph::{Assignment, Text};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// What the roles of a user task say; those of other elements, and those that say it another way, are pointed out.
pub(super) fn assignment(task: NodeRef<'_>, problems: &mut Problems) -> Assignment {
    let mut found = Assignment::default();
    for role in roles(task) {
        let is_read = match role.bpmn() {
            Some("humanPerformer" | "performer") if found.assignee.is_none() => {
                read(role, problems).map(|source| found.assignee = source)
            }
            Some("potentialOwner") if !has_candidates(&found) => {
                read(role, problems).map(|source| owners(&mut found, role, source))
            }
            _ => None,
        };
        if is_read.is_none() {
            point_out(role, problems);
        }
    }
    found
}

/// Points out the roles of an element that does not read them.
pub(super) fn point_out_all(element: NodeRef<'_>, problems: &mut Problems) {
    for role in roles(element) {
        point_out(role, problems);
    }
}

fn point_out(role: NodeRef<'_>, problems: &mut Problems) {
    problems.warning(
        role,
        Code::NotSupported,
        format!("Who does it is not read from this {}.", role.name()),
        "Assign the task by zeebe:assignmentDefinition.",
    );
}

fn roles(element: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    element.children().filter(|part| {
        matches!(
            part.bpmn(),
            Some("potentialOwner" | "humanPerformer" | "performer" | "resourceRole")
        )
    })
}

/// The text of the role's expression; `None`: it has none.
fn source(role: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let assigned = role.bpmn_child("resourceAssignmentExpression")?;
    let expression = assigned
        .children()
        .find(|child| matches!(child.bpmn(), Some("formalExpression" | "expression")))?;
    (!expression.text().trim().is_empty()).then_some(expression)
}

/// The role's expression; the outer `None`: it has none, or one that stands for something else.
fn read(role: NodeRef<'_>, problems: &mut Problems) -> Option<Option<Text>> {
    let at = source(role)?;
    if listed(&at.text()).is_some() {
        return Some(None);
    }
    Some(expression(at, &at.text(), "Who does it", problems).map(Text::Expression))
}

/// Potential owners are teams, unless they are listed as `user(ann), group(sales)`, as Camunda 7 has it.
fn owners(assignment: &mut Assignment, role: NodeRef<'_>, read: Option<Text>) {
    let text = source(role).map(NodeRef::text).unwrap_or_default();
    let Some((users, groups)) = listed(&text) else {
        assignment.candidate_teams = read;
        return;
    };
    let joined =
        |names: Vec<&str>| (!names.is_empty()).then(|| Text::Literal(names.join(",").into()));
    assignment.candidate_users = joined(users);
    assignment.candidate_teams = joined(groups);
}

/// Users and groups of such a list.
fn listed(text: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for entry in text.split(',').map(str::trim) {
        let (kind, name) = entry.strip_suffix(')')?.split_once('(')?;
        let name = name.trim();
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "-_.@ ".contains(c));
        match kind.trim() {
            "user" if is_name => users.push(name),
            "group" if is_name => groups.push(name),
            _ => return None,
        }
    }
    Some((users, groups))
}

fn has_candidates(assignment: &Assignment) -> bool {
    assignment.candidate_teams.is_some() || assignment.candidate_users.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_users_and_groups_is_told_from_an_expression() {
        assert_eq!(
            listed("user(ann), group(sales), group( a-b )"),
            Some((vec!["ann"], vec!["sales", "a-b"]))
        );
        for expression in ["owner", "\"sales\"", "owners(\"x\")", "user(ann).team", ""] {
            assert_eq!(listed(expression), None, "{expression}");
        }
    }
}
