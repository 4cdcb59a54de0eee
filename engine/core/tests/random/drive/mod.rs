//! Random but valid commands: first whatever may happen, then what leads to an end.

mod answer;

use redthread_bpmn::graph::{Activates, ElementKind, ProcessGraph, SubProcess};
use redthread_core::incident::IncidentCode;
use redthread_core::state::{Body, Caller, Incident, OuterCatch, Phase, Thrown, Wait, WaitKind};
use redthread_core::{CallOutcome, Command, Holder, Key, Subject, Variables};
use redthread_feel::Value;

use answer::number;

use crate::failure::{Failure, law};
use crate::model::{Called, Model};
use crate::rng::Rng;
use crate::run::{Run, World};

/// How many commands are sent in which anything may happen.
const FREE: usize = 10;
/// After how many more commands an instance that can end must have ended.
const PATIENCE: usize = 400;

/// What became of an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// It ended by itself.
    ByItself,
    /// It was cancelled: it stood where nothing could come, or would have gone on for ever.
    Cancelled,
}

pub struct Driver<'r, 'g> {
    pub run: &'r mut Run<'g>,
    rng: Rng,
    /// Nothing may change the variables that decide about ways.
    predictable: bool,
    is_deployed: bool,
}

impl<'r, 'g> Driver<'r, 'g> {
    pub fn new(run: &'r mut Run<'g>, model: &Model, rng: Rng) -> Driver<'r, 'g> {
        Driver {
            run,
            rng,
            predictable: model.predictable,
            is_deployed: true,
        }
    }

    /// Drives an instance from its start to its end. `ends`: it must end by itself.
    pub fn drive(&mut self, model: &Model, ends: bool) -> Result<Ending, Failure> {
        self.start(model)?;
        let free = self.rng.below(FREE);
        for _ in 0..free {
            if !self.go_on(ends)? {
                return self.end(ends);
            }
            if let Some(command) = self.anything() {
                self.send(command)?;
            }
        }
        self.is_deployed = true;
        let patience = if ends { PATIENCE } else { 25 };
        for _ in 0..patience {
            if !self.go_on(ends)? {
                return self.end(ends);
            }
            match self.onwards() {
                Some(command) => self.send(command)?,
                None => break,
            };
        }
        self.end(ends)
    }

    fn end(&mut self, ends: bool) -> Result<Ending, Failure> {
        if self.run.is_over() {
            return Ok(Ending::ByItself);
        }
        law(!ends, "every instance that can end ends", || {
            let state = &self.run.state;
            let at: Vec<String> = state
                .elements
                .values()
                .map(|instance| instance.element.to_string())
                .collect();
            let tokens: Vec<String> = state
                .tokens
                .iter()
                .map(|token| token.flow.to_string())
                .collect();
            format!(
                "it stands at {at:?} and {tokens:?}, unfinished: {}",
                self.run.unfinished
            )
        })?;
        self.send(Command::Cancel { reason: None })?;
        Ok(Ending::Cancelled)
    }

    /// Lets a step that had enough go on. Answers whether there is more to ask.
    fn go_on(&mut self, ends: bool) -> Result<bool, Failure> {
        // One that may go on for ever is seldom let go on: that takes long, and shows little.
        let mut steps = if ends {
            20
        } else {
            usize::from(self.rng.percent(15))
        };
        while self.run.unfinished && !self.run.is_over() {
            if steps == 0 {
                return Ok(false);
            }
            steps -= 1;
            self.send(Command::Continue)?;
        }
        Ok(!self.run.is_over())
    }

    fn send(&mut self, command: Command) -> Result<bool, Failure> {
        let world = World {
            is_deployed: self.is_deployed,
        };
        self.run.send(command, world)
    }

