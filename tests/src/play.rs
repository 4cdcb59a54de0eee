//! Runs diagrams in memory on a virtual clock: the runtime and the connectors of the server on an in-memory SQLite
//! database, as `redthread play` has them. For tests that need to see every event.
//!
//! What waits for a person or a program is answered by [`Play::answer_with`] or, from outside, by [`Play::complete`];
//! at one instant timers come before answers.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use redthread_calendar::Timestamp;
use redthread_connectors::CrmWorld;
use redthread_core::event::Event;
use redthread_core::{Holder, InstanceState, Key, Variables, apply};
use redthread_feel::Value;
use redthread_runtime::{
    Actor, Clock, CommittedStep, Database, FileProblem, Message, ProcessRef, Runtime, RuntimeError,
    SettableClock, StartInstance, UploadedFile,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tokio::sync::mpsc;

/// When a play begins.
const BEGIN: &str = "2026-01-05T09:00:00Z";
/// How long one request may take, in real time: what takes longer never ends.
const LIMIT: Duration = Duration::from_secs(20);
/// How many steps a play may have.
const STEPS: usize = 20_000;

/// Why a play could not go on.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The engine refused or failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// It has become too long.
    #[error("The run does not end: {0}.")]
    Endless(String),
    /// The test asks for what is not there.
    #[error("{0}")]
    NotThere(String),
    /// The threads of the runtime could not be started.
    #[error("The runtime cannot be started: {0}.")]
    Threads(#[from] std::io::Error),
}

impl PlayError {
    /// The problems for which files were refused; empty: it is something else.
    pub fn problems(&self) -> &[FileProblem] {
        match self {
            PlayError::Runtime(RuntimeError::DiagramErrors(problems)) => problems,
            _ => &[],
        }
    }
}

/// How a task or job is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is done, after this many virtual seconds.
    Complete {
        /// How long it takes.
        after_seconds: i64,
        /// What comes of it.
        variables: Variables,
    },
    /// A BPMN error is thrown at once.
    Throw {
        /// Its code.
        code: String,
    },
    /// It stays open.
    Leave,
}

/// A task or job that is open.
#[derive(Clone, Debug)]
struct Open {
    key: Key,
    is_job: bool,
    element: String,
    answer: Option<(Timestamp, Answer)>,
}

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
    /// The id of the element of the element instance that the event is about, with its own scope's element id.
    pub about: Option<About>,
}

/// The element instance that an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The element's id.
    pub element: String,
    /// The id of the element in which it stands; none: the process.
    pub within: Option<String>,
}

type Answers = Box<dyn Fn(&str, Option<&str>) -> Answer>;

/// A runtime of its own, with everything that happened in it.
pub struct Play {
    threads: tokio::runtime::Runtime,
    runtime: Runtime,
    clock: Arc<SettableClock>,
    steps: mpsc::UnboundedReceiver<Arc<CommittedStep>>,
    seen: usize,
    instances: BTreeMap<Key, InstanceState>,
    happened: Vec<Happened>,
    bodies: BTreeSet<Key>,
    open: BTreeMap<Key, Open>,
    answers: Answers,
}

/// The tables of records and engine; a play needs no accounts.
struct Tables;

impl MigratorTrait for Tables {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = redthread_runtime::Migrator::migrations();
        all.extend(redthread_crm::Migrator::migrations());
        all
    }
}

impl Play {
    /// A runtime on which nothing has happened yet.
    ///
    /// # Errors
    /// When SQLite cannot be started.
    pub fn new() -> Result<Play, PlayError> {
        let threads = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let begin = Timestamp::parse(BEGIN)
            .map_err(|error| PlayError::NotThere(format!("{BEGIN}: {error}")))?;
        let clock = Arc::new(SettableClock::standing_at(begin));
        let runtime = threads.block_on(async {
            let database = Database::in_memory().await?;
            database.migrate::<Tables>().await?;
            Runtime::open(database, Arc::new(CrmWorld::default()), clock.clone()).await
        })?;
        Ok(Play {
            threads,
            steps: runtime.steps(),
            runtime,
            clock,
            seen: 0,
            instances: BTreeMap::new(),
            happened: Vec::new(),
            bodies: BTreeSet::new(),
            open: BTreeMap::new(),
            answers: Box::new(|_, _| Answer::Leave),
        })
    }

