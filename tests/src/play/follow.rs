//! What happens in a play: every event with the element that it is about, how the instances stand, and what is open.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use redthread_calendar::Timestamp;
use redthread_core::event::Event;
use redthread_core::state::Body;
use redthread_core::{InstanceState, Key, apply};
use redthread_runtime::CommittedStep;

use super::{Answer, later};

/// Something that happened, with where and when.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: String,
    /// The process time.
    pub at: Timestamp,
    /// The event.
    pub event: Event,
    /// The id of the element that it is about, where it is about an element instance.
    pub element: Option<String>,
    /// That element instance stands for all turns of an activity with a loop.
    pub is_body: bool,
}

/// A task or job that is open.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub key: Key,
    /// None: it is a task.
    pub job_type: Option<String>,
    pub element: String,
    /// When its answer comes.
    pub answer: Option<(Timestamp, Answer)>,
}

impl Open {
    pub fn is_job(&self) -> bool {
        self.job_type.is_some()
    }
}

/// How tasks and jobs are answered: by the element's id and the job's type.
pub(super) type Answers = Box<dyn Fn(&str, Option<&str>) -> Answer>;

/// Follows the steps of a runtime.
pub(super) struct Following {
    pub steps: usize,
    pub instances: BTreeMap<Key, InstanceState>,
    pub happened: Vec<Happened>,
    pub open: BTreeMap<Key, Open>,
    pub answers: Answers,
}

impl Following {
    pub fn new() -> Following {
        Following {
            steps: 0,
            instances: BTreeMap::new(),
            happened: Vec::new(),
            open: BTreeMap::new(),
            answers: Box::new(|_, _| Answer::Leave),
        }
    }

    pub fn see(&mut self, step: &CommittedStep) {
        self.steps += 1;
        for event in &step.events {
            let state = self.instances.entry(step.instance).or_default();
            // What ends is looked up before it is gone.
            let before = about(event, state);
            apply(state, event);
            let about = before.or_else(|| about(event, state));
            self.note_open(step, event);
            let (element, is_body) = about.map_or((None, false), |(id, body)| (Some(id), body));
            self.happened.push(Happened {
                instance: step.instance,
                process: step.process.to_string(),
                at: step.at,
                event: event.clone(),
                element,
                is_body,
            });
        }
    }

    fn note_open(&mut self, step: &CommittedStep, event: &Event) {
        let (key, element_instance, job_type) = match event {
            Event::TaskCreated {
                key,
                element_instance,
                ..
            } => (*key, *element_instance, None),
            Event::JobCreated {
                key,
                element_instance,
                job,
            } => (*key, *element_instance, Some(&*job.job_type)),
            Event::TaskEnded { key, .. } | Event::JobEnded { key, .. } => {
                self.open.remove(key);
                return;
            }
            _ => return,
        };
        let element = self
            .instances
            .get(&step.instance)
            .and_then(|state| state.elements.get(&element_instance))
            .map(|running| running.element.to_string())
            .unwrap_or_default();
        let answer = match (self.answers)(&element, job_type) {
            Answer::Leave => None,
            answer @ Answer::Complete { after_seconds, .. } => {
                Some((later(step.at, after_seconds), answer))
            }
            answer @ Answer::Throw { .. } => Some((step.at, answer)),
        };
        let open = Open {
            key,
            job_type: job_type.map(str::to_owned),
            element,
            answer,
        };
        self.open.insert(key, open);
    }

    /// The answer that comes next.
    pub fn next_answer(&self) -> Option<(Timestamp, Key)> {
        let open = self.open.values();
        open.filter_map(|open| open.answer.as_ref().map(|(at, _)| (*at, open.key)))
            .min()
    }
}

/// The element that an event is about, as long as its element instance lives in `state`, and whether that stands for all
/// turns of a loop.
fn about(event: &Event, state: &InstanceState) -> Option<(String, bool)> {
    let key = match event {
        Event::ElementActivating {
            element_instance, ..
        }
        | Event::ElementActivated { element_instance }
        | Event::ElementCompleting { element_instance }
        | Event::ElementCompleted {
            element_instance, ..
        }
        | Event::ElementTerminated {
            element_instance, ..
        }
        | Event::JobCreated {
            element_instance, ..
        }
        | Event::TaskCreated {
            element_instance, ..
        }
        | Event::IncidentRaised {
            element_instance, ..
        } => *element_instance,
        Event::VariablesSet { scope, .. } => *scope,
        _ => return None,
    };
    let running = state.elements.get(&key)?;
    let body: Option<&Body> = running.body.as_ref().map(|body| body.borrow());
    let is_body = matches!(body, Some(Body::MultiInstance(_) | Body::Loop { .. }));
    Some((running.element.to_string(), is_body))
}
