//! User tasks (10.3.3).

use super::role;
use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::ElementKind;
use redthread_xml::{Code, Problems};

pub(super) fn build(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> ElementKind {
    let xml = draft.xml(index);
    let before = problems.errors();
    let mut task = zeebe::user_task(xml, problems);
    match task.assignment.is_empty() {
        true => task.assignment = role::assignment(xml, problems),
        false => role::point_out_all(xml, problems),
    }
    let is_assigned = !task.assignment.is_empty() || lane_assigns(draft, index);
    if !is_assigned && problems.errors() == before {
        problems.warning(
            xml,
            Code::UnassignedTask,
            match team_of(draft, index) {
                Some(lane) => format!(
                    "Nobody is assigned: the task goes to the team “{lane}”, named like its lane."
                ),
                None => "Nobody is assigned: the task goes to the queue of the process's owner."
                    .to_owned(),
            },
            "Set an assignee or candidate groups if somebody else is meant.",
        );
    }
    ElementKind::UserTask(task)
}

/// The name of the innermost lane around that has one.
fn team_of<'m>(draft: &Draft<'m>, index: usize) -> Option<&'m str> {
    let mut lane = draft.node(index).lane;
    while let Some(index) = lane {
        let found = &draft.process.lanes[index];
        match found.name.as_deref().map(str::trim) {
            Some(name) if !name.is_empty() => return Some(name),
            _ => lane = found.parent,
        }
    }
    None
}

/// Whether a lane around says who does its tasks.
fn lane_assigns(draft: &Draft<'_>, index: usize) -> bool {
    let mut lane = draft.node(index).lane;
    while let Some(index) = lane {
        let found = &draft.process.lanes[index];
        if zeebe::has_assignment(draft.model.at(found.xml)) {
            return true;
        }
        lane = found.parent;
    }
    false
}
