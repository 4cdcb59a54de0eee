//! Books kept of events alone, without the state: what began, where tokens stand, what is waited for. Whatever ends must
//! have begun, and whatever a token does must follow from the diagram.

mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use redthread_bpmn::graph::{ElementIx, ElementKind, Id, ProcessGraph, Trigger};
use redthread_core::event::Event;
use redthread_core::state::Phase;
use redthread_core::{InstanceState, Key};

use crate::failure::{Failure, law};

/// The life of an element instance, as its events tell it.
#[derive(Clone, Debug)]
struct Life {
    ix: ElementIx,
    scope: Key,
    phase: Phase,
    is_round: bool,
}

/// How often something happened to an element.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub entered: u64,
    pub completed: u64,
    pub terminated: u64,
}

/// An element that has completed: the tokens that it gives follow.
struct Giving {
    ix: ElementIx,
    scope: Key,
    is_round: bool,
    taken: BTreeMap<Id, u32>,
}

pub struct Ledger<'g> {
    graph: &'g ProcessGraph,
    root: Key,
    lives: BTreeMap<Key, Life>,
    past: BTreeSet<Key>,
    tokens: BTreeMap<(Key, Id), u32>,
    waits: BTreeMap<Key, Key>,
    incidents: BTreeMap<Key, Key>,
    giving: Option<Giving>,
    /// What begins by itself has begun, once in each of its scopes.
    begun: BTreeSet<(Key, ElementIx)>,
    pub counts: BTreeMap<ElementIx, Counts>,
    /// The scopes of what can be undone, by its place in the order.
    kept: BTreeMap<Key, Key>,
    /// How much each event that undoes has still to undo.
    undoing: BTreeMap<Key, usize>,
    is_over: bool,
}

