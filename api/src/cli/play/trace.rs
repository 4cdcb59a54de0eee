//! What happened, in BPMN's words: the lines that `play` prints, made from the engine's events.
//!
//! The lines are a contract: fields may be added, never renamed or removed. Keys are shown as small ordinals, counted from
//! 1 in the order in which things came into being.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::occurrence::{occurrence, waiting_for};
use redthread_bpmn::ProcessGraph;
use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::event::{DecisionEvaluation, Ended, Event};
use redthread_core::state::{Body, ElementInstance, InstanceState, WaitKind};
use redthread_core::{Key, Status, apply};
use redthread_runtime::CommittedStep;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// A line of the trace.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// The instance's ordinal.
    pub instance: usize,
    /// The process's id.
    pub process: String,
    /// The id of the element, flow or process.
    pub element: String,
    /// The ordinal of the element instance; none for flows and for the instance itself.
    pub element_instance: Option<usize>,
    /// The BPMN element's local name; `process` for the instance itself.
    pub kind: &'static str,
    /// What happened.
    pub what: &'static str,
    /// More about it: an incident's code and message.
    #[serde(flatten)]
    pub more: Map<String, Json>,
}

/// The job type whose completion means that a mail is on its way.
const MAIL: &str = "mail:send";

/// An instance as it is known from its events.
#[derive(Debug, Default)]
pub struct Seen {
    /// Its ordinal.
    pub ordinal: usize,
    /// Its state.
    pub state: InstanceState,
    /// The last visit to each element.
    last: BTreeMap<Id, Key>,
    /// The elements, by all visits to them.
    visits: BTreeMap<Key, Id>,
    /// Errors that ended it: element, code, message.
    failures: Vec<(String, String, String)>,
}

/// Follows the steps of all instances.
#[derive(Debug, Default)]
pub struct Trace {
    graphs: BTreeMap<String, Arc<ProcessGraph>>,
    instances: BTreeMap<Key, Seen>,
    elements: BTreeMap<Key, usize>,
}

impl Trace {
    /// A trace of instances of these processes.
    pub fn new(graphs: impl IntoIterator<Item = Arc<ProcessGraph>>) -> Trace {
        Trace {
            graphs: graphs
                .into_iter()
                .map(|graph| (graph.id.to_string(), graph))
                .collect(),
            ..Trace::default()
        }
    }

    /// The processes.
    pub fn graphs(&self) -> impl Iterator<Item = &Arc<ProcessGraph>> {
        self.graphs.values()
    }

    /// The graph of a process.
    pub fn graph(&self, process: &str) -> Option<&ProcessGraph> {
        self.graphs.get(process).map(|graph| &**graph)
    }

    /// An instance.
    pub fn instance(&self, key: Key) -> Option<&Seen> {
        self.instances.get(&key)
    }

    /// The instance with this ordinal.
    pub fn by_ordinal(&self, ordinal: usize) -> Option<(Key, &Seen)> {
        self.instances
            .iter()
            .find(|(_, seen)| seen.ordinal == ordinal)
            .map(|(key, seen)| (*key, seen))
    }

    /// Follows a step; each thing that happened is told as a line, where it is one.
    pub fn follow(&mut self, step: &CommittedStep) -> Vec<Line> {
        let ordinal = self.instances.len() + 1;
        let seen = self.instances.entry(step.instance).or_insert_with(|| Seen {
            ordinal,
            ..Seen::default()
        });
        let mut lines = Vec::new();
        for (index, event) in step.events.iter().enumerate() {
            // What ends is looked up before it is gone.
            let before = describe(event, &seen.state);
            let marker = before.as_ref().and_then(|told| marker(told, &seen.state));
            if let Event::ElementActivating {
                element_instance,
                element,
                ..
            } = event
            {
                seen.last.insert(element.clone(), *element_instance);
                seen.visits.insert(*element_instance, element.clone());
            }
            if let Event::InstanceFailed {
                element,
                code,
                message,
                ..
            } = event
            {
                seen.failures
                    .push((element.to_string(), code.clone(), message.clone()));
            }
            apply(&mut seen.state, event);
            let Some(told) = before.or_else(|| describe(event, &seen.state)) else {
                continue;
            };
            let last = match told.about {
                About::Event => seen.last.get(&*told.element).copied(),
                _ => None,
            };
            let element_instance = told
                .element_instance
                .or(last)
                .or_else(|| occurrence(event, &step.events[index + 1..]));
            if let Some(key) = element_instance {
                let next = self.elements.len() + 1;
                self.elements.entry(key).or_insert(next);
            }
            if told.what.is_empty() {
                continue;
            }
            let graph = self.graphs.get(&*step.process);
            let mut told = told;
            if let Some(undone) = told.undoes {
                let undone = json!({
                    "element": seen.visits.get(&undone),
                    "elementInstance": self.elements.get(&undone),
                });
                told.more.insert("undoes".into(), undone);
            }
            let marker = marker.or_else(|| self::marker(&told, &seen.state));
            let kind = || kind_of(graph.map(|graph| &**graph), &told);
            lines.push(Line {
                at: step.at,
                instance: seen.ordinal,
                process: step.process.to_string(),
                element: told.element.clone(),
                element_instance: element_instance.and_then(|key| self.elements.get(&key).copied()),
                kind: marker.unwrap_or_else(kind),
                what: told.what,
                more: told.more,
            });
        }
        lines
    }

