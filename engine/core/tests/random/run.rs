//! One instance of a random model, and the laws that hold after every step of it.

use std::sync::{Arc, LazyLock};

use redthread_bpmn::graph::{Binding, ProcessGraph};
use redthread_calendar::{Timestamp, Zone};
use redthread_core::event::Event;
use redthread_core::state::Status;
use redthread_core::{
    Command, Decision, Fact, Facts, Inputs, InstanceState, Key, LookedUp, Step, StepError, apply,
    step,
};
use redthread_feel::Value;

use crate::failure::{Failure, law};
use crate::ledger::Ledger;
use crate::still;

/// The decision that business rule tasks call.
static DECISION: LazyLock<Decision> = LazyLock::new(|| {
    let file = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="file" name="file" namespace="file">
        <decision id="decide" name="decide"><variable name="decide"/><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>"#;
    let model = redthread_dmn::read(file.as_bytes(), &redthread_dmn::Limits::default())
        .expect("a decision");
    Decision {
        key: Key(7),
        id: "decide".into(),
        name: "decide".into(),
        version: 1,
        model: Some(model.decisions()),
    }
});

/// What the world answers.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// Called processes and decisions are deployed.
    pub is_deployed: bool,
}

pub struct Run<'g> {
    pub graph: &'g ProcessGraph,
    /// As the last step left it.
    pub state: InstanceState,
    /// The same, stored and loaded after every step.
    loaded: InstanceState,
    /// The same, by its events alone.
    replayed: InstanceState,
    pub ledger: Ledger<'g>,
    pub now: Timestamp,
    next_key: Key,
    pub unfinished: bool,
    /// What was asked.
    pub commands: Vec<Command>,
}

impl<'g> Run<'g> {
    pub fn new(graph: &'g ProcessGraph) -> Run<'g> {
        Run {
            graph,
            state: InstanceState::default(),
            loaded: InstanceState::default(),
            replayed: InstanceState::default(),
            ledger: Ledger::new(graph),
            now: Timestamp::parse("2026-01-05T09:00:00Z").expect("a time"),
            next_key: Key(100),
            unfinished: false,
            commands: Vec::new(),
        }
    }

    pub fn is_over(&self) -> bool {
        !matches!(self.state.status, Status::New | Status::Active)
    }

    /// Sends a command. Answers whether it was carried out.
    pub fn send(&mut self, command: Command, world: World) -> Result<bool, Failure> {
        self.commands.push(command.clone());
        let mut inputs = self.inputs();
        let taken = match decided(self.graph, &self.state, &command, &mut inputs, world) {
            Ok(taken) => taken,
            Err(_) => {
                let again = step(self.graph, &self.loaded, &command, &inputs);
                law(
                    again.is_err(),
                    "the same command does the same to a loaded state",
                    || "it was refused".into(),
                )?;
                return Ok(false);
            }
        };
        let again = step(self.graph, &self.loaded, &command, &inputs);
        law(
            again.as_ref() == Ok(&taken),
            "the same command does the same to a loaded state",
            || differs(&taken, again.as_ref().ok()),
        )?;
        self.ledger.enter(&taken.events)?;
        for event in &taken.events {
            apply(&mut self.replayed, event);
        }
        law(
            self.replayed == taken.state,
            "a replay gives the same state",
            || command_name(&command),
        )?;
        self.store_and_load(&taken)?;
        self.next_key = taken.next_key;
        self.unfinished = taken.unfinished;
        self.state = taken.state;
        self.ledger.compare(&self.state)?;
        if !self.unfinished {
            still::check(self.graph, &self.state)?;
            self.stands_still(world)?;
        }
        Ok(true)
    }

    fn inputs(&self) -> Inputs {
        Inputs {
            now: self.now,
            zone: Zone::UTC,
            seed: 1,
            first_key: self.next_key,
            owner: Some("owner".into()),
            facts: Facts::default(),
        }
    }

    fn store_and_load(&mut self, taken: &Step) -> Result<(), Failure> {
        let wrong = |what: &str| Failure {
            law: "what is stored loads as it was",
            found: what.to_owned(),
        };
        let stored =
            serde_json::to_string(&taken.state).map_err(|error| wrong(&error.to_string()))?;
        self.loaded = serde_json::from_str(&stored).map_err(|error| wrong(&error.to_string()))?;
        law(
            self.loaded == taken.state,
            "what is stored loads as it was",
            || stored.clone(),
        )?;
        let stored =
            serde_json::to_string(&taken.events).map_err(|error| wrong(&error.to_string()))?;
        let events: Vec<Event> =
            serde_json::from_str(&stored).map_err(|error| wrong(&error.to_string()))?;
        law(
            events == taken.events,
            "what is stored loads as it was",
            || stored.clone(),
        )
    }

    /// Nothing can move: going on changes nothing.
    fn stands_still(&self, world: World) -> Result<(), Failure> {
        if self.is_over() {
            return Ok(());
        }
        let mut inputs = self.inputs();
        match decided(
            self.graph,
            &self.loaded,
            &Command::Continue,
            &mut inputs,
            world,
        ) {
            Ok(taken) => law(
                taken.events.is_empty() && !taken.unfinished,
                "an instance that stands still is still",
                || format!("going on does {:?}", taken.events),
            ),
            Err(error) => Err(Failure {
                law: "an instance that stands still is still",
                found: error.to_string(),
            }),
        }
    }
}

fn differs(taken: &Step, again: Option<&Step>) -> String {
    let Some(again) = again else {
        return "it was refused".into();
    };
    let pairs = taken.events.iter().zip(&again.events);
    match pairs.into_iter().find(|(one, other)| one != other) {
        Some((one, other)) => format!("{one:?} and {other:?}"),
        None => format!("{} and {} events", taken.events.len(), again.events.len()),
    }
}

fn command_name(command: &Command) -> String {
    format!("after {command:?}")
}

/// Decides a command, with all facts that it asks for.
fn decided(
    graph: &ProcessGraph,
    state: &InstanceState,
    command: &Command,
    inputs: &mut Inputs,
    world: World,
) -> Result<Step, StepError> {
    loop {
        let fact = match step(graph, state, command, inputs) {
            Err(StepError::Needs(fact)) => fact,
            decided => return decided,
        };
        let facts = &mut inputs.facts;
        match fact {
            Fact::Subject => facts.subject = Some(Value::Context(Arc::default())),
            Fact::Team(name) => {
                facts.teams.insert(name, None);
            }
            Fact::Decision { id, binding } => {
                let found = world.is_deployed.then(|| DECISION.clone());
                facts.decisions.push(looked_up(id, binding, found));
            }
            Fact::Process { id, binding } => {
                let found = world.is_deployed.then_some(Key(9));
                facts.processes.push(looked_up(id, binding, found));
            }
            Fact::Calendar => facts.calendar = Some(Arc::default()),
        }
    }
}

fn looked_up<T>(id: Arc<str>, binding: Binding, found: Option<T>) -> LookedUp<T> {
    LookedUp { id, binding, found }
}
