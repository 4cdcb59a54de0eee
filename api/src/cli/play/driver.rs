//! Runs the play: the real engine and the real connectors, on a clock that jumps to whatever is due next.
//!
//! At one and the same instant: what the script does, in its order; then timers by (due, created); then answers.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use redthread_bpmn::graph::ElementKind;
use redthread_calendar::{Timestamp, Zone};
use redthread_core::Key;
use redthread_runtime::{Clock, CommittedStep, Feed, Runtime, RuntimeError, SettableClock};
use tokio::sync::{broadcast, mpsc};

use super::records::Records;
use super::script::{Action, Answer, Rule, Script};
use super::trace::{Line, Trace};

/// Where the lines go while the play runs.
pub trait Stage {
    /// A line of the trace.
    fn line(&mut self, line: &Line) -> std::io::Result<()>;

    /// What happened besides: an action of the script that could not be done.
    fn remark(&mut self, at: Timestamp, sentence: &str) -> std::io::Result<()>;

    /// What nobody has answered and time would pass over: how is it answered? `None`: it is left waiting.
    fn ask(&mut self, open: &Open, trace: &Trace) -> std::io::Result<Option<Answer>>;
}

/// Why a play could not go on.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The engine refused or failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The records could not be read.
    #[error(transparent)]
    Records(#[from] redthread_crm::CrmError),
    /// The lines could not be written.
    #[error("The trace cannot be written: {0}.")]
    Output(#[from] std::io::Error),
}

/// A task or job that waits for an answer.
#[derive(Clone, Debug)]
pub struct Open {
    /// The task or job.
    pub key: Key,
    /// The job's type; none: a task.
    pub job_type: Option<String>,
    /// The tries that the job has left.
    pub retries: u32,
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: String,
    /// The element's id.
    pub element: String,
    /// Whether a connector works on it.
    pub(super) performed: bool,
    /// The turn of its loop.
    pub(super) loop_counter: Option<u64>,
    /// When its answer comes.
    pub(super) answer: Option<(Timestamp, Answer)>,
    /// A person was asked and left it waiting.
    pub(super) left: bool,
}

/// What a play begins with.
pub struct Scene {
    /// The processes.
    pub trace: Trace,
    /// The records that exist already.
    pub records: Records,
    /// What people, jobs and the world do.
    pub script: Script,
    /// The company's zone.
    pub zone: Zone,
    /// How many lines the trace may have.
    pub max_steps: u64,
}

/// A play that runs.
pub struct Driver<'a> {
    pub runtime: Runtime,
    pub clock: Arc<SettableClock>,
    pub trace: Trace,
    pub records: Records,
    pub stage: &'a mut dyn Stage,
    pub(super) steps: mpsc::UnboundedReceiver<Arc<CommittedStep>>,
    pub(super) feed: broadcast::Receiver<Arc<Feed>>,
    pub(super) actions: std::collections::VecDeque<(Timestamp, Action)>,
    pub(super) rules: Vec<Rule>,
    pub(super) open: BTreeMap<Key, Open>,
    pub(super) performs: fn(&str) -> bool,
    pub(super) zone: Zone,
    pub(super) lines_left: u64,
}