    /// The last line: how each instance stands.
    pub fn summary(&self, until: Timestamp) -> Map<String, Json> {
        let mut seen: Vec<&Seen> = self.instances.values().collect();
        seen.sort_by_key(|seen| seen.ordinal);
        let instances: Vec<Json> = seen.iter().map(|seen| self.sum_up(seen)).collect();
        let mut summary = Map::new();
        summary.insert("until".into(), json!(until));
        summary.insert("instances".into(), instances.into());
        summary
    }

    fn sum_up(&self, seen: &Seen) -> Json {
        let state = &seen.state;
        let variables: Map<String, Json> = state
            .variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_json()))
            .collect();
        let stuck = state.incidents.values().map(|incident| {
            let element = match state.elements.get(&incident.element_instance) {
                Some(stuck) => Some(stuck.element.to_string()),
                // An event sub-process of the process itself could not be opened.
                None => (incident.element_instance == state.key).then(|| state.process.to_string()),
            };
            json!({"element": element, "code": incident.code.as_str(), "message": incident.message})
        });
        // A called instance hands its error to its caller, which catches it or is stuck.
        let own = seen.failures.iter().filter(|_| state.caller.is_none());
        let failed = own.map(|(element, code, message)| {
            json!({"element": element, "code": "uncaughtError", "errorCode": code, "message": message})
        });
        json!({
            "instance": seen.ordinal,
            "process": state.process,
            "state": state.status.as_str(),
            "variables": variables,
            "waitingAt": self.waiting_at(state),
            "incidents": stuck.chain(failed).collect::<Vec<Json>>(),
        })
    }

    /// The elements that wait for something, in the order in which they began. What stands around them is not named.
    fn waiting_at(&self, state: &InstanceState) -> Vec<String> {
        // An ad-hoc sub-process in which nothing runs waits for somebody to choose.
        let waits = |key: &Key, element: &ElementInstance| {
            let chooses = matches!(element.body.as_deref(), Some(Body::AdHoc { .. }));
            (chooses || state.waits_of(*key).next().is_some())
                && state.children(*key).next().is_none()
        };
        state
            .elements
            .iter()
            .filter(|(key, element)| waits(key, element))
            .map(|(_, element)| element.element.to_string())
            .collect()
    }

    /// Whether something is stuck, or ended badly. What ends badly in a called instance is its caller's affair.
    pub fn has_incidents(&self) -> bool {
        self.instances.values().any(|seen| {
            let failed = seen.state.status == Status::Failed && seen.state.caller.is_none();
            failed || !seen.state.incidents.is_empty()
        })
    }
}

/// An event in words, before it is a line.
struct Told {
    element: String,
    element_instance: Option<Key>,
    /// The event is of the instance, a flow or an element.
    about: About,
    /// Empty: it only gives the element instance its ordinal.
    what: &'static str,
    more: Map<String, Json>,
    /// The completed element instance that is undone.
    undoes: Option<Key>,
}

enum About {
    Instance,
    Flow,
    Element,
    /// Its last visit, which may have ended already.
    Event,
}