    fn start(&mut self, model: &Model) -> Result<(), Failure> {
        let graph = self.run.graph;
        let mut elements: Vec<Option<_>> = graph
            .triggered_starts()
            .iter()
            .map(|start| Some(graph.element(start.element).id.clone()))
            .collect();
        if graph.can_start() {
            elements.push(None);
        }
        self.is_deployed = self.rng.percent(90);
        let command = Command::Start {
            instance: Key(1),
            definition: Key(2),
            element: self.rng.pick(&elements),
            variables: Variables::from([
                ("n".into(), number(model.n)),
                ("a".into(), Value::Boolean(false)),
                ("b".into(), Value::Boolean(model.n > 2)),
                ("s".into(), number(0)),
            ]),
            subject: model.has_subject.then(|| Subject {
                kind: "case".into(),
                key: "1".into(),
            }),
            causes: Vec::new(),
            caller: model.caller.map(caller),
        };
        let started = self.send(command)?;
        law(started, "a process that can start starts", || {
            "it was refused".into()
        })
    }

    /// Something that may happen now.
    fn anything(&mut self) -> Option<Command> {
        self.is_deployed = self.rng.percent(90);
        match self.rng.below(20) {
            0 => return Some(Command::Continue),
            1 if !self.predictable => return Some(self.variables_by_hand()),
            2 => return Some(self.nonsense()),
            _ => {}
        }
        let incident = self.incident();
        if let Some((key, _)) = incident
            && self.rng.percent(60)
        {
            return Some(Command::Retry { incident: key });
        }
        if self.rng.percent(25)
            && let Some(command) = self.activate(false)
        {
            return Some(command);
        }
        let (key, wait) = self.wait(|_, _| true)?;
        let command = self.answer(key, &wait);
        Some(command)
    }

    /// Something that leads on.
    fn onwards(&mut self) -> Option<Command> {
        if let Some((key, incident)) = self.incident() {
            let mends = incident.code != IncidentCode::JobFailed && self.rng.percent(50);
            return Some(match mends {
                true => Command::SetVariables {
                    scope: self.either(incident.element_instance),
                    variables: self.mended(),
                    reason: None,
                },
                false => Command::Retry { incident: key },
            });
        }
        if self.rng.percent(20)
            && let Some(command) = self.activate(true)
        {
            return Some(command);
        }
        // What can occur again and again leads to no end.
        let found = self.wait(|graph, wait| !repeats(graph, wait));
        let Some((key, wait)) = found else {
            if self.rng.percent(30) && !self.predictable {
                return Some(self.variables_by_hand());
            }
            return self.activate(true).or_else(|| {
                let (key, wait) = self.wait(|_, _| true)?;
                Some(self.lead_on(key, &wait))
            });
        };
        Some(self.lead_on(key, &wait))
    }

    fn lead_on(&mut self, key: Key, wait: &Wait) -> Command {
        match &wait.what {
            WaitKind::Job(_) => Command::CompleteJob {
                job: key,
                variables: Variables::new(),
            },
            WaitKind::Call(_) => Command::EndCall {
                call: key,
                outcome: CallOutcome::Completed {
                    variables: Variables::new(),
                },
            },
            WaitKind::Task(_) => Command::CompleteTask {
                task: key,
                holder: Holder::Anyone,
                variables: Variables::new(),
            },
            _ => self.answer(key, wait),
        }
    }

    fn incident(&mut self) -> Option<(Key, Incident)> {
        let incidents: Vec<_> = self.run.state.incidents.iter().collect();
        match incidents.is_empty() {
            true => None,
            false => {
                let (key, incident) = incidents[self.rng.below(incidents.len())];
                Some((*key, incident.clone()))
            }
        }
    }

    fn wait(&mut self, is_meant: impl Fn(&ProcessGraph, &Wait) -> bool) -> Option<(Key, Wait)> {
        let graph = self.run.graph;
        let stuck = &self.run.state.incidents;
        let waits: Vec<_> = self
            .run
            .state
            .waits
            .iter()
            // What is stuck with a job waits for somebody to try again.
            .filter(|(_, wait)| stuck.of(wait.element_instance).next().is_none())
            .filter(|(_, wait)| is_meant(graph, wait))
            .collect();
        match waits.is_empty() {
            true => None,
            false => {
                let (key, wait) = waits[self.rng.below(waits.len())];
                Some((*key, wait.clone()))
            }
        }
    }