impl<'a> Driver<'a> {
    /// A driver of a runtime on which nothing has happened yet.
    pub fn new(
        runtime: Runtime,
        clock: Arc<SettableClock>,
        scene: Scene,
        stage: &'a mut dyn Stage,
    ) -> Driver<'a> {
        let Scene {
            trace,
            records,
            script,
            zone,
            max_steps,
        } = scene;
        let begin = clock.now();
        let mut actions: Vec<(Timestamp, Action)> = script
            .actions
            .into_iter()
            .map(|timed| {
                (
                    timed.at.add_to(begin, &zone).unwrap_or(Timestamp::MAX),
                    timed.action,
                )
            })
            .collect();
        // Stable: what happens at one instant keeps the order of the script.
        actions.sort_by_key(|(at, _)| *at);
        Driver {
            steps: runtime.steps(),
            feed: runtime.subscribe(),
            performs: |job_type| redthread_connectors::Connector::of(job_type).is_some(),
            runtime,
            clock,
            trace,
            records,
            stage,
            actions: actions.into(),
            rules: script.rules,
            open: BTreeMap::new(),
            zone,
            lines_left: max_steps,
        }
    }

    /// Does something with the runtime, telling what happens while it happens. `None`: the run has become too long.
    pub async fn watch<T>(
        &mut self,
        doing: impl Future<Output = T>,
    ) -> Result<Option<T>, PlayError> {
        let mut doing = pin!(doing);
        let done = loop {
            tokio::select! {
                biased;
                Some(step) = self.steps.recv() => if !self.see(&step)? { return Ok(None) },
                done = &mut doing => break done,
            }
        };
        while let Ok(step) = self.steps.try_recv() {
            if !self.see(&step)? {
                return Ok(None);
            }
        }
        self.learn_records();
        Ok(Some(done))
    }

    /// Tells a step. `false`: the run has become too long.
    pub(super) fn see(&mut self, step: &CommittedStep) -> Result<bool, PlayError> {
        for line in self.trace.follow(step) {
            if self.lines_left == 0 {
                return Ok(false);
            }
            self.lines_left -= 1;
            self.stage.line(&line)?;
        }
        for event in &step.events {
            self.note_open(step, event);
        }
        Ok(true)
    }

    fn learn_records(&mut self) {
        loop {
            match self.feed.try_recv() {
                Ok(feed) => feed
                    .touched
                    .records
                    .iter()
                    .for_each(|record| self.records.touch(record)),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return,
            }
        }
    }

    /// Runs until nothing is due, or until `end`. `false`: the run has become too long.
    pub async fn run(&mut self, end: Timestamp) -> Result<bool, PlayError> {
        loop {
            let now = self.clock.now();
            let next = self.next().await?;
            if next.as_ref().is_none_or(|(at, _)| *at > now) {
                // Time passes only when nothing is left to do at this instant: not even what the engine has put off.
                let before = self.lines_left;
                let runtime = self.runtime.clone();
                let Some(idle) = self.watch(runtime.run_until_idle()).await? else {
                    return Ok(false);
                };
                idle?;
                if self.lines_left != before || self.ask().await? {
                    continue;
                }
            }
            let Some((at, next)) = next else {
                return Ok(true);
            };
            if at > end {
                self.clock.set(end.max(now))?;
                return Ok(true);
            }
            if at > now {
                self.clock.set(at)?;
            }
            let within = match next {
                Next::Action => self.act().await?,
                Next::Timers => {
                    let runtime = self.runtime.clone();
                    self.watch(runtime.run_until_idle())
                        .await?
                        .transpose()?
                        .is_some()
                }
                Next::Answer(key) => self.answer(key).await?,
            };
            if !within {
                return Ok(false);
            }
        }
    }

    /// What happens next, and when.
    async fn next(&self) -> Result<Option<(Timestamp, Next)>, PlayError> {
        let now = self.clock.now();
        let action = self.actions.front().map(|(at, _)| (*at, Next::Action));
        let timers = self
            .runtime
            .next_due()
            .await?
            .map(|due| (due, Next::Timers));
        let answer = self
            .open
            .values()
            .filter_map(|open| open.answer.as_ref().map(|(at, _)| (*at, open.key)))
            .min()
            .map(|(at, key)| (at, Next::Answer(key)));
        let due = [action, timers, answer]
            .into_iter()
            .flatten()
            .map(|(at, next)| (at.max(now), next));
        // `min_by_key` takes the first of equals: actions before timers before answers.
        Ok(due.min_by_key(|(at, _)| *at))
    }

    /// Asks a person about what nobody answers. `true`: something was answered.
    async fn ask(&mut self) -> Result<bool, PlayError> {
        let unanswered = |open: &&Open| open.answer.is_none() && !open.left && !open.performed;
        let Some(open) = self.open.values().find(unanswered).cloned() else {
            return Ok(false);
        };
        match self.stage.ask(&open, &self.trace)? {
            Some(answer) => {
                self.give(&open, answer).await?;
            }
            None => {
                if let Some(open) = self.open.get_mut(&open.key) {
                    open.left = true;
                }
            }
        }
        Ok(true)
    }

    /// The ids of the processes that can be started without a trigger. A global task, which is a process with an element
    /// of the same id, is only there to be called.
    pub fn startable(&self) -> Vec<String> {
        let startable = self
            .trace
            .graphs()
            .filter(|graph| graph.can_start() && graph.find(&graph.id).is_none());
        startable.map(|graph| graph.id.to_string()).collect()
    }
}

enum Next {
    Action,
    Timers,
    Answer(Key),
}

/// What an element is called in the trace.
pub fn label(trace: &Trace, open: &Open) -> (String, &'static str) {
    let found = trace
        .graph(&open.process)
        .and_then(|graph| graph.find(&open.element).map(|ix| graph.element(ix)));
    match found {
        Some(element) => (
            element.label().to_owned(),
            ElementKind::bpmn_name(&element.kind),
        ),
        None => (open.element.clone(), ""),
    }
}
