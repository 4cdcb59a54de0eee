//! Runs diagrams in memory on a virtual clock: the runtime and the connectors of the server on an in-memory SQLite
//! database, as `redthread play` has them. For tests that need to see every event.
//!
//! What waits for a person or a program is answered by [`Play::answer_with`] or, from outside, by [`Play::complete`];
//! at one instant timers come before answers.

mod follow;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use redthread_calendar::{Timestamp, parse_duration};
use redthread_connectors::CrmWorld;
use redthread_core::{Command, Holder, InstanceState, Key, Variables};
use redthread_feel::Value;
use redthread_runtime::{
    Actor, Clock, CommittedStep, Database, FileProblem, ProcessRef, Runtime, RuntimeError,
    SettableClock, Signal, StartInstance, UploadedFile,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tokio::sync::mpsc;

use self::follow::{Following, Open};

pub use self::follow::Happened;

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

/// A message from outside.
#[derive(Clone, Debug)]
pub struct Message(redthread_runtime::Message);

impl Message {
    /// For whoever waits now; an empty key is for start events only.
    pub fn new(name: &str, correlation_key: &str) -> Message {
        Message(redthread_runtime::Message {
            name: name.to_owned(),
            correlation_key: correlation_key.to_owned(),
            variables: Variables::new(),
            id: None,
            ttl: None,
        })
    }

    /// With these variables.
    pub fn carrying(mut self, variables: Variables) -> Message {
        self.0.variables = variables;
        self
    }

    /// Kept for those who come to wait for it: an ISO 8601 duration.
    pub fn kept_for(mut self, duration: &str) -> Message {
        self.0.ttl = parse_duration(duration).ok();
        self
    }
}

/// A runtime of its own, with everything that happened in it.
pub struct Play {
    threads: tokio::runtime::Runtime,
    runtime: Runtime,
    clock: Arc<SettableClock>,
    steps: mpsc::UnboundedReceiver<Arc<CommittedStep>>,
    seen: Following,
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
            seen: Following::new(),
        })
    }

    /// Says how tasks and jobs are answered, by the element's id and the job's type (none: a task). At first all stay
    /// open.
    pub fn answer_with(&mut self, answers: impl Fn(&str, Option<&str>) -> Answer + 'static) {
        self.seen.answers = Box::new(answers);
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
    pub fn message(&mut self, message: Message) -> Result<(), PlayError> {
        let runtime = self.runtime.clone();
        self.request(async move { runtime.publish_message(message.0, Actor::System).await })?;
        self.settle()
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When it is refused.
    pub fn signal(&mut self, name: &str, variables: Variables) -> Result<(), PlayError> {
        let signal = Signal {
            name: name.to_owned(),
            variables,
        };
        let runtime = self.runtime.clone();
        self.request(async move { runtime.send_signal(signal, Actor::System).await })?;
        self.settle()
    }

    /// Sets variables of the instance that began first.
    ///
    /// # Errors
    /// When it has ended.
    pub fn set(&mut self, variables: Variables) -> Result<(), PlayError> {
        let first = self.seen.instances.keys().next().copied();
        let instance =
            first.ok_or_else(|| PlayError::NotThere("No instance was started.".to_owned()))?;
        let runtime = self.runtime.clone();
        self.request(async move {
            runtime
                .set_variables(instance, None, variables, None, Actor::System)
                .await
        })?;
        self.settle()
    }

    /// A person begins activities of an ad-hoc sub-process.
    ///
    /// # Errors
    /// When it does not run, or they cannot be begun.
    pub fn activate(&mut self, ad_hoc: &str, elements: &[&str]) -> Result<(), PlayError> {
        let found = self.seen.instances.iter().find_map(|(instance, state)| {
            let running = state.elements.iter().find(|(_, e)| *e.element == *ad_hoc);
            running.map(|(key, _)| (*instance, *key))
        });
        let (instance, ad_hoc) =
            found.ok_or_else(|| PlayError::NotThere(format!("{ad_hoc} does not run.")))?;
        let command = Command::ActivateElements {
            ad_hoc,
            elements: elements.iter().map(|&id| id.into()).collect(),
            variables: Variables::new(),
        };
        let runtime = self.runtime.clone();
        self.request(async move { runtime.command(instance, command, Actor::System).await })?;
        self.settle()
    }

    /// Completes the task or job that has been open longest at an element.
    ///
    /// # Errors
    /// When there is none.
    pub fn complete(&mut self, element: &str, variables: Variables) -> Result<(), PlayError> {
        let here = |open: &&Open| open.element == element;
        let job = self
            .seen
            .open
            .values()
            .filter(here)
            .find(|open| open.is_job());
        // While listeners do their jobs, the task has to wait.
        let open = job.or_else(|| self.seen.open.values().find(here));
        let open = open.cloned().ok_or_else(|| {
            let open: Vec<&str> = self.seen.open.values().map(|open| &*open.element).collect();
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
            let answer = self.seen.next_answer().map(|(at, _)| at);
            let next = timer.into_iter().chain(answer).min().map(|at| at.max(now));
            let Some(at) = next.filter(|at| *at <= end) else {
                return self.set_clock(end);
            };
            if self.seen.steps > STEPS {
                return Err(PlayError::Endless(format!("{STEPS} steps were not enough")));
            }
            self.set_clock(at)?;
        }
    }

    /// The ids of the elements at which a task or a job is open, in the order in which they were created.
    pub fn open(&self) -> Vec<String> {
        let open = self.seen.open.values();
        open.map(|open| open.element.clone()).collect()
    }

    /// The types of the jobs that are open.
    pub fn job_types(&self) -> Vec<&str> {
        let open = self.seen.open.values();
        open.filter_map(|open| open.job_type.as_deref()).collect()
    }

    /// Everything that happened, in order.
    pub fn happened(&self) -> &[Happened] {
        &self.seen.happened
    }

    /// The instances, in the order in which they began.
    pub fn instances(&self) -> impl Iterator<Item = &InstanceState> {
        self.seen.instances.values()
    }

    /// Does what is left to do at this instant: timers that are due, then answers, until nothing is left.
    fn settle(&mut self) -> Result<(), PlayError> {
        loop {
            let runtime = self.runtime.clone();
            self.request(async move { runtime.run_until_idle().await })?;
            let now = self.clock.now();
            let due = self.seen.next_answer().filter(|(at, _)| *at <= now);
            let Some((_, key)) = due else {
                return Ok(());
            };
            if self.seen.steps > STEPS {
                return Err(PlayError::Endless(format!("{STEPS} steps were not enough")));
            }
            let Some(open) = self.seen.open.get_mut(&key) else {
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
            Answer::Complete { variables, .. } if open.is_job() => self
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
            self.seen.see(&step);
        }
        match done {
            Ok(result) => Ok(result?),
            Err(_) => Err(PlayError::Endless(format!(
                "a request took longer than {} seconds",
                LIMIT.as_secs()
            ))),
        }
    }
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