    /// Says how tasks and jobs are answered, by the element's id and the job's type (none: a task). At first all stay
    /// open.
    pub fn answer_with(&mut self, answers: impl Fn(&str, Option<&str>) -> Answer + 'static) {
        self.answers = Box::new(answers);
    }

    /// Uploads a diagram.
    ///
    /// # Errors
    /// When it is refused: [`PlayError::problems`].
    pub fn deploy(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), PlayError> {
        let files = vec![UploadedFile {
            name: name.to_owned(),
            bytes,
        }];
        let runtime = self.runtime.clone();
        self.request(async move { runtime.deploy(files, Actor::System).await })
            .map(drop)
    }

    /// Starts an instance and runs it as far as it goes at this instant.
    ///
    /// # Errors
    /// When there is no such process or start event.
    pub fn start(&mut self, process: &str, variables: Variables) -> Result<Key, PlayError> {
        let start = StartInstance {
            process: ProcessRef::Latest(process.to_owned()),
            element: None,
            variables,
            subject: None,
        };
        let runtime = self.runtime.clone();
        let started = self.request(async move { runtime.start(start, Actor::System).await })?;
        self.settle()?;
        Ok(started)
    }

    /// Publishes a message.
    ///
    /// # Errors
    /// When it is refused.
    pub fn message(
        &mut self,
        name: &str,
        correlation_key: &str,
        variables: Variables,
    ) -> Result<(), PlayError> {
        let message = Message {
            name: name.to_owned(),
            correlation_key: correlation_key.to_owned(),
            variables,
            id: None,
            ttl: None,
        };
        let runtime = self.runtime.clone();
        self.request(async move { runtime.publish_message(message, Actor::System).await })?;
        self.settle()
    }

    /// Completes the task or job that has been open longest at an element.
    ///
    /// # Errors
    /// When there is none.
    pub fn complete(&mut self, element: &str, variables: Variables) -> Result<(), PlayError> {
        let open = self.open.values().find(|open| open.element == element);
        let open = open.cloned().ok_or_else(|| {
            let open: Vec<&str> = self.open.values().map(|open| &*open.element).collect();
            PlayError::NotThere(format!("Nothing is open at {element}; open are {open:?}."))
        })?;
        self.give(
            &open,
            Answer::Complete {
                after_seconds: 0,
                variables,
            },
        )?;
        self.settle()
    }

    /// Cancels an instance.
    ///
    /// # Errors
    /// When it does not run any more.
    pub fn cancel(&mut self, instance: Key) -> Result<(), PlayError> {
        let runtime = self.runtime.clone();
        self.request(async move { runtime.cancel(instance, None, Actor::System).await })?;
        self.settle()
    }

    /// Lets so many virtual seconds pass, and does on the way what is due.
    ///
    /// # Errors
    /// When the engine fails, or does not come to an end.
    pub fn pass(&mut self, seconds: i64) -> Result<(), PlayError> {
        let end = later(self.clock.now(), seconds);
        loop {
            self.settle()?;
            let now = self.clock.now();
            let runtime = self.runtime.clone();
            let timer = self.request(async move { runtime.next_due().await })?;
            let answer = self
                .open
                .values()
                .filter_map(|open| open.answer.as_ref().map(|(at, _)| *at))
                .min();
            let next = timer.into_iter().chain(answer).min().map(|at| at.max(now));
            let Some(at) = next.filter(|at| *at <= end) else {
                return self.set_clock(end);
            };
            if self.seen > STEPS {
                return Err(PlayError::Endless(format!("{STEPS} steps were not enough")));
            }
            self.set_clock(at)?;
        }
    }

    /// Everything that happened, in order.
    pub fn happened(&self) -> &[Happened] {
        &self.happened
    }

    /// Whether an element instance holds the turns of a looping activity together.
    pub fn is_body(&self, element_instance: Key) -> bool {
        self.bodies.contains(&element_instance)
    }

    /// The instances, in the order in which they began.
    pub fn instances(&self) -> impl Iterator<Item = &InstanceState> {
        self.instances.values()
    }

