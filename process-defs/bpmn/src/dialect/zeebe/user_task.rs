//! A user task's extensions together. `zeebe:userTask` itself says only that Camunda 8 keeps the
//! task itself and gives it to no job worker: with us every user task is so, with or without it.

use super::assignment_definition::assignment;
use super::form_definition::form;
use super::priority_definition::priority;
use super::task_schedule::schedule;
use crate::graph::UserTask;
use redthread_xml::NodeRef;
use redthread_xml::Problems;

/// Reads `assignmentDefinition`, `priorityDefinition`, `taskSchedule` and `formDefinition`.
pub(crate) fn user_task(node: NodeRef<'_>, problems: &mut Problems) -> UserTask {
    let assignment = assignment(node, problems);
    let (due, follow_up) = schedule(node, problems);
    let form = form(node, problems);
    UserTask {
        assignment,
        priority: priority(node, problems),
        due,
        follow_up,
        form,
    }
}
