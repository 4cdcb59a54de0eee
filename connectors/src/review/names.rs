//! Names in expressions that are probably mistyped.
//!
//! Which variables there will be nobody knows before a process runs: forms, messages and whoever starts it bring their
//! own. So a name that the diagram does not make is no problem by itself. But where it is used once, and one slip of the
//! finger makes it a name that the diagram does make, somebody most likely meant that one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redthread_bpmn::graph::{
    Cycle, Element, ElementKind, EndResult, Id, ProcessGraph, Text, Timer, Trigger,
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
    for element in &process.elements {
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

fn of_element(element: &Element) -> (Vec<&Text>, Vec<&Expression>) {
    let mapping = &element.mapping;
    let mappings = mapping.inputs.iter().chain(&mapping.outputs);
    let mut texts: Vec<&Text> = mappings.map(|mapping| &mapping.source).collect();
    let mut expressions = Vec::new();
    match &element.kind {
        ElementKind::StartEvent(trigger)
        | ElementKind::CatchEvent(trigger)
        | ElementKind::BoundaryEvent { trigger, .. } => match trigger {
            Trigger::Timer(
                Timer::Date(text) | Timer::Duration(text) | Timer::Cycle(Cycle::Repeating(text)),
            ) => texts.push(text),
            Trigger::Message(message) => {
                texts.push(&message.name);
                expressions.extend(&message.correlation_key);
            }
            // What a change is compared with is the record alone.
            Trigger::Record(_)
            | Trigger::None
            | Trigger::Error(_)
            | Trigger::Timer(Timer::Cycle(Cycle::Cron(_))) => {}
        },
        ElementKind::EndEvent(EndResult::Error(error)) => texts.push(&error.code),
        ElementKind::UserTask(task) => {
            let all = [
                &task.assignee,
                &task.candidate_teams,
                &task.candidate_users,
                &task.due,
                &task.follow_up,
            ];
            texts.extend(all.into_iter().flatten());
        }
        ElementKind::ServiceTask(task) => texts.extend([&task.job_type, &task.retries]),
        ElementKind::ScriptTask(script) => expressions.push(&script.expression),
        ElementKind::BusinessRuleTask(called) => texts.push(&called.decision),
        ElementKind::EndEvent(EndResult::None | EndResult::Terminate)
        | ElementKind::ThrowEvent
        | ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::ExclusiveGateway
        | ElementKind::ParallelGateway
        | ElementKind::SubProcess => {}
    }
    (texts, expressions)
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