    /// Begins something in an ad-hoc sub-process that runs. `idle`: in which nothing runs.
    fn activate(&mut self, idle: bool) -> Option<Command> {
        let graph = self.run.graph;
        let mut choices = Vec::new();
        for (key, instance) in self.run.state.elements.iter() {
            let Some(ix) = graph.find(&instance.element) else {
                continue;
            };
            if let ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) = &graph.element(ix).kind
                && matches!(instance.body.as_deref(), Some(Body::AdHoc { .. }))
                && instance.phase == Phase::Active
                && !(idle && self.run.state.children(*key).next().is_some())
                && (!self.predictable || matches!(ad_hoc.activates, Activates::Nothing))
            {
                let initial = graph.initial(Some(ix));
                let elements = initial.into_iter().map(|ix| graph.element(ix).id.clone());
                choices.push((*key, elements.collect::<Vec<_>>()));
            }
        }
        if choices.is_empty() {
            return None;
        }
        let (ad_hoc, elements) = self.rng.pick(&choices);
        let number = self.rng.between(1, 2);
        let elements = match elements.is_empty() {
            true => Vec::new(),
            false => (0..number).map(|_| self.rng.pick(&elements)).collect(),
        };
        // What is looked at when something in it has completed may have changed with it.
        let variables = match self.rng.percent(50) {
            true => self.mended(),
            false => Variables::new(),
        };
        Some(Command::ActivateElements {
            ad_hoc,
            elements,
            variables,
        })
    }

    fn variables_by_hand(&mut self) -> Command {
        let scopes: Vec<Key> = self.run.state.elements.keys().copied().collect();
        let inner = match scopes.is_empty() {
            true => self.run.state.key,
            false => self.rng.pick(&scopes),
        };
        let variables = match self.rng.percent(50) {
            true => self.mended(),
            false => self.payload(),
        };
        Command::SetVariables {
            scope: self.either(inner),
            variables,
            reason: None,
        }
    }

    /// This scope, or the instance.
    fn either(&mut self, scope: Key) -> Key {
        match self.rng.percent(50) && self.run.state.is_scope(scope) {
            true => scope,
            false => self.run.state.key,
        }
    }

    /// A command that must be refused, or do nothing: it names what is not there, or not of its kind.
    fn nonsense(&mut self) -> Command {
        let waits: Vec<Key> = self.run.state.waits.keys().copied().collect();
        let key = match waits.is_empty() {
            true => Key(3),
            false => self.rng.pick(&waits),
        };
        match self.run.state.waits.get(&key).map(|wait| &wait.what) {
            Some(WaitKind::Task(_)) => Command::FireTimer { timer: key },
            _ => Command::CompleteTask {
                task: key,
                holder: Holder::Anyone,
                variables: Variables::new(),
            },
        }
    }
}

fn caller(called: Called) -> Caller {
    let catch = |thrown, interrupting| OuterCatch {
        thrown,
        code: None,
        interrupting,
    };
    let mut catches = Vec::new();
    if called.catches_escalations {
        catches.push(catch(Thrown::Escalation, called.interrupting));
    }
    if called.catches_errors {
        catches.push(catch(Thrown::Error, true));
    }
    Caller {
        instance: Key(5),
        depth: 1,
        catches,
    }
}

/// Whether what is waited for can come again and again.
fn repeats(graph: &ProcessGraph, wait: &Wait) -> bool {
    let event = wait.what.event().and_then(|event| graph.find(event));
    event.is_some_and(|event| {
        matches!(
            graph.element(event).kind,
            ElementKind::StartEvent {
                interrupting: false,
                ..
            } | ElementKind::BoundaryEvent {
                interrupting: false,
                ..
            }
        )
    })
}
