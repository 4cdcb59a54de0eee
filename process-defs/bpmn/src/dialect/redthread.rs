//! Redthread's own properties: names that begin with `redthread:` in `zeebe:properties`.
//!
//! A record trigger makes an event wait for a change of a customer record:
//!
//! | property | means |
//! |---|---|
//! | `redthread:on` | `case.changed`, `case.created`, `case.deleted`: which records, and what happens to them |
//! | `redthread:field` | only when this field changed |
//! | `redthread:from` | only when the field had this value before |
//! | `redthread:to` | only when the field has this value now |
//! | `redthread:when` | FEEL: only when this is true of the record |
//!
//! Others say how an element does what BPMN leaves open:
//!
//! | property | on | means |
//! |---|---|---|
//! | `redthread:activation` | an ad-hoc sub-process | `all`: everything in it begins with it; `person`: people choose |
//! | `redthread:time` | a timer with a duration | `working`: days are working days, hours working time; `calendar`: not |

use std::sync::Arc;

use crate::build::expression::expression;
use crate::dialect::zeebe;
use crate::graph::{Properties, RecordOperation, RecordTrigger};
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

const PREFIX: &str = "redthread:";
const ON: &str = "redthread:on";
const FIELD: &str = "redthread:field";
const FROM: &str = "redthread:from";
const TO: &str = "redthread:to";
const WHEN: &str = "redthread:when";
const ACTIVATION: &str = "redthread:activation";
const TIME: &str = "redthread:time";

/// Whether an event waits for a record (10.5.1 has no such trigger; it is ours).
pub(crate) fn is_record_trigger(node: NodeRef<'_>) -> bool {
    zeebe::properties(node).contains_key(ON)
}

/// Reads the record trigger of an event that has one; `None` when it is not complete.
pub(crate) fn record_trigger(node: NodeRef<'_>, problems: &mut Problems) -> Option<RecordTrigger> {
    let properties = zeebe::properties(node);
    let filled = |name: &str| -> Option<Arc<str>> {
        let value = properties.get(name)?.trim();
        (!value.is_empty()).then(|| value.into())
    };
    let mut refuse = |message: String, hint: &str| {
        problems.error(node, Code::BadRecordTrigger, message, hint);
    };
    let on = filled(ON).unwrap_or_default();
    let Some((kind, operation)) = on.rsplit_once('.').and_then(|(kind, operation)| {
        let is_kind = !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_kind.then_some((kind, operation_of(operation)?))
    }) else {
        refuse(
            format!("“{on}” ({ON}) does not say which records and what happens to them."),
            "Write a kind of record and created, changed or deleted: case.changed.",
        );
        return None;
    };
    let (field, from, to) = (filled(FIELD), filled(FROM), filled(TO));
    if field.is_none() && (from.is_some() || to.is_some()) {
        refuse(
            format!("The properties {FROM} and {TO} do not say which field is meant."),
            "Name it by redthread:field.",
        );
        return None;
    }
    if field.is_some() && operation != RecordOperation::Changed {
        refuse(
            format!("The property {FIELD} narrows changes, but {ON} is “{on}”."),
            "Use redthread:when for a condition on a created or deleted record.",
        );
        return None;
    }
    let when = match filled(WHEN) {
        Some(source) => Some(expression(
            node,
            &source,
            "The record trigger's condition",
            problems,
        )?),
        None => None,
    };
    Some(RecordTrigger {
        kind: kind.into(),
        operation,
        field,
        from,
        to,
        when,
    })
}

fn operation_of(name: &str) -> Option<RecordOperation> {
    match name {
        "created" => Some(RecordOperation::Created),
        "changed" => Some(RecordOperation::Changed),
        "deleted" => Some(RecordOperation::Deleted),
        _ => None,
    }
}

/// What begins with an ad-hoc sub-process: `redthread:activation`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// Everything in it that nothing leads to.
    All,
    /// What a person chooses.
    Person,
}

/// Reads the property; the outer `None`: it says something else.
pub(crate) fn activation(node: NodeRef<'_>, problems: &mut Problems) -> Option<Option<Activation>> {
    one_of(
        node,
        ACTIVATION,
        &[("all", Activation::All), ("person", Activation::Person)],
        problems,
    )
}

/// Whether a duration is one of working time: `redthread:time`. `None`: it says something else.
pub(crate) fn counts_working_time(node: NodeRef<'_>, problems: &mut Problems) -> Option<bool> {
    one_of(
        node,
        TIME,
        &[("working", true), ("calendar", false)],
        problems,
    )
    .map(|working| working.unwrap_or(false))
}

/// A property that is one of a few words.
fn one_of<T: Copy>(
    node: NodeRef<'_>,
    name: &str,
    words: &[(&str, T)],
    problems: &mut Problems,
) -> Option<Option<T>> {
    let properties = zeebe::properties(node);
    let Some(text) = properties.get(name).map(|text| text.trim()) else {
        return Some(None);
    };
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        problems.error(
            node,
            Code::BadValue,
            format!("“{text}” is not a value of {name}."),
            format!("Write {}.", words.join(" or ")),
        );
    }
    found.map(|(_, meaning)| Some(*meaning))
}

/// Which properties of ours an element reads.
#[derive(Copy, Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Those of a record trigger.
    pub(crate) record_trigger: bool,
    /// `redthread:activation`
    pub(crate) activation: bool,
    /// `redthread:time`
    pub(crate) time: bool,
}

/// Reports properties of ours that nothing reads where they stand.
pub(crate) fn audit(
    node: NodeRef<'_>,
    properties: &Properties,
    reads: Reads,
    problems: &mut Problems,
) {
    for name in properties.keys().filter(|name| name.starts_with(PREFIX)) {
        let has_trigger = properties.contains_key(ON);
        let misplaced = |hint| {
            Some((
                format!("The property {name} means nothing on this element."),
                hint,
            ))
        };
        let problem = match name.as_str() {
            ON | FIELD | FROM | TO | WHEN if !reads.record_trigger => misplaced(
                "Record triggers stand on start events of a process and on message events that are waited for.",
            ),
            ON | FIELD | FROM | TO | WHEN if !has_trigger => Some((
                format!("The property {name} narrows a record trigger, but there is none."),
                "Say by redthread:on which records the event waits for.",
            )),
            ACTIVATION if !reads.activation => {
                misplaced("It says what begins with an ad-hoc sub-process.")
            }
            TIME if !reads.time => misplaced(
                "It says how the duration of a timer is counted: put it on a timer event with a duration.",
            ),
            ON | FIELD | FROM | TO | WHEN | ACTIVATION | TIME => None,
            _ => Some((
                format!("The property {name} is not known."),
                "Check how it is written: properties of your own must not begin with redthread:.",
            )),
        };
        if let Some((message, hint)) = problem {
            problems.warning(node, Code::UnexpectedExtension, message, hint);
        }
    }
}
