//! What the history of one instance tells: the state that it leads to, and what only history knows, such as when a task
//! was made and who completed it.

use std::collections::BTreeMap;

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::event::TaskData;
use redthread_core::state::WaitKind;
use redthread_core::{Event, InstanceState, Key, apply};

use super::finding::{Finding, FindingCode};
use crate::query::read_step;
use crate::schema::history;
use crate::work_items::task_state;

/// The history of one instance, replayed from nothing.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    pub state: InstanceState,
    /// Steps that were read.
    pub steps: i64,
    /// Of the last step.
    pub last_at: i64,
    /// JSON: who asked for the first step.
    pub started_by: String,
    /// When tasks, jobs and incidents that are there began.
    pub began: BTreeMap<Key, Timestamp>,
    /// When the task of an element instance is or was due.
    pub due: BTreeMap<Key, Timestamp>,
    /// Tasks that have ended.
    pub ended: Vec<EndedTask>,
    /// The instances that it has called, with the element instances that did.
    pub called: Vec<(Key, Key, Id)>,
    /// A step could not be read: what comes after it was not replayed.
    pub broken: bool,
    open: BTreeMap<Key, (Key, Id)>,
}

/// A task that has ended.
#[derive(Debug)]
pub(super) struct EndedTask {
    pub key: Key,
    pub element_instance: Key,
    pub element: Id,
    pub task: TaskData,
    pub created: Timestamp,
    pub state: &'static str,
    pub ended: i64,
    /// JSON: who ended it.
    pub by: String,
}

impl Replayed {
    /// Replays one more step, and says what is wrong with it.
    pub fn follow(&mut self, row: history::Model, findings: &mut Vec<Finding>) {
        let finding = |code, message: String| {
            let key = format!("{},{}", row.instance, row.sequence);
            Finding::new(code, "history", message)
                .key(key)
                .instance(Some(row.instance))
        };
        self.steps += 1;
        if row.sequence != self.steps {
            let message = "The history has a gap: a step is missing.".to_owned();
            findings.push(finding(FindingCode::Gap, message).but(self.steps, row.sequence));
            self.steps = row.sequence;
            self.broken = true;
        }
        if row.at < self.last_at {
            let message = "The step was made before the one that it follows.".to_owned();
            findings.push(finding(FindingCode::Different, message).but(self.last_at, row.at));
        }
        self.last_at = row.at;
        if row.sequence == 1 {
            self.started_by.clone_from(&row.actor);
        }
        let by = row.actor.clone();
        match read_step(row.clone()) {
            Ok(step) => {
                for event in &step.events {
                    self.event(event, step.at, &by);
                }
            }
            Err(error) => {
                findings.push(finding(FindingCode::Unreadable, error.to_string()));
                self.broken = true;
            }
        }
    }

    fn event(&mut self, event: &Event, at: Timestamp, by: &str) {
        match event {
            Event::TaskEnded { key, how } => {
                if let (Some((element_instance, element)), Some(wait)) =
                    (self.open.remove(key), self.state.waits.get(key))
                    && let WaitKind::Task(task) = &wait.what
                {
                    self.ended.push(EndedTask {
                        key: *key,
                        element_instance,
                        element,
                        task: task.clone(),
                        created: self.began.remove(key).unwrap_or(at),
                        state: task_state(*how),
                        ended: at.as_micros(),
                        by: by.to_owned(),
                    });
                }
            }
            Event::TaskCreated {
                key,
                element_instance,
                task,
            } => {
                let element = self.element(*element_instance);
                self.open.insert(*key, (*element_instance, element));
                self.began.insert(*key, at);
                if let Some(due) = task.due {
                    self.due.insert(*element_instance, due);
                }
            }
            Event::JobCreated { key, .. } | Event::IncidentRaised { key, .. } => {
                self.began.insert(*key, at);
            }
            Event::JobEnded { key, .. } | Event::IncidentResolved { key } => {
                self.began.remove(key);
            }
            Event::InstanceCalled {
                key,
                element_instance,
                ..
            } => {
                let element = self.element(*element_instance);
                self.called.push((*key, *element_instance, element));
            }
            Event::ElementCompleted {
                element_instance, ..
            }
            | Event::ElementTerminated {
                element_instance, ..
            } => {
                self.due.remove(element_instance);
            }
            _ => {}
        }
        apply(&mut self.state, event);
    }

    fn element(&self, element_instance: Key) -> Id {
        let standing = self.state.elements.get(&element_instance);
        standing.map_or_else(Id::default, |standing| standing.element.clone())
    }
}
