//! Decides what a command does.
//!
//! A step takes tokens from sequence flows, one after the other, until none can move; then [`crate::quiescence`] looks at
//! what depends on the whole; and so on until both are still. The step works on a scratch copy of the state and writes to
//! it through one function, [`Stepper::emit`].

use std::collections::{BTreeSet, VecDeque};

use redthread_bpmn::graph::{ElementIx, FlowIx, ProcessGraph};

use crate::apply::apply;
use crate::command::{Command, Variables};
use crate::decide::decide;
use crate::event::Event;
use crate::incident::Stuck;
use crate::inputs::{Fact, Inputs};
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{ElementInstance, InstanceState};

/// How many tokens one step moves at most, so that a loop in a diagram cannot hold up everybody else.
pub const TRANSITIONS_PER_STEP: u32 = 1_000;

/// What a command did.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The state after the events.
    pub state: InstanceState,
    /// The first key that the step has not used.
    pub next_key: Key,
    /// Tokens can still move: send [`Command::Continue`] to the instance.
    pub unfinished: bool,
    /// Facts were looked at.
    pub facts_used: bool,
}

/// Why a step did not happen. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The command was refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The step must be run again with this fact in its inputs.
    #[error("A fact is needed: {0:?}.")]
    Needs(Fact),
}

/// Decides what `command` does to an instance of `graph`. A new instance starts from `InstanceState::default()`.
///
/// # Errors
///
/// [`StepError::Rejected`] when the command does not fit the state; [`StepError::Needs`] when a fact is missing.
pub fn step(
    graph: &ProcessGraph,
    state: &InstanceState,
    command: &Command,
    inputs: &Inputs,
) -> Result<Step, StepError> {
    let mut stepper = Stepper {
        graph,
        inputs,
        state: state.clone(),
        events: Vec::new(),
        moving: VecDeque::new(),
        thinned: BTreeSet::new(),
        next_key: inputs.first_key,
        evaluations: 0,
        facts_used: false,
    };
    decide(&mut stepper, command)?;
    let unfinished = stepper.run()?;
    Ok(Step {
        events: stepper.events,
        state: stepper.state,
        next_key: stepper.next_key,
        unfinished,
        facts_used: stepper.facts_used,
    })
}

/// What keeps an element from going on.
#[derive(Debug)]
pub(crate) enum Halt {
    /// An incident: the element is stuck, the rest goes on.
    Stuck(Stuck),
    /// The whole step cannot be decided.
    Stop(StepError),
}

impl From<Stuck> for Halt {
    fn from(stuck: Stuck) -> Halt {
        Halt::Stuck(stuck)
    }
}

impl From<StepError> for Halt {
    fn from(error: StepError) -> Halt {
        Halt::Stop(error)
    }
}

impl From<Rejection> for Halt {
    fn from(rejection: Rejection) -> Halt {
        Halt::Stop(rejection.into())
    }
}

/// A step that is being decided.
pub(crate) struct Stepper<'a> {
    pub graph: &'a ProcessGraph,
    pub inputs: &'a Inputs,
    pub state: InstanceState,
    events: Vec<Event>,
    /// Tokens that may be able to move.
    pub moving: VecDeque<(FlowIx, Key)>,
    /// Scopes in which something has ended, so that they may be finished.
    pub thinned: BTreeSet<Key>,
    next_key: Key,
    pub evaluations: u64,
    pub facts_used: bool,
}

impl Stepper<'_> {
    /// The one way in which state changes.
    pub(crate) fn emit(&mut self, event: Event) {
        self.note_thinned(&event);
        apply(&mut self.state, &event);
        self.events.push(event);
    }

    fn note_thinned(&mut self, event: &Event) {
        let scope = match event {
            Event::ElementCompleted {
                element_instance, ..
            }
            | Event::ElementTerminated {
                element_instance, ..
            } => self.scope_of(*element_instance),
            Event::TokensDiscarded { scope } => *scope,
            // A sub-process in which nothing begins is finished at once.
            Event::ElementActivated { element_instance } => *element_instance,
            _ => return,
        };
        self.thinned.insert(scope);
    }

    /// A key for something new.
    pub(crate) fn new_key(&mut self) -> Key {
        let key = self.next_key;
        self.next_key = key.successor();
        key
    }

    /// Sets variables of exactly this scope.
    pub(crate) fn set(&mut self, scope: Key, variables: Variables) {
        if !variables.is_empty() {
            self.emit(Event::VariablesSet { scope, variables });
        }
    }

    /// The living element instance.
    pub(crate) fn instance(&self, key: Key) -> Result<&ElementInstance, Rejection> {
        self.state.elements.get(&key).ok_or(Rejection::NotOpen {
            what: "element",
            key,
        })
    }

    /// The element of a living element instance.
    pub(crate) fn element_of(&self, key: Key) -> Result<ElementIx, Rejection> {
        let id = &self.instance(key)?.element;
        self.graph
            .find(id)
            .ok_or_else(|| Rejection::UnknownElement(id.to_string()))
    }

    /// The scope in which an element instance stands.
    pub(crate) fn scope_of(&self, key: Key) -> Key {
        self.state
            .elements
            .get(&key)
            .map_or(self.state.key, |instance| instance.scope)
    }

    /// Moves tokens until none can, or there were enough for one step. Answers whether some are left.
    fn run(&mut self) -> Result<bool, StepError> {
        let mut left = TRANSITIONS_PER_STEP;
        loop {
            while let Some((flow, scope)) = self.moving.pop_front() {
                if left == 0 {
                    return Ok(true);
                }
                left -= 1;
                self.arrive(flow, scope)?;
            }
            if !self.settle()? {
                return Ok(false);
            }
        }
    }
}
