//! Record triggers: a none or message event with the property `redthread:on` waits for a change of a customer record.

use std::collections::BTreeMap;

use redthread_bpmn::graph::{ElementIx, RecordOperation, RecordTrigger};
use redthread_feel::{Scope, Value};

use crate::event::{Event, WatchData};
use crate::inputs::Inputs;
use crate::key::Key;
use crate::scope::evaluate_outside;
use crate::step::Stepper;

/// A change of a record, as triggers look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The record's kind.
    pub kind: String,
    /// What happened to it.
    pub operation: RecordOperation,
    /// The fields that changed, with their old and new values.
    pub fields: BTreeMap<String, (Value, Value)>,
}

pub(crate) fn open(
    stepper: &mut Stepper,
    element_instance: Key,
    event: ElementIx,
    trigger: &RecordTrigger,
) {
    // About the instance's own record where the kind is the same; else about any record of the kind.
    let subject = stepper
        .state
        .subject
        .as_ref()
        .filter(|subject| subject.kind == trigger.kind);
    let watch = WatchData {
        element: stepper.graph.element(event).id.clone(),
        kind: trigger.kind.to_string(),
        record: subject.map(|subject| subject.key.to_string()),
        operation: trigger.operation,
    };
    let key = stepper.new_key();
    stepper.emit(Event::WatchOpened {
        key,
        element_instance,
        watch,
    });
}

/// Whether a change is what a trigger is about. `record` is the record as it is now, as FEEL facts; `redthread:when` sees
/// it by its kind's name and as `subject`.
pub fn matches(trigger: &RecordTrigger, change: &Change, record: &Value, inputs: &Inputs) -> bool {
    if *trigger.kind != *change.kind || trigger.operation != change.operation {
        return false;
    }
    if trigger.operation == RecordOperation::Changed {
        let narrowed = trigger.field.is_some() || trigger.from.is_some() || trigger.to.is_some();
        let is_meant = |(field, (old, new)): (&String, &(Value, Value))| {
            trigger
                .field
                .as_deref()
                .is_none_or(|wanted| wanted == field)
                && trigger.from.as_deref().is_none_or(|from| says(old, from))
                && trigger.to.as_deref().is_none_or(|to| says(new, to))
        };
        if narrowed && !change.fields.iter().any(is_meant) {
            return false;
        }
    }
    match &trigger.when {
        Some(when) => {
            let scope = Record {
                kind: &trigger.kind,
                record,
            };
            evaluate_outside(when, &scope, inputs).value == Value::Boolean(true)
        }
        None => true,
    }
}

fn says(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => **string == *text,
        Value::Null => text.is_empty() || text == "null",
        other => other.to_feel() == text,
    }
}

struct Record<'a> {
    kind: &'a str,
    record: &'a Value,
}

impl Scope for Record<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        (name == self.kind || name == "subject").then_some(self.record)
    }
}
