//! What events about tasks mean for the tables of tasks.

use redthread_bpmn::graph::Id;
use redthread_core::Key;
use redthread_core::event::{Ended, TaskData};
use redthread_core::state::WaitKind;

use super::batch::{Batch, json};
use super::cache::Live;
use super::rows::TaskPatch;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::work_items::{self, At};

impl Batch<'_> {
    pub(super) fn task_created(
        &mut self,
        live: &Live,
        key: Key,
        element_instance: Key,
        element: &Id,
        task: &TaskData,
    ) -> Result<(), RuntimeError> {
        let at = At {
            key: element_instance,
            element,
        };
        let row = work_items::task(&live.definition, &live.state, at, key, task, self.now)?;
        self.rows.task.insert(row.key, row);
        for row in work_items::candidates(key, task) {
            self.rows
                .task_candidate
                .insert((row.name.clone(), row.team, row.task), row);
        }
        if task.due.is_some() {
            self.stands_until(live, element_instance, task.due);
        }
        self.tasks.push((key, live.state.key));
        self.touches.topic("tasks");
        Ok(())
    }

    pub(super) fn task_assigned(&mut self, key: Key, assignee: Option<String>) {
        self.touches.topic("tasks");
        match self.rows.task.get_mut(&key.as_i64()) {
            Some(row) => row.assignee = assignee,
            None => self.patch(key).assignee = Some(assignee),
        }
    }

    pub(super) fn task_ended(
        &mut self,
        key: Key,
        was: Option<&WaitKind>,
        how: Ended,
        actor: &Actor,
    ) -> Result<(), RuntimeError> {
        self.touches.topic("tasks");
        if let Some(WaitKind::Task(task)) = was {
            for row in work_items::candidates(key, task) {
                self.rows
                    .task_candidate
                    .delete((row.name, row.team, row.task));
            }
        }
        let state = work_items::task_state(how);
        let (at, by) = (self.now.as_micros(), json(actor)?);
        match self.rows.task.get_mut(&key.as_i64()) {
            Some(row) => {
                (row.state, row.ended, row.ended_by) = (state.to_owned(), Some(at), Some(by));
            }
            None => self.patch(key).ended = Some((state, at, by)),
        }
        Ok(())
    }

    fn patch(&mut self, task: Key) -> &mut TaskPatch {
        self.rows.task_patches.entry(task.as_i64()).or_default()
    }
}
