//! Names in expressions that are probably mistyped.
//!
//! Which variables there will be nobody knows before a process runs: forms, messages and whoever starts it bring their
//! own. So a name that the diagram does not make is no problem by itself. But where it is used once, and one slip of the
//! finger makes it a name that the diagram does make, somebody most likely meant that one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redthread_bpmn::graph::{
    Activates, Assignment, Behavior, Cycle, Element, ElementKind, Id, JobTask, Message,
    MessageThrow, Over, ProcessGraph, Repetition, SubProcess, Text, Throw, Timer, Trigger,
};
use redthread_crm::Kind;
use redthread_feel::Expression;

use crate::contract::Connector;

/// A name that is probably mistyped.
pub(super) struct Mistyped {
    /// The element, or the sequence flow.
    pub element: Id,
    /// The name as it is written.
    pub name: Arc<str>,
    /// The name that was probably meant.
    pub meant: String,
}

/// Names shorter than this differ by a letter without meaning each other.
const SHORTEST: usize = 5;

/// The names of a process that are probably mistyped.
pub(super) fn mistyped(process: &ProcessGraph) -> Vec<Mistyped> {
    let made = made(process);
    let mut used: BTreeMap<&Arc<str>, Vec<&Id>> = BTreeMap::new();
    for (element, expression) in expressions(process) {
        for name in expression.names() {
            used.entry(name).or_default().push(element);
        }
    }
    let once = used.into_iter().filter(|(_, places)| places.len() == 1);
    once.filter(|(name, _)| name.chars().count() >= SHORTEST && !made.contains(&***name))
        .filter_map(|(name, places)| {
            let meant = made.iter().find(|meant| is_slip(name, meant))?;
            Some(Mistyped {
                element: (*places.first()?).clone(),
                name: name.clone(),
                meant: meant.clone(),
            })
        })
        .collect()
}

/// Whether one slip of the finger makes one of the other: a letter left out, put in, changed, or swapped with the next,
/// or capital letters. Not at an end: `order` and `orders`, `price` and `prices` are two things.
fn is_slip(name: &str, meant: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (name.chars().collect(), meant.chars().collect());
    if b.len() < SHORTEST || name.to_lowercase() == meant.to_lowercase() {
        return b.len() >= SHORTEST;
    }
    let same = |(x, y): &(&char, &char)| x == y;
    let start = a.iter().zip(&b).take_while(same).count();
    let shorter = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let end = end.min(shorter);
    let (a, b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    let inside = start > 0 && end > 0;
    match (a, b) {
        ([_], [_]) | ([_], []) | ([], [_]) => inside,
        ([x, y], [v, w]) => inside && x == w && y == v,
        _ => false,
    }
}

/// The names that the diagram makes: by mappings, results, and the record that an instance is about.
fn made(process: &ProcessGraph) -> BTreeSet<String> {
    let mut made: BTreeSet<String> = Kind::SUBJECTS
        .iter()
        .map(|kind| kind.name().to_owned())
        .collect();
    made.insert("subject".to_owned());
    made.extend(process.data.iter().map(ToString::to_string));
    for element in &process.elements {
        made.extend(element.data.iter().map(ToString::to_string));
        if let Some(repetition) = &element.repetition {
            made.insert("loopCounter".to_owned());
            made.extend(made_by(repetition));
        }
        let mapping = &element.mapping;
        for mapping in mapping.inputs.iter().chain(&mapping.outputs) {
            made.extend(mapping.target.first().map(ToString::to_string));
        }
        match &element.kind {
            ElementKind::ScriptTask(script) => {
                made.extend(script.result_variable.as_ref().map(ToString::to_string));
            }
            ElementKind::BusinessRuleTask(called) => {
                made.insert(called.result_variable.to_string());
            }
            ElementKind::ServiceTask(task) => {
                if let Text::Literal(job_type) = &task.job_type
                    && let Some(connector) = Connector::of(job_type)
                {
                    let results = connector.contract().results.iter();
                    made.extend(results.map(|(name, _)| (*name).to_owned()));
                }
            }
            _ => {}
        }
    }
    made
}

/// All expressions of a process, with the element or sequence flow that each stands on.
fn expressions(process: &ProcessGraph) -> Vec<(&Id, &Expression)> {
    let mut found = Vec::new();
    for flow in &process.flows {
        found.extend(
            flow.condition
                .as_ref()
                .map(|condition| (&flow.id, condition)),
        );
    }
    for element in &process.elements {
        let (texts, expressions) = of_element(element);
        let texts = texts.into_iter().filter_map(|text| match text {
            Text::Expression(expression) => Some(expression),
            Text::Literal(_) => None,
        });
        let all = texts.chain(expressions);
        found.extend(all.map(|expression| (&element.id, expression)));
    }
    found
}

/// The variables that a loop marker makes.
fn made_by(repetition: &Repetition) -> Vec<String> {
    let Repetition::MultiInstance(many) = repetition else {
        return Vec::new();
    };
    let item = match &many.over {
        Over::Collection { element, .. } => element.as_ref(),
        Over::Cardinality(_) => None,
    };
    let made = item.into_iter().chain(&many.output_collection);
    let counts = [
        "numberOfInstances",
        "numberOfActiveInstances",
        "numberOfCompletedInstances",
        "numberOfTerminatedInstances",
    ];
    made.map(ToString::to_string)
        .chain(counts.map(str::to_owned))
        .collect()
}

/// The texts and expressions of an element.
#[derive(Default)]
struct Found<'e> {
    texts: Vec<&'e Text>,
    expressions: Vec<&'e Expression>,
}