impl<'g> Ledger<'g> {
    pub fn new(graph: &'g ProcessGraph) -> Ledger<'g> {
        Ledger {
            graph,
            root: Key::default(),
            lives: BTreeMap::new(),
            past: BTreeSet::new(),
            tokens: BTreeMap::new(),
            waits: BTreeMap::new(),
            incidents: BTreeMap::new(),
            giving: None,
            begun: BTreeSet::new(),
            counts: BTreeMap::new(),
            kept: BTreeMap::new(),
            undoing: BTreeMap::new(),
            is_over: false,
        }
    }

    /// Enters the events of a step.
    pub fn enter(&mut self, events: &[Event]) -> Result<(), Failure> {
        for event in events {
            self.enter_one(event).map_err(|failure| Failure {
                found: format!("{} (at {event:?})", failure.found),
                ..failure
            })?;
        }
        self.given()
    }

    fn enter_one(&mut self, event: &Event) -> Result<(), Failure> {
        law(
            !self.is_over,
            "nothing moves in a finished instance",
            || "an event follows the end".into(),
        )?;
        if !matches!(event, Event::FlowTaken { .. }) {
            self.given()?;
        }
        match event {
            Event::InstanceStarted { instance, .. } => self.root = *instance,
            Event::InstanceCompleted
            | Event::InstanceTerminated { .. }
            | Event::InstanceFailed { .. } => {
                self.is_over = true;
                let left = (
                    self.lives.len(),
                    self.tokens.len(),
                    self.waits.len(),
                    self.incidents.len(),
                );
                return law(
                    left == (0, 0, 0, 0),
                    "nothing is left in a finished instance",
                    || format!("(elements, tokens, waits, incidents): {left:?}"),
                );
            }
            Event::FlowTaken { flow, scope } => return self.flow_taken(flow, *scope),
            Event::TokensDiscarded { scope } => {
                self.lives_scope(*scope)?;
                self.tokens.retain(|(of, _), _| of != scope);
            }
            Event::ElementActivating {
                element_instance,
                element,
                scope,
                consumed,
                ..
            } => return self.begins(*element_instance, element, *scope, consumed),
            Event::GatewayReset {
                element_instance,
                consumed,
            } => {
                let scope = self.life(*element_instance)?.scope;
                self.consume(scope, consumed)?;
            }
            Event::ElementActivated { element_instance } => {
                return self.turns(*element_instance, Phase::Activating, Phase::Active);
            }
            Event::ElementCompleting { element_instance } => {
                return self.turns(*element_instance, Phase::Active, Phase::Completing);
            }
            Event::ElementCompleted {
                element_instance, ..
            } => return self.completes(*element_instance),
            Event::ElementTerminated {
                element_instance, ..
            } => {
                let life = self.ends(*element_instance)?;
                self.counts.entry(life.ix).or_default().terminated += 1;
            }
            Event::VariablesSet { scope, .. } => self.lives_scope(*scope)?,
            Event::BodyChanged {
                element_instance, ..
            }
            | Event::ItemCompleted {
                element_instance, ..
            }
            | Event::DecisionEvaluated {
                element_instance, ..
            } => {
                self.life(*element_instance)?;
            }
            Event::TaskCreated {
                key,
                element_instance,
                ..
            }
            | Event::JobCreated {
                key,
                element_instance,
                ..
            }
            | Event::TimerScheduled {
                key,
                element_instance,
                ..
            }
            | Event::SubscriptionOpened {
                key,
                element_instance,
                ..
            }
            | Event::WatchOpened {
                key,
                element_instance,
                ..
            }
            | Event::SignalAwaited {
                key,
                element_instance,
                ..
            }
            | Event::ConditionAwaited {
                key,
                element_instance,
                ..
            }
            | Event::InstanceCalled {
                key,
                element_instance,
                ..
            } => {
                self.lives_scope(*element_instance)?;
                let before = self.waits.insert(*key, *element_instance);
                return law(
                    before.is_none(),
                    "what is waited for has a key of its own",
                    || format!("{key}"),
                );
            }
            Event::TaskEnded { key, .. }
            | Event::JobEnded { key, .. }
            | Event::TimerEnded { key, .. }
            | Event::SubscriptionEnded { key, .. }
            | Event::WatchEnded { key, .. }
            | Event::SignalEnded { key, .. }
            | Event::ConditionEnded { key, .. }
            | Event::CallEnded { key, .. } => {
                let before = self.waits.remove(key);
                return law(before.is_some(), "what ends was waited for", || {
                    format!("{key}")
                });
            }
            Event::IncidentRaised {
                key,
                element_instance,
                ..
            } => {
                self.lives_scope(*element_instance)?;
                self.incidents.insert(*key, *element_instance);
            }
            Event::IncidentResolved { key } => {
                let before = self.incidents.remove(key);
                return law(before.is_some(), "what is resolved was stuck", || {
                    format!("{key}")
                });
            }
            Event::EventTriggered { scope, .. } => self.lives_scope(*scope)?,
            Event::TaskAssigned { key, .. }
            | Event::JobFailed { key, .. }
            | Event::JobRetried { key, .. }
            | Event::ConditionChanged { key, .. } => {
                return law(
                    self.waits.contains_key(key),
                    "what changes is waited for",
                    || format!("{key}"),
                );
            }
            Event::CompensationKept { key, compensable } => {
                self.life(compensable.element_instance)?;
                self.kept.insert(*key, compensable.scope);
            }
            Event::CompensationThrown {
                element_instance,
                compensates,
            } => return self.undoes(*element_instance, compensates),
            Event::CompensationBegun {
                element_instance,
                thrower,
            } => {
                self.life(*element_instance)?;
                let left = self.undoing.get(thrower).copied().unwrap_or_default();
                law(left > 0, "only what was thrown is undone", || {
                    format!("{thrower}")
                })?;
                self.undoing.insert(*thrower, left - 1);
            }
            Event::MessageThrown { .. }
            | Event::SignalThrown { .. }
            | Event::EscalationThrown { .. }
            | Event::ErrorCaught { .. } => {}
        }
        Ok(())
    }

    fn life(&self, key: Key) -> Result<&Life, Failure> {
        self.lives.get(&key).ok_or_else(|| Failure {
            law: "what something happens to lives",
            found: format!("{key}; it lived once: {}", self.past.contains(&key)),
        })
    }

    fn lives_scope(&self, key: Key) -> Result<(), Failure> {
        match key == self.root {
            true => Ok(()),
            false => self.life(key).map(|_| ()),
        }
    }

    fn name(&self, ix: ElementIx) -> &str {
        &self.graph.element(ix).id
    }

    fn begins(
        &mut self,
        key: Key,
        element: &Id,
        scope: Key,
        consumed: &[Id],
    ) -> Result<(), Failure> {
        self.lives_scope(scope)?;
        let is_new = !self.past.contains(&key) && !self.lives.contains_key(&key);
        law(is_new, "a key is used once", || format!("{key}"))?;
        let ix = self.graph.find(element).ok_or_else(|| Failure {
            law: "elements are in the diagram",
            found: element.to_string(),
        })?;
        let around = self.lives.get(&scope).map(|life| life.ix);
        let is_round = around == Some(ix);
        let stands_right = match is_round {
            true => self.graph.element(ix).repetition.is_some() && !self.lives[&scope].is_round,
            // What undoes an activity of a sub-process that has completed stands where that was asked for.
            false => self.graph.element(ix).parent == around || undoes(self.graph, ix),
        };
        law(stands_right, "an element stands in its own scope", || {
            element.to_string()
        })?;
        self.consume(scope, consumed)?;
        if !is_round {
            self.may_begin(ix, scope, consumed)?;
        }
        let life = Life {
            ix,
            scope,
            phase: Phase::Activating,
            is_round,
        };
        self.lives.insert(key, life);
        self.counts.entry(ix).or_default().entered += 1;
        Ok(())
    }

    /// What completed last is undone first, and nothing twice (10.7.2).
    fn undoes(&mut self, thrower: Key, compensates: &[Key]) -> Result<(), Failure> {
        self.life(thrower)?;
        let mut last: BTreeMap<Key, Key> = BTreeMap::new();
        for key in compensates {
            let scope = self.kept.remove(key).ok_or_else(|| Failure {
                law: "what is undone was kept, and is undone once",
                found: format!("{key}"),
            })?;
            let before = last.insert(scope, *key);
            law(
                before.is_none_or(|before| before > *key),
                "what completed last is undone first",
                || format!("{compensates:?}"),
            )?;
        }
        self.undoing.insert(thrower, compensates.len());
        Ok(())
    }

    fn turns(&mut self, key: Key, from: Phase, to: Phase) -> Result<(), Failure> {
        let phase = self.life(key)?.phase;
        law(phase == from, "a life goes from phase to phase", || {
            format!("{key}: {phase:?} to {to:?}")
        })?;
        if let Some(life) = self.lives.get_mut(&key) {
            life.phase = to;
        }
        Ok(())
    }

    fn completes(&mut self, key: Key) -> Result<(), Failure> {
        let phase = self.life(key)?.phase;
        law(
            phase == Phase::Completing,
            "a life goes from phase to phase",
            || format!("{key}: {phase:?} to completed"),
        )?;
        let left = self.undoing.remove(&key).unwrap_or_default();
        law(
            left == 0,
            "an event that undoes completes when all is undone",
            || format!("{key}: {left} left"),
        )?;
        let life = self.ends(key)?;
        self.counts.entry(life.ix).or_default().completed += 1;
        self.giving = Some(Giving {
            ix: life.ix,
            scope: life.scope,
            is_round: life.is_round,
            taken: BTreeMap::new(),
        });
        Ok(())
    }

    /// Takes what ends out of the books: nothing in it may be left.
    fn ends(&mut self, key: Key) -> Result<Life, Failure> {
        let life = self.life(key)?.clone();
        self.lives.remove(&key);
        self.past.insert(key);
        let name = self.name(life.ix);
        let has_child = self.lives.values().any(|child| child.scope == key);
        law(!has_child, "what is in an element ends before it", || {
            name.to_owned()
        })?;
        let has_token = self.tokens.keys().any(|(scope, _)| *scope == key);
        law(!has_token, "no token stays behind in an element", || {
            name.to_owned()
        })?;
        let waits = self.waits.values().any(|owner| *owner == key);
        law(!waits, "what has ended waits for nothing", || {
            name.to_owned()
        })?;
        let is_stuck = self.incidents.values().any(|owner| *owner == key);
        law(!is_stuck, "what has ended is not stuck", || name.to_owned())?;
        Ok(life)
    }

    /// Compares the books with the state.
    pub fn compare(&self, state: &InstanceState) -> Result<(), Failure> {
        let mut standing: BTreeMap<(Key, Id), u32> = BTreeMap::new();
        for token in state.tokens.iter() {
            *standing
                .entry((token.scope, token.flow.clone()))
                .or_default() += 1;
        }
        law(
            standing == self.tokens,
            "tokens taken less tokens consumed stand",
            || format!("state {standing:?}, events {:?}", self.tokens),
        )?;
        let lives = state
            .elements
            .iter()
            .map(|(key, instance)| (*key, (instance.scope, instance.phase)));
        let told = self
            .lives
            .iter()
            .map(|(key, life)| (*key, (life.scope, life.phase)));
        law(lives.eq(told), "what began and has not ended lives", || {
            "elements differ".into()
        })?;
        let waits = state
            .waits
            .iter()
            .map(|(key, wait)| (*key, wait.element_instance));
        law(
            waits.eq(self.waits.iter().map(|(key, owner)| (*key, *owner))),
            "what was opened and not closed is open",
            || "waits differ".into(),
        )?;
        let stuck = state
            .incidents
            .iter()
            .map(|(key, incident)| (*key, incident.element_instance));
        law(
            stuck.eq(self.incidents.iter().map(|(key, owner)| (*key, *owner))),
            "what was raised and not resolved is open",
            || "incidents differ".into(),
        )?;
        for (ix, counts) in &self.counts {
            let alive = self.lives.values().filter(|life| life.ix == *ix).count() as u64;
            law(
                counts.entered == counts.completed + counts.terminated + alive,
                "entered is completed, terminated or alive",
                || format!("{}: {counts:?}, {alive} alive", self.name(*ix)),
            )?;
        }
        self.interrupted()
    }

    /// An activity that is left by an interrupting boundary event has not completed (13.5.3).
    fn interrupted(&self) -> Result<(), Failure> {
        let graph = self.graph;
        let entered = |ix: &ElementIx| self.counts.get(ix).map_or(0, |counts| counts.entered);
        let interrupts = |ix: &ElementIx| {
            let kind = &graph.element(*ix).kind;
            matches!(
                kind,
                ElementKind::BoundaryEvent {
                    interrupting: true,
                    ..
                }
            )
        };
        for (ix, counts) in &self.counts {
            let boundary = graph.element(*ix).boundary.iter();
            let left: u64 = boundary.filter(|ix| interrupts(ix)).map(entered).sum();
            law(
                left <= counts.terminated,
                "what an interrupting event leaves is terminated",
                || format!("{}: {counts:?}, left {left} times", self.name(*ix)),
            )?;
        }
        Ok(())
    }
}

/// Whether an element is begun to undo another: as its handler, or as a compensation event sub-process.
fn undoes(graph: &ProcessGraph, ix: ElementIx) -> bool {
    let mut starts = graph.start_events(Some(ix));
    graph.element(ix).for_compensation
        || starts.any(|(_, trigger)| matches!(trigger, Trigger::Compensation))
}
