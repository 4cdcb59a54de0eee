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
use crate::schema::{task, task_candidate};

/// How urgent a task is of which nobody says it.
const USUAL_PRIORITY: u8 = 50;

impl Batch<'_> {
    pub(super) fn task_created(
        &mut self,
        live: &Live,
        key: Key,
        element_instance: Key,
        element: &Id,
        task: &TaskData,
    ) -> Result<(), RuntimeError> {
        let graph = &live.definition.graph;
        let lane = graph
            .find(element)
            .and_then(|ix| graph.element(ix).lane)
            .and_then(|ix| graph.lanes.get(ix));
        let lane = lane
            .and_then(|lane| lane.name.as_deref())
            .map(str::to_owned);
        let name = live.definition.label(element).to_owned();
        let due = task.due.map(|due| due.as_micros());
        let subject = live.state.subject.as_ref();
        let row = task::Model {
            key: key.as_i64(),
            instance: live.state.key.as_i64(),
            definition: live.definition.key.as_i64(),
            process_id: live.definition.process_id.to_string(),
            element: element.to_string(),
            element_instance: element_instance.as_i64(),
            search_text: format!("{name} {}", live.definition.name).to_lowercase(),
            name,
            lane,
            assignee: task.assignee.clone(),
            candidate_teams: json(&task.candidate_teams)?,
            candidate_users: json(&task.candidate_users)?,
            due,
            sort_due: due.unwrap_or(i64::MAX),
            follow_up: task.follow_up.map(|at| at.as_micros()),
            form: task.form.clone(),
            subject_kind: subject.map(|subject| subject.kind.to_string()),
            subject_key: subject.map(|subject| subject.key.to_string()),
            state: "open".to_owned(),
            created: self.now.as_micros(),
            ended: None,
            ended_by: None,
            priority: i32::from(task.priority.unwrap_or(USUAL_PRIORITY)),
        };
        self.rows.task.insert(row.key, row);
        for (name, team) in candidates(task) {
            let row = task_candidate::Model {
                name: name.to_owned(),
                team,
                task: key.as_i64(),
            };
            self.rows
                .task_candidate
                .insert((row.name.clone(), row.team, row.task), row);
        }
        if task.due.is_some() {
            self.stands_until(live, element_instance, task.due);
        }
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
            for (name, team) in candidates(task) {
                self.rows
                    .task_candidate
                    .delete((name.to_owned(), team, key.as_i64()));
            }
        }
        let state = match how {
            Ended::Completed => "done",
            Ended::Cancelled => "cancelled",
        };
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

fn candidates(task: &TaskData) -> impl Iterator<Item = (&str, bool)> {
    let teams = task.candidate_teams.iter().map(|name| (&**name, true));
    teams.chain(task.candidate_users.iter().map(|login| (&**login, false)))
}