fn of_element(element: &Element) -> (Vec<&Text>, Vec<&Expression>) {
    let mapping = &element.mapping;
    let mappings = mapping.inputs.iter().chain(&mapping.outputs);
    let mut found = Found {
        texts: mappings.map(|mapping| &mapping.source).collect(),
        ..Found::default()
    };
    if let Some(trigger) = element.kind.trigger() {
        trigger.parts().iter().for_each(|part| found.trigger(part));
    }
    if let Some(throw) = element.kind.throw() {
        throw.parts().iter().for_each(|part| found.throw(part));
    }
    if let Some(repetition) = &element.repetition {
        found.repetition(repetition);
    }
    found.kind(&element.kind);
    (found.texts, found.expressions)
}

impl<'e> Found<'e> {
    fn kind(&mut self, kind: &'e ElementKind) {
        match kind {
            ElementKind::UserTask(task) => {
                self.assignment(&task.assignment);
                let all = [&task.priority, &task.due, &task.follow_up];
                self.texts.extend(all.into_iter().flatten());
            }
            ElementKind::ServiceTask(task) => self.job(task),
            ElementKind::SendTask(message) => self.sent(message),
            ElementKind::ReceiveTask(message) => self.awaited(message),
            ElementKind::ScriptTask(script) => self.expressions.push(&script.expression),
            ElementKind::BusinessRuleTask(called) => self.texts.push(&called.decision),
            ElementKind::CallActivity(called) => self.texts.push(&called.process),
            ElementKind::ComplexGateway { activation } => self.expressions.extend(activation),
            ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => {
                self.expressions.extend(&ad_hoc.completion);
                if let Activates::Collection(collection) = &ad_hoc.activates {
                    self.expressions.push(collection);
                }
            }
            // Of events, what they wait for and what they throw is looked at.
            ElementKind::StartEvent { .. }
            | ElementKind::EndEvent(_)
            | ElementKind::CatchEvent(_)
            | ElementKind::ThrowEvent(_)
            | ElementKind::BoundaryEvent { .. }
            | ElementKind::UndefinedTask
            | ElementKind::ManualTask
            | ElementKind::ExclusiveGateway
            | ElementKind::ParallelGateway
            | ElementKind::InclusiveGateway
            | ElementKind::EventBasedGateway { .. }
            | ElementKind::SubProcess(
                SubProcess::Embedded | SubProcess::Event | SubProcess::Transaction,
            ) => {}
        }
    }

    fn trigger(&mut self, trigger: &'e Trigger) {
        match trigger {
            Trigger::Timer(
                Timer::Date(text)
                | Timer::Duration(text)
                | Timer::WorkingDuration(text)
                | Timer::Cycle(Cycle::Repeating(text)),
            )
            | Trigger::Signal(text) => self.texts.push(text),
            Trigger::Message(message) => self.awaited(message),
            Trigger::Condition(condition) => self.expressions.push(&condition.expression),
            // What a change is compared with is the record alone; of codes there is nothing to evaluate.
            Trigger::Record(_)
            | Trigger::None
            | Trigger::Error(_)
            | Trigger::Escalation(_)
            | Trigger::Compensation
            | Trigger::Cancel
            | Trigger::Link
            | Trigger::Multiple(_)
            | Trigger::ParallelMultiple(_)
            | Trigger::Timer(Timer::Cycle(Cycle::Cron(_))) => {}
        }
    }

    fn throw(&mut self, throw: &'e Throw) {
        match throw {
            Throw::Error(error) => self.texts.push(&error.code),
            Throw::Escalation(escalation) => self.texts.push(&escalation.code),
            Throw::Message(message) => self.sent(message),
            Throw::Signal(name) => self.texts.push(name),
            Throw::Job(task) => self.job(task),
            Throw::None
            | Throw::Terminate
            | Throw::Compensation(_)
            | Throw::Cancel
            | Throw::Link(_)
            | Throw::Multiple(_) => {}
        }
    }

    fn repetition(&mut self, repetition: &'e Repetition) {
        match repetition {
            Repetition::Loop { condition, .. } => self.expressions.extend(condition),
            Repetition::MultiInstance(many) => {
                match &many.over {
                    Over::Cardinality(expression) => self.expressions.push(expression),
                    Over::Collection { items, .. } => self.expressions.push(items),
                }
                self.expressions.extend(&many.output_element);
                self.expressions.extend(&many.completion);
                match &many.behavior {
                    Behavior::All => {}
                    Behavior::Each(throw) | Behavior::First(throw) => self.throw(throw),
                    Behavior::Complex(events) => {
                        for (condition, throw) in events {
                            self.expressions.push(condition);
                            self.throw(throw);
                        }
                    }
                }
            }
        }
    }

    fn assignment(&mut self, assignment: &'e Assignment) {
        let all = [
            &assignment.assignee,
            &assignment.candidate_teams,
            &assignment.candidate_users,
        ];
        self.texts.extend(all.into_iter().flatten());
    }

    fn job(&mut self, task: &'e JobTask) {
        self.texts.extend([&task.job_type, &task.retries]);
    }

    fn awaited(&mut self, message: &'e Message) {
        self.texts.push(&message.name);
        self.expressions.extend(&message.correlation_key);
    }

    fn sent(&mut self, message: &'e MessageThrow) {
        self.texts.push(&message.name);
        let all = [
            &message.correlation_key,
            &message.message_id,
            &message.time_to_live,
        ];
        self.texts.extend(all.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn one_slip_of_the_finger_is_seen() {
        for name in ["amout", "amoutn", "ammount", "amiunt", "Amount", "amonut"] {
            assert_eq!(is_slip(name, "amount"), name != "amoutn", "{name}");
        }
        for name in ["amounts", "mount", "count", "amou", "price", ""] {
            assert!(!is_slip(name, "amount"), "{name}");
        }
        assert!(!is_slip("date", "data") && !is_slip("date", "rate"));
    }
}
