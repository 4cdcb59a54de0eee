//! The one way in which these tests run processes: a diagram, commands in the words of BPMN, and the trace.
//!
//! After every step the history is replayed and the state is stored and loaded; both must give the same state.

use std::sync::Arc;

use redthread_bpmn::graph::{Binding, ProcessGraph};
use redthread_calendar::{Timestamp, Zone, parse_duration};
use redthread_core::event::Event;
use redthread_core::state::{Caller, OuterCatch, Status, Thrown, WaitKind};
use redthread_core::{
    CallOutcome, Command, Decision, Fact, Facts, Holder, Inputs, InstanceState, Key, LookedUp,
    Rejection, StepError, Subject, Variables,
};
use redthread_core::{replay, step};
use redthread_feel::Value;

pub use crate::diagram::*;

/// A running instance.
pub struct Run {
    graph: Arc<ProcessGraph>,
    pub state: InstanceState,
    pub history: Vec<Event>,
    now: Timestamp,
    next_key: Key,
    subject: Option<Value>,
    caller: Option<Caller>,
    unfinished: bool,
    /// The decisions that are deployed, each with its model. The first was uploaded together with the diagram.
    decisions: Vec<Decision>,
}

impl Run {
    /// Starts the process without variables.
    pub fn of(body: &str) -> Run {
        Run::with(body, "{}")
    }

    /// Starts the process with variables.
    pub fn with(body: &str, feel: &str) -> Run {
        Run::about(body, feel, None)
    }

    /// Starts the process about a record of the kind `case`.
    pub fn about(body: &str, feel: &str, record: Option<&str>) -> Run {
        let mut run = Run::before(body, record, "");
        run.start(feel).expect("the instance starts");
        run
    }

    /// Starts the process in a file that defines more.
    pub fn defining(definitions: &str, body: &str, feel: &str) -> Run {
        let mut run = Run::before(body, None, definitions);
        run.start(feel).expect("the instance starts");
        run
    }

    /// Starts the process because another instance calls it, which catches escalations.
    pub fn called(body: &str, interrupting: bool) -> Run {
        let mut run = Run::before(body, None, "");
        let catches = vec![OuterCatch {
            thrown: Thrown::Escalation,
            code: None,
            interrupting,
        }];
        run.caller = Some(Caller {
            instance: Key(7),
            depth: 1,
            catches,
        });
        run.start("{}").expect("the instance starts");
        run
    }

    /// The record that the instance is about is this now.
    pub fn with_record(mut self, record: &str) -> Run {
        self.subject = Run::before("<task id=\"Any\"/>", Some(record), "").subject;
        self
    }

    /// Says that the record has changed, to what watches it for an event.
    pub fn record_changed(&mut self, event: &str) -> &mut Run {
        let watch = self.wait(event, |what| matches!(what, WaitKind::Watch(_)));
        self.send(Command::RecordChanged { watch }).unwrap();
        self
    }

    /// The types of the open jobs.
    pub fn job_types(&self) -> Vec<&str> {
        let waits = self.state.waits.values();
        waits
            .filter_map(|wait| match &wait.what {
                WaitKind::Job(job) => Some(&*job.job_type),
                _ => None,
            })
            .collect()
    }

    /// Starts the process, which calls decisions of these files.
    pub fn deciding(body: &str, feel: &str, files: &[&str]) -> Run {
        let mut run = Run::before(body, None, "");
        for file in files {
            run.deploy(file);
        }
        run.start(feel).expect("the instance starts");
        run
    }

    /// Deploys the decisions of a file: as their next versions, if they are there already.
    pub fn deploy(&mut self, file: &str) {
        let model = redthread_dmn::read(file.as_bytes(), &redthread_dmn::Limits::default());
        let model = model.expect("the decisions are readable");
        assert!(!model.has_errors(), "{:#?}", model.problems);
        for info in model.decisions().decisions() {
            let id = info.id.clone().expect("an id");
            let before = self.decisions.iter().filter(|decision| decision.id == id);
            let version = before.count() as i32 + 1;
            self.decisions.push(Decision {
                key: Key(1_000 + self.decisions.len() as u64),
                id,
                name: info.name.clone(),
                version,
                model: Some(model.decisions()),
            });
        }
    }

    fn look_up(&self, id: &str, binding: &Binding) -> Option<Decision> {
        let mut versions = self.decisions.iter().filter(|decision| &*decision.id == id);
        match binding {
            Binding::Latest => versions.next_back(),
            Binding::Deployment => versions.next(),
            Binding::VersionTag(tag) => versions.rfind(|decision| {
                let model = decision.model.as_ref().expect("a model");
                model
                    .decision(id)
                    .and_then(|info| info.version_tag.as_ref())
                    == Some(tag)
            }),
        }
        .cloned()
    }

