//! Decides what a command does.
//!
//! A step takes tokens from sequence flows, one after the other, until none can move; then [`crate::quiescence`] looks at
//! what depends on the whole; and so on until both are still. The step works on a scratch copy of the state and writes to
//! it through one function, [`Stepper::emit`].

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use redthread_bpmn::graph::{ElementIx, ElementKind, FlowIx, ProcessGraph, Throw};

use crate::apply::apply;
use crate::command::{Command, Variables};
use crate::decide::decide;
use crate::event::Event;
use crate::incident::Stuck;
use crate::inputs::{Fact, Inputs};
use crate::key::Key;
use crate::limits::Counted;
use crate::rejection::Rejection;
use crate::state::{ElementInstance, InstanceState, Status};
use crate::trigger::condition;

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
        throwing: VecDeque::new(),
        touched: BTreeSet::new(),
        changed: Changed::Nothing,
        next_key: inputs.first_key,
        evaluations: 0,
        facts_used: false,
        counted: Counted::default(),
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

/// Whether an element throws something that another branch of the same instance may be about to wait for.
fn throws(kind: &ElementKind) -> bool {
    let parts = kind.throw().map(Throw::parts).into_iter().flatten();
    parts.into_iter().any(|part| {
        matches!(
            part,
            Throw::Signal(_) | Throw::Message(_) | Throw::Escalation(_) | Throw::Error(_)
        )
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
    moving: VecDeque<(FlowIx, Key)>,
    /// Those whose next element throws something: they go last, so that what catches it in another branch is there.
    throwing: VecDeque<(FlowIx, Key)>,
    /// Scopes in which something has changed, so that they may be finished, and elements that may go on by themselves.
    pub touched: BTreeSet<Key>,
    /// What conditions that are waited for have not been looked at with.
    pub changed: Changed,
    next_key: Key,
    pub evaluations: u64,
    pub facts_used: bool,
    pub counted: Counted,
}

/// What has changed since the conditions that are waited for were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Nothing that they could depend on.
    Nothing,
    /// The variables of these names.
    Variables(BTreeSet<Arc<str>>),
    /// Anything: all conditions are looked at.
    Anything,
}

impl Stepper<'_> {
    /// The one way in which state changes.
    pub(crate) fn emit(&mut self, event: Event) {
        self.note_touched(&event);
        self.note_changed(&event);
        apply(&mut self.state, &event);
        self.events.push(event);
    }

    fn note_changed(&mut self, event: &Event) {
        if !self.graph.has_conditions {
            return;
        }
        match event {
            Event::VariablesSet { variables, .. } => match &mut self.changed {
                Changed::Nothing => {
                    self.changed = Changed::Variables(variables.keys().cloned().collect());
                }
                Changed::Variables(names) => names.extend(variables.keys().cloned()),
                Changed::Anything => {}
            },
            Event::ConditionAwaited { .. } => self.changed = Changed::Anything,
            _ => {}
        }
    }

    fn note_touched(&mut self, event: &Event) {
        let scope = match event {
            Event::ElementCompleted {
                element_instance, ..
            }
            | Event::ElementTerminated {
                element_instance, ..
            } => {
                let Some(instance) = self.state.elements.get(element_instance) else {
                    return;
                };
                // What undid something lets the event go on that asked for it.
                if let Some(undoes) = &instance.undoes {
                    self.touched.insert(undoes.thrower);
                }
                instance.scope
            }
            Event::TokensDiscarded { scope } => *scope,
            Event::InstanceStarted { instance, .. } => *instance,
            // One in which nothing begins is finished at once.
            Event::BodyChanged {
                element_instance, ..
            } => *element_instance,
            _ => return,
        };
        self.touched.insert(scope);
    }

    /// A token on `flow` may be able to move.
    pub(crate) fn move_on(&mut self, flow: FlowIx, scope: Key) {
        let target = self.graph.element(self.graph.flow(flow).target);
        match throws(&target.kind) {
            true => self.throwing.push_back((flow, scope)),
            false => self.moving.push_back((flow, scope)),
        }
    }

    /// Everything may be able to go on: the step before ended before it was done.
    pub(crate) fn touch_all(&mut self) {
        let graph = self.graph;
        let tokens: Vec<(FlowIx, Key)> = self
            .state
            .tokens
            .iter()
            .filter_map(|token| Some((graph.find_flow(&token.flow)?, token.scope)))
            .collect();
        for (flow, scope) in tokens {
            self.move_on(flow, scope);
        }
        self.touched.insert(self.state.key);
        self.touched.extend(self.state.elements.keys().copied());
        self.changed = Changed::Anything;
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

    /// What a condition ends must not go on first: conditions are looked at as soon as a variable has changed.
    fn look_at_conditions(&mut self, left: &mut u32) -> Result<(), StepError> {
        while *left > 0 && self.state.status == Status::Active && condition::look_at_all(self)? {
            *left -= 1;
        }
        Ok(())
    }

    fn next_token(&mut self) -> Option<(FlowIx, Key)> {
        let first = self.moving.pop_front();
        first.or_else(|| self.throwing.pop_front())
    }

    /// Moves tokens until none can, or there were enough for one step. Answers whether some are left.
    fn run(&mut self) -> Result<bool, StepError> {
        let mut left = TRANSITIONS_PER_STEP;
        loop {
            while let Some((flow, scope)) = self.next_token() {
                if left == 0 {
                    return Ok(true);
                }
                self.look_at_conditions(&mut left)?;
                // A token that has to wait takes nothing from what the step may do: thousands may wait before a join.
                if self.arrive(flow, scope)? {
                    left = left.saturating_sub(1);
                }
            }
            if left == 0 && !self.touched.is_empty() {
                return Ok(true);
            }
            if !self.settle(&mut left)? {
                return Ok(false);
            }
        }
    }
}