    /// The virtual time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Does what is left to do at this instant: timers that are due, then answers, until nothing is left.
    fn settle(&mut self) -> Result<(), PlayError> {
        loop {
            let runtime = self.runtime.clone();
            self.request(async move { runtime.run_until_idle().await })?;
            let now = self.clock.now();
            let due = self
                .open
                .values()
                .filter_map(|open| open.answer.as_ref().map(|(at, _)| (*at, open.key)))
                .min()
                .filter(|(at, _)| *at <= now);
            let Some((_, key)) = due else {
                return Ok(());
            };
            if self.seen > STEPS {
                return Err(PlayError::Endless(format!("{STEPS} steps were not enough")));
            }
            let Some(open) = self.open.get_mut(&key) else {
                continue;
            };
            let Some((_, answer)) = open.answer.take() else {
                continue;
            };
            let open = open.clone();
            match self.give(&open, answer) {
                // It may have been ended by another answer of the same instant.
                Err(PlayError::Runtime(RuntimeError::Unknown { .. })) | Ok(()) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn give(&mut self, open: &Open, answer: Answer) -> Result<(), PlayError> {
        let (runtime, key) = (self.runtime.clone(), open.key);
        match answer {
            Answer::Leave => Ok(()),
            Answer::Throw { code } => self.request(async move {
                let nothing = Variables::new();
                runtime
                    .throw_error(key, code, None, nothing, Actor::System)
                    .await
            }),
            Answer::Complete { variables, .. } if open.is_job => self
                .request(async move { runtime.complete_job(key, variables, Actor::System).await }),
            Answer::Complete { variables, .. } => self.request(async move {
                runtime
                    .complete_task(key, Holder::Anyone, variables, Actor::System)
                    .await
            }),
        }
    }

    fn set_clock(&mut self, at: Timestamp) -> Result<(), PlayError> {
        Ok(self.clock.set(at)?)
    }

    /// Asks the runtime for something, and takes note of what happens meanwhile.
    fn request<T>(
        &mut self,
        asked: impl Future<Output = Result<T, RuntimeError>>,
    ) -> Result<T, PlayError> {
        let done = self
            .threads
            .block_on(async { tokio::time::timeout(LIMIT, asked).await });
        while let Ok(step) = self.steps.try_recv() {
            self.see(&step);
        }
        match done {
            Ok(result) => Ok(result?),
            Err(_) => Err(PlayError::Endless(format!(
                "a request took longer than {} seconds",
                LIMIT.as_secs()
            ))),
        }
    }

    fn see(&mut self, step: &CommittedStep) {
        self.seen += 1;
        for event in &step.events {
            let state = self.instances.entry(step.instance).or_default();
            let before = about(event, state);
            apply(state, event);
            let about = before.or_else(|| about(event, state));
            if let Event::ElementActivating { element, scope, .. } = event
                && state
                    .elements
                    .get(scope)
                    .is_some_and(|outer| outer.element == *element)
            {
                self.bodies.insert(*scope);
            }
            self.note_open(step, event);
            self.happened.push(Happened {
                instance: step.instance,
                process: step.process.to_string(),
                at: step.at,
                event: event.clone(),
                about,
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
            Answer::Complete { after_seconds, .. } if after_seconds < 0 => None,
            answer @ Answer::Complete { after_seconds, .. } => {
                Some((later(step.at, after_seconds), answer))
            }
            answer @ Answer::Throw { .. } => Some((step.at, answer)),
        };
        let open = Open {
            key,
            is_job: job_type.is_some(),
            element,
            answer,
        };
        self.open.insert(key, open);
    }
}

/// The element instance that an event is about, as long as it lives in `state`.
fn about(event: &Event, state: &InstanceState) -> Option<About> {
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
        Event::JobEnded { key, .. } | Event::TaskEnded { key, .. } => {
            state.waits.get(key)?.element_instance
        }
        _ => return None,
    };
    let running = state.elements.get(&key)?;
    let within = state.elements.get(&running.scope);
    Some(About {
        element: running.element.to_string(),
        within: within.map(|within| within.element.to_string()),
    })
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    seconds
        .checked_mul(1_000_000)
        .and_then(|micros| from.checked_add_micros(micros))
        .unwrap_or(Timestamp::MAX)
}

/// Variables from a JSON object; anything else gives none.
pub fn variables(json: &serde_json::Value) -> Variables {
    let entries = json.as_object().into_iter().flatten();
    entries
        .map(|(name, value)| (Arc::from(name.as_str()), Value::from_json(value)))
        .collect()
}