    fn before(body: &str, record: Option<&str>, definitions: &str) -> Run {
        Run {
            graph: process(definitions, body),
            caller: None,
            state: InstanceState::default(),
            history: Vec::new(),
            now: Timestamp::parse("2026-01-05T09:00:00Z").unwrap(),
            next_key: Key(100),
            subject: record.map(|record| {
                Value::Context(Arc::new(variables(record).into_iter().fold(
                    Default::default(),
                    |mut context: redthread_feel::Context, (n, v)| {
                        context.insert(n, v);
                        context
                    },
                )))
            }),
            unfinished: false,
            decisions: Vec::new(),
        }
    }

    fn start(&mut self, feel: &str) -> Result<(), Rejection> {
        let subject = self.subject.as_ref().map(|_| Subject {
            kind: "case".into(),
            key: "1".into(),
        });
        let start = Command::Start {
            instance: Key(1),
            definition: Key(2),
            element: None,
            variables: variables(feel),
            subject,
            causes: Vec::new(),
            caller: self.caller.clone(),
        };
        self.send(start)
    }

    /// Sends one command, and checks what must hold after every step.
    pub fn send(&mut self, command: Command) -> Result<(), Rejection> {
        let mut inputs = Inputs {
            now: self.now,
            zone: Zone::parse("Europe/Berlin").unwrap(),
            seed: 1,
            first_key: self.next_key,
            owner: Some("owner".into()),
            facts: Facts::default(),
        };
        let mut result = step(&self.graph, &self.state, &command, &inputs);
        while let Err(StepError::Needs(fact)) = &result {
            match fact {
                Fact::Subject => {
                    inputs.facts.subject = Some(self.subject.clone().expect("a subject"))
                }
                // There is one team.
                Fact::Team(name) => {
                    let team = (name == "Support desk").then(|| "support".to_owned());
                    inputs.facts.teams.insert(name.clone(), team);
                }
                // There is one process to call.
                Fact::Process { id, binding } => {
                    let found = (&**id == "billing").then_some(Key(50));
                    let (id, binding) = (id.clone(), binding.clone());
                    inputs.facts.processes.push(LookedUp { id, binding, found });
                }
                Fact::Calendar => inputs.facts.calendar = Some(Arc::default()),
                Fact::Decision { id, binding } => {
                    let found = self.look_up(id, binding);
                    let (id, binding) = (id.clone(), binding.clone());
                    inputs.facts.decisions.push(LookedUp { id, binding, found });
                }
            }
            result = step(&self.graph, &self.state, &command, &inputs);
        }
        let step = match result {
            Ok(step) => step,
            Err(StepError::Rejected(rejection)) => return Err(rejection),
            Err(StepError::Needs(fact)) => unreachable!("{fact:?}"),
        };
        self.history.extend(step.events);
        self.next_key = step.next_key;
        self.unfinished = step.unfinished;
        self.state = step.state;
        assert_eq!(
            replay(&self.history),
            self.state,
            "replay gives the same state"
        );
        let stored = serde_json::to_string(&self.state).unwrap();
        assert_eq!(
            serde_json::from_str::<InstanceState>(&stored).unwrap(),
            self.state,
            "stored state loads as it was"
        );
        let stored = serde_json::to_string(&inputs).unwrap();
        assert_eq!(
            serde_json::from_str::<Inputs>(&stored).unwrap(),
            inputs,
            "stored inputs load as they were"
        );
        let stored = serde_json::to_string(&self.history).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<Event>>(&stored).unwrap(),
            self.history,
            "stored events load as they were"
        );
        Ok(())
    }

    pub fn wait(&self, element: &str, fits: impl Fn(&WaitKind) -> bool) -> Key {
        let found = self.state.waits.iter().find(|(_, wait)| {
            fits(&wait.what)
                && match wait.what.event() {
                    Some(event) => &**event == element,
                    None => &*self.state.elements[&wait.element_instance].element == element,
                }
        });
        *found
            .unwrap_or_else(|| panic!("nothing waits at {element}: {:#?}", self.state.waits))
            .0
    }

    /// Completes the task at an element.
    pub fn complete_task(&mut self, element: &str, feel: &str) -> &mut Run {
        let task = self.wait(element, |what| matches!(what, WaitKind::Task(_)));
        self.send(Command::CompleteTask {
            task,
            holder: Holder::Anyone,
            variables: variables(feel),
        })
        .unwrap();
        self
    }

    /// Completes the job at an element.
    pub fn complete_job(&mut self, element: &str, feel: &str) -> &mut Run {
        let job = self.wait(element, |what| matches!(what, WaitKind::Job(_)));
        self.send(Command::CompleteJob {
            job,
            variables: variables(feel),
        })
        .unwrap();
        self
    }

    /// Fails the job at an element.
    pub fn fail_job(&mut self, element: &str, retries: u32) -> &mut Run {
        let job = self.wait(element, |what| matches!(what, WaitKind::Job(_)));
        let message = "The bank does not answer.".to_owned();
        self.send(Command::FailJob {
            job,
            message,
            retries,
            retry_at: self.now,
        })
        .unwrap();
        self
    }

    /// Throws a BPMN error from the job at an element.
    pub fn throw(&mut self, element: &str, code: &str) -> &mut Run {
        let job = self.wait(element, |what| matches!(what, WaitKind::Job(_)));
        let code = code.to_owned();
        let variables = variables("{reason: \"limit\"}");
        self.send(Command::ThrowError {
            job,
            code,
            message: None,
            variables,
        })
        .unwrap();
        self
    }

    /// Lets time pass and fires the timer of an event, which must be due at exactly that time.
    pub fn after(&mut self, duration: &str, element: &str) -> &mut Run {
        let duration = parse_duration(duration).unwrap();
        self.now = duration
            .add_to(self.now, &Zone::parse("Europe/Berlin").unwrap())
            .unwrap();
        let timer = self.wait(element, |what| matches!(what, WaitKind::Timer(_)));
        let WaitKind::Timer(data) = &self.state.waits[&timer].what else {
            unreachable!()
        };
        assert_eq!(data.due, self.now, "the timer of {element} is due");
        self.send(Command::FireTimer { timer }).unwrap();
        self
    }

    /// Brings the message that an event waits for.
    pub fn message(&mut self, element: &str, feel: &str) -> &mut Run {
        let subscription = self.wait(element, |what| matches!(what, WaitKind::Subscription(_)));
        self.send(Command::Correlate {
            subscription,
            variables: variables(feel),
        })
        .unwrap();
        self
    }

    /// Brings the signal that an event waits for.
    pub fn signal(&mut self, element: &str, feel: &str) -> &mut Run {
        let wait = self.wait(element, |what| matches!(what, WaitKind::Signal(_)));
        self.send(Command::ReceiveSignal {
            wait,
            variables: variables(feel),
        })
        .unwrap();
        self
    }

    /// Ends the call at an element.
    pub fn end_call(&mut self, element: &str, outcome: CallOutcome) -> &mut Run {
        let call = self.wait(element, |what| matches!(what, WaitKind::Call(_)));
        self.send(Command::EndCall { call, outcome }).unwrap();
        self
    }

    /// Throws an escalation from the called instance at an element.
    pub fn escalate_call(&mut self, element: &str, code: &str) -> &mut Run {
        let call = self.wait(element, |what| matches!(what, WaitKind::Call(_)));
        self.send(Command::EscalateCall {
            call,
            code: code.to_owned(),
            variables: Variables::new(),
        })
        .unwrap();
        self
    }

    /// Begins activities of the ad-hoc sub-process with this id.
    pub fn activate(&mut self, ad_hoc: &str, elements: &str) -> Result<(), Rejection> {
        let ad_hoc = self.instance_of(ad_hoc);
        self.send(Command::ActivateElements {
            ad_hoc,
            elements: elements.split_whitespace().map(Into::into).collect(),
            variables: Variables::new(),
        })
    }

    /// The first living element instance of an element.
    pub fn instance_of(&self, element: &str) -> Key {
        let elements = &self.state.elements;
        let is_meant = |key: &&Key| &*elements[key].element == element;
        let found = elements.keys().find(is_meant);
        *found.unwrap_or_else(|| panic!("{element} does not run: {elements:#?}"))
    }

    /// Whether nothing waits at an event or element.
    pub fn waits_nowhere_at(&self, element: &str) -> bool {
        let waits = self.state.waits.values();
        !waits.into_iter().any(|wait| match wait.what.event() {
            Some(event) => &**event == element,
            None => &*self.state.elements[&wait.element_instance].element == element,
        })
    }

    /// The elements that have completed, in order.
    pub fn completed(&self) -> Vec<&str> {
        let events = self.history.iter();
        events
            .filter_map(|event| match event {
                Event::ElementCompleted { element, .. } => Some(&**element),
                _ => None,
            })
            .collect()
    }

    /// How often an element has completed.
    pub fn times(&self, element: &str) -> usize {
        self.completed().iter().filter(|id| **id == element).count()
    }

    /// Whether the instance has completed.
    pub fn is_done(&self) -> bool {
        self.state.status == Status::Completed
    }

    /// Sets variables of the instance by hand.
    pub fn set(&mut self, feel: &str) -> &mut Run {
        let scope = self.state.key;
        self.send(Command::SetVariables {
            scope,
            variables: variables(feel),
            reason: None,
        })
        .unwrap();
        self
    }

    /// Tries the only incident again.
    pub fn retry(&mut self) -> &mut Run {
        let incident = *self.state.incidents.keys().next().expect("an incident");
        self.send(Command::Retry { incident }).unwrap();
        self
    }

    /// Goes on until nothing is left to move. Answers how many more steps it took.
    pub fn go_on(&mut self) -> u32 {
        let mut steps = 0;
        while self.unfinished {
            self.send(Command::Continue).unwrap();
            steps += 1;
        }
        steps
    }
}
