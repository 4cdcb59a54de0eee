//! The rows that the state of an instance asks for.

use std::collections::BTreeSet;

use redthread_core::state::WaitKind;
use redthread_core::{InstanceState, Key};
use sea_orm::{FromQueryResult, Value};

use super::replayed::Replayed;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::schema::{
    Row, called_instance, incident, job, position, signal, subscription, task, task_candidate,
    timer, watch,
};
use crate::thread::Trail;
use crate::work_items::{self, At};

/// A row that stands for something in a state.
pub(super) trait Item: Row + FromQueryResult {
    /// What it is, for people.
    const NAME: &'static str;
    /// What the state says of it. Other columns are the row's own business.
    const TOLD: &'static [&'static str] = Self::COLUMNS;

    /// Whose it is; none: the row does not say.
    fn instance(&self) -> Option<i64>;
    fn element(&self) -> Option<&str>;

    /// The values of these columns.
    fn pick(&self, columns: &[&str]) -> Vec<Value> {
        let values = self.clone().values();
        let of = |wanted: &&str| {
            let at = Self::COLUMNS.iter().position(|column| column == wanted)?;
            values.get(at).cloned()
        };
        columns.iter().filter_map(of).collect()
    }
}

macro_rules! item {
    ($model:ident, $name:literal $(, told: [$($told:ident),+])?) => {
        impl Item for $model::Model {
            const NAME: &'static str = $name;
            $(const TOLD: &'static [&'static str] = &[$(stringify!($told)),+];)?

            fn instance(&self) -> Option<i64> {
                Some(self.instance)
            }

            fn element(&self) -> Option<&str> {
                Some(&self.element)
            }
        }
    };
}

item!(task, "task");
item!(job, "job", told: [instance, element, element_instance, job_type, retries, created]);
item!(subscription, "subscription");
item!(watch, "watch");
item!(signal, "wait for a signal");
item!(position, "position", told: [instance, definition, element, scope, since]);
item!(incident, "incident");
item!(called_instance, "call");

impl Item for timer::Model {
    const NAME: &'static str = "timer";

    fn instance(&self) -> Option<i64> {
        Some(self.instance)
    }

    fn element(&self) -> Option<&str> {
        None
    }
}

impl Item for task_candidate::Model {
    const NAME: &'static str = "candidate for a task";

    fn instance(&self) -> Option<i64> {
        None
    }

    fn element(&self) -> Option<&str> {
        None
    }
}

/// The rows of some instances.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub task: Vec<task::Model>,
    pub task_candidate: Vec<task_candidate::Model>,
    pub timer: Vec<timer::Model>,
    pub job: Vec<job::Model>,
    /// Jobs that nobody can take until a person has tried them again.
    pub stuck: BTreeSet<Key>,
    pub subscription: Vec<subscription::Model>,
    pub watch: Vec<watch::Model>,
    pub signal: Vec<signal::Model>,
    pub position: Vec<position::Model>,
    /// Until when element instances stand: what their tasks and what connectors say.
    pub stands_until: Vec<(Key, [Option<i64>; 2])>,
    pub incident: Vec<incident::Model>,
    /// Only those whose instances were begun have rows.
    pub called_instance: Vec<called_instance::Model>,
    /// Calls that are waited for: the called instance, its caller, and the element.
    pub waits_for: Vec<(Key, Key, String)>,
}