fn describe(event: &Event, state: &InstanceState) -> Option<Told> {
    let of_instance = |what| Told {
        element: state.process.to_string(),
        element_instance: None,
        about: About::Instance,
        what,
        more: Map::new(),
        undoes: None,
    };
    let of_element = |key: &Key, what, more| {
        state.elements.get(key).map(|element| Told {
            element: element.element.to_string(),
            element_instance: Some(*key),
            about: About::Element,
            what,
            more,
            undoes: None,
        })
    };
    let of_event = |element: &str, what, more| Told {
        element: element.to_owned(),
        element_instance: None,
        about: About::Event,
        what,
        more,
        undoes: None,
    };
    match event {
        // Before this event, the state does not know its process.
        Event::InstanceStarted { .. } => {
            (state.status == Status::Active).then(|| of_instance("activated"))
        }
        Event::InstanceCompleted => Some(of_instance("completed")),
        Event::InstanceTerminated { .. } => Some(of_instance("terminated")),
        Event::InstanceFailed {
            element,
            code,
            message,
            ..
        } => Some(Told {
            more: more([
                ("error", json!({"element": element, "code": code})),
                ("message", json!(message)),
            ]),
            ..of_instance("failed")
        }),
        Event::FlowTaken { flow, .. } => Some(Told {
            element: flow.to_string(),
            element_instance: None,
            about: About::Flow,
            what: "taken",
            more: Map::new(),
            undoes: None,
        }),
        Event::ElementActivating {
            element_instance, ..
        } => of_element(element_instance, "", Map::new()),
        Event::ElementActivated { element_instance } => {
            of_element(element_instance, "activated", Map::new())
        }
        Event::ElementCompleted {
            element_instance, ..
        } => of_element(element_instance, "completed", Map::new()),
        Event::ElementTerminated {
            element_instance, ..
        } => of_element(element_instance, "terminated", Map::new()),
        Event::DecisionEvaluated {
            element_instance,
            evaluation,
        } => of_element(element_instance, "decided", decided(evaluation)),
        Event::EventTriggered { element, scope } => Some(Told {
            element: element.to_string(),
            element_instance: waiting_for(state, element, *scope),
            about: About::Element,
            what: "triggered",
            more: Map::new(),
            undoes: None,
        }),
        Event::IncidentRaised {
            element_instance,
            code,
            message,
            ..
        } => {
            let fields = more([("code", json!(code.as_str())), ("message", json!(message))]);
            match *element_instance == state.key {
                true => Some(Told {
                    more: fields,
                    ..of_instance("incident")
                }),
                false => of_element(element_instance, "incident", fields),
            }
        }
        Event::IncidentResolved { key } => {
            let incident = state.incidents.get(key)?;
            match incident.element_instance == state.key {
                true => Some(of_instance("resolved")),
                false => of_element(&incident.element_instance, "resolved", Map::new()),
            }
        }
        Event::MessageThrown {
            element, message, ..
        } => {
            let mut fields = more([("message", json!(message.name))]);
            if !message.correlation_key.is_empty() {
                fields.insert("correlationKey".into(), json!(message.correlation_key));
            }
            Some(of_event(element, "sent", fields))
        }
        Event::SignalThrown { element, name, .. } => {
            Some(of_event(element, "sent", more([("signal", json!(name))])))
        }
        Event::EscalationThrown {
            element,
            code,
            caught_by,
            to_caller,
            ..
        } => {
            let mut fields = more([("code", json!(code))]);
            if let Some(caught_by) = caught_by {
                fields.insert("caughtBy".into(), json!(caught_by));
            }
            if *to_caller {
                fields.insert("toCaller".into(), json!(true));
            }
            Some(of_event(element, "thrown", fields))
        }
        // The event that catches it is triggered right after.
        Event::ErrorCaught { .. } => None,
        Event::InstanceCalled {
            element_instance,
            call,
            ..
        } => of_element(
            element_instance,
            "called",
            more([("called", json!(call.process))]),
        ),
        Event::CompensationThrown {
            element_instance, ..
        } => of_element(element_instance, "compensating", Map::new()),
        // Before this event, the state does not know what is undone.
        Event::CompensationBegun {
            element_instance, ..
        } => {
            let undoes = state.elements.get(element_instance)?.undoes.as_ref()?;
            let mut told = of_element(element_instance, "undoing", Map::new())?;
            told.undoes = Some(undoes.completed);
            Some(told)
        }
        Event::GatewayReset {
            element_instance, ..
        } => of_element(element_instance, "reset", Map::new()),
        Event::JobFailed {
            key,
            retries,
            message,
            ..
        } => of_element(
            &state.waits.get(key)?.element_instance,
            "failed",
            more([("retries", json!(retries)), ("message", json!(message))]),
        ),
        Event::JobEnded {
            key,
            how: Ended::Completed,
        } => match state.waits.get(key)? {
            wait if matches!(&wait.what, WaitKind::Job(job) if job.job_type == MAIL) => {
                of_element(&wait.element_instance, "sent", Map::new())
            }
            _ => None,
        },
        _ => None,
    }
}

/// What was decided, and by which rules of its table.
fn decided(evaluation: &DecisionEvaluation) -> Map<String, Json> {
    let mut more = Map::new();
    more.insert("decision".into(), json!(evaluation.decision.id));
    more.insert("version".into(), json!(evaluation.decision.version));
    if let Some(trace) = evaluation.explanation.decisions.last() {
        let rules = trace.tables.iter().flat_map(|table| &table.matched);
        let rules: Vec<usize> = rules.map(|rule| rule.rule).collect();
        more.insert("rules".into(), json!(rules));
        more.insert("result".into(), trace.result.clone());
    }
    more
}

fn more<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What stands for all rounds of a loop is told by the name of its marker: what is told by the activity's are its rounds.
fn marker(told: &Told, state: &InstanceState) -> Option<&'static str> {
    match state.elements.get(&told.element_instance?)?.body()? {
        Body::MultiInstance(_) => Some("multiInstanceLoopCharacteristics"),
        Body::Loop { .. } => Some("standardLoopCharacteristics"),
        _ => None,
    }
}

fn kind_of(graph: Option<&ProcessGraph>, told: &Told) -> &'static str {
    match told.about {
        About::Instance => "process",
        About::Flow => "sequenceFlow",
        About::Element | About::Event => graph
            .and_then(|graph| {
                graph
                    .find(&told.element)
                    .map(|ix| graph.element(ix).kind.bpmn_name())
            })
            .unwrap_or_default(),
    }
}
