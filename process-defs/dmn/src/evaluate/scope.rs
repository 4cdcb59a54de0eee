//! The variables that an expression sees.

use std::sync::Arc;

use redthread_feel::{Context, Scope, Value};

/// Variables of an element: what it requires, then what its boxed expressions bring in.
pub(crate) struct Vars<'v> {
    required: Vec<(Arc<str>, Value)>,
    locals: Vec<Local>,
    /// What the caller gave: names that nothing declares are looked up there.
    given: Option<&'v dyn Scope>,
}

enum Local {
    Named(Arc<str>, Value),
    /// The item of a filter: `item`, and its entries by their names.
    Item(Value),
}

impl<'v> Vars<'v> {
    pub(crate) fn new(required: Vec<(Arc<str>, Value)>, given: Option<&'v dyn Scope>) -> Vars<'v> {
        Vars {
            required,
            locals: Vec::new(),
            given,
        }
    }

    pub(crate) fn push(&mut self, name: Arc<str>, value: Value) {
        self.locals.push(Local::Named(name, value));
    }

    pub(crate) fn push_item(&mut self, value: Value) {
        self.locals.push(Local::Item(value));
    }

    pub(crate) fn mark(&self) -> usize {
        self.locals.len()
    }

    pub(crate) fn truncate(&mut self, mark: usize) {
        self.locals.truncate(mark);
    }

    /// All variables but those of the caller, for a function that is called later.
    pub(crate) fn captured(&self) -> Vec<(Arc<str>, Value)> {
        let mut all = self.required.clone();
        for local in &self.locals {
            match local {
                Local::Named(name, value) => all.push((name.clone(), value.clone())),
                Local::Item(value) => {
                    if let Value::Context(entries) = value {
                        all.extend(
                            entries
                                .iter()
                                .map(|(name, value)| (name.clone(), value.clone())),
                        );
                    }
                    all.push(("item".into(), value.clone()));
                }
            }
        }
        all
    }
}

impl Scope for Vars<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        let local = self.locals.iter().rev().find_map(|local| match local {
            Local::Named(known, value) => (**known == *name).then_some(value),
            Local::Item(value) => {
                let entry = value.as_context().and_then(|entries| entries.get(name));
                entry.or((name == "item").then_some(value))
            }
        });
        local
            .or_else(|| {
                let mut required = self.required.iter().rev();
                let found = required.find(|(known, _)| **known == *name);
                found.map(|(_, value)| value)
            })
            .or_else(|| self.given?.get(name))
    }
}

/// Puts a value under a path of names: all but the last are contexts, made where they are not there.
pub(super) fn put(variables: &mut Vec<(Arc<str>, Value)>, path: &[Arc<str>], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        variables.push((first.clone(), value));
        return;
    }
    match variables.iter_mut().find(|(known, _)| known == first) {
        Some((_, around)) => *around = with(around, rest, value),
        None => variables.push((first.clone(), with(&Value::Null, rest, value))),
    }
}

/// A context with one more value below it. Paths are as long as imports are deep, which is bounded.
fn with(around: &Value, path: &[Arc<str>], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return value;
    };
    let mut context = around.as_context().cloned().unwrap_or_else(Context::new);
    let inner = context.get(first).cloned().unwrap_or_default();
    context.insert(first.clone(), with(&inner, rest, value));
    Value::from(context)
}