impl Items {
    /// Adds what the state of an instance asks for. `definition`: none, if it cannot be read; then nothing is known of
    /// tasks.
    pub fn add(
        &mut self,
        state: &InstanceState,
        trail: &Trail,
        replayed: &Replayed,
        definition: Option<&Definition>,
    ) -> Result<(), RuntimeError> {
        if replayed.broken {
            // That was told, and without its history nothing is known of its rows.
            return Ok(());
        }
        self.add_standing(state, trail, replayed);
        self.add_waits(state, replayed, definition)?;
        for (key, incident) in state.incidents.iter() {
            let element = state.elements.get(&incident.element_instance);
            let at = At {
                key: incident.element_instance,
                // What belongs to the instance itself is shown at the process.
                element: element.map_or(&state.process, |standing| &standing.element),
            };
            let since = replayed.began.get(key).copied().unwrap_or(state.started);
            let (code, message) = (incident.code.as_str(), &incident.message);
            let row = work_items::incident(state, at, *key, code, message, since);
            self.incident.push(row);
        }
        for (called, element_instance, element) in &replayed.called {
            let at = At {
                key: *element_instance,
                element,
            };
            let row = work_items::called_instance(state.key, at, *called);
            self.called_instance.push(row);
        }
        let Some(definition) = definition else {
            return Ok(());
        };
        for ended in &replayed.ended {
            let at = At {
                key: ended.element_instance,
                element: &ended.element,
            };
            let (key, created) = (ended.key, ended.created);
            let row = work_items::task(definition, state, at, key, &ended.task, created)?;
            self.task.push(task::Model {
                state: ended.state.to_owned(),
                ended: Some(ended.ended),
                ended_by: Some(ended.by.clone()),
                ..row
            });
        }
        Ok(())
    }

    fn add_standing(&mut self, state: &InstanceState, trail: &Trail, replayed: &Replayed) {
        for (key, standing) in state.elements.iter() {
            if !work_items::is_counted(standing) {
                continue;
            }
            let at = At {
                key: *key,
                element: &standing.element,
            };
            let (scope, since) = (standing.scope, standing.since);
            let row = work_items::position(state, at, scope, since, None);
            self.position.push(row);
            let micros = |at: redthread_calendar::Timestamp| at.as_micros();
            let task = replayed.due.get(key).copied().map(micros);
            let connector = trail.waiting.get(key).map(|waiting| waiting.due);
            let until = match connector {
                // Either may have come last.
                Some(due) => [due.map(micros), task.or(due.map(micros))],
                None => [task, task],
            };
            self.stands_until.push((*key, until));
        }
    }

    fn add_waits(
        &mut self,
        state: &InstanceState,
        replayed: &Replayed,
        definition: Option<&Definition>,
    ) -> Result<(), RuntimeError> {
        for (key, wait) in state.waits.iter() {
            let element = state.elements.get(&wait.element_instance);
            let at = At {
                key: wait.element_instance,
                element: element.map_or(&state.process, |standing| &standing.element),
            };
            let began = replayed.began.get(key).copied().unwrap_or(state.started);
            match &wait.what {
                WaitKind::Task(data) => {
                    let Some(definition) = definition else {
                        continue;
                    };
                    let row = work_items::task(definition, state, at, *key, data, began)?;
                    self.task.push(row);
                    let candidates = work_items::candidates(*key, data);
                    self.task_candidate.extend(candidates);
                }
                WaitKind::Job(data) => {
                    // Who does it was decided when it was made.
                    let row = work_items::job(state, at, *key, data, false, began);
                    self.job.push(row);
                    if work_items::is_stuck(state, wait.element_instance) {
                        self.stuck.insert(*key);
                    }
                }
                WaitKind::Timer(data) => self.timer.push(work_items::timer(state, *key, data)),
                WaitKind::Subscription(data) => {
                    let row = work_items::subscription(state, *key, data);
                    self.subscription.push(row);
                }
                WaitKind::Watch(data) => self.watch.push(work_items::watch(state, *key, data)?),
                WaitKind::Signal(data) => {
                    self.signal.push(work_items::signal(state, *key, data));
                }
                // The core alone looks at conditions.
                WaitKind::Condition(_) => {}
                WaitKind::Call(_) => {
                    let waiting = (*key, state.key, at.element.to_string());
                    self.waits_for.push(waiting);
                }
            }
        }
        Ok(())
    }
}
