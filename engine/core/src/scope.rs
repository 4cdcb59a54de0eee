//! Variables: where they are looked up, where results go.
//!
//! Scoping is that of Camunda 8. A name is looked up in the element instance, then in the sub-processes around it, then in
//! the instance. A result goes to the nearest scope that has a variable of its name, else to the instance. After all
//! variables come the facts: the record that the instance is about, by its kind's name and as `subject`.

use std::cell::Cell;
use std::sync::Arc;

use redthread_bpmn::graph::{Mapping, Text};
use redthread_dmn::{Detail, Outcome};
use redthread_feel::{Context, Env, Evaluation, Expression, Limits, Scope, Value};

use crate::command::Variables;
use crate::incident::Stuck;
use crate::inputs::{Decision, Fact, Inputs};
use crate::key::Key;
use crate::null;
use crate::state::InstanceState;
use crate::step::{Halt, StepError, Stepper};

/// What an expression sees from a place in an instance.
struct View<'a> {
    state: &'a InstanceState,
    inputs: &'a Inputs,
    from: Key,
    /// What only this expression knows: it comes before all variables.
    extras: &'a Variables,
    /// Set when the subject's facts were asked for.
    asked_subject: Cell<bool>,
}

impl Scope for View<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        if let Some(value) = self.extras.get(name) {
            return Some(value);
        }
        let mut scope = self.from;
        loop {
            if let Some(value) = self
                .state
                .variables_of(scope)
                .and_then(|variables| variables.get(name))
            {
                return Some(value);
            }
            let Some(element) = self.state.elements.get(&scope) else {
                break;
            };
            let then = element.undoes.as_ref();
            if let Some(value) = then.and_then(|undoes| undoes.variables.get(name)) {
                return Some(value);
            }
            scope = element.scope;
        }
        let subject = self.state.subject.as_ref()?;
        if name != &*subject.kind && name != "subject" {
            return None;
        }
        self.asked_subject.set(true);
        self.inputs.facts.subject.as_ref()
    }
}

/// The value of an expression, with the reason where it is a null that comes from a mistake: see [`null`].
pub(crate) struct Evaluated {
    pub value: Value,
    pub why_null: Option<String>,
}

impl Evaluated {
    fn of(expression: &Expression, evaluation: Evaluation) -> Evaluated {
        let warning = evaluation.warnings.first();
        // A limit that was reached is never meant.
        let is_mistake = evaluation.limit.is_some() || !null::is_meant(expression.text());
        Evaluated {
            why_null: warning
                .filter(|_| evaluation.value.is_null() && is_mistake)
                .map(|warning| warning.message.clone()),
            value: evaluation.value,
        }
    }

    /// "The expression `x` gave null, but a duration is needed here. There is no variable `x`."
    pub fn unfit(&self, text: &Text, needed: &str) -> Halt {
        let found = match &self.value {
            Value::Null => "null".to_owned(),
            value => value.to_feel(),
        };
        let source = match text {
            Text::Expression(expression) => {
                format!("The expression `{}` gave {found}", expression.text())
            }
            Text::Literal(literal) => format!("The text \"{literal}\" stands here"),
        };
        let why = self
            .why_null
            .as_deref()
            .map(|why| format!(" {why}"))
            .unwrap_or_default();
        Halt::Stuck(Stuck::expression(format!(
            "{source}, but {needed} is needed.{why}"
        )))
    }
}

impl Stepper<'_> {
    /// Evaluates an expression as seen from `scope`.
    pub(crate) fn evaluate(
        &mut self,
        expression: &Expression,
        scope: Key,
    ) -> Result<Evaluated, Halt> {
        self.evaluate_with(expression, scope, &Variables::new())
    }

    /// The same, where the expression knows more than there are variables.
    pub(crate) fn evaluate_with(
        &mut self,
        expression: &Expression,
        scope: Key,
        extras: &Variables,
    ) -> Result<Evaluated, Halt> {
        let env = env(self.inputs, self.evaluations);
        self.evaluations += 1;
        let view = View {
            state: &self.state,
            inputs: self.inputs,
            from: scope,
            extras,
            asked_subject: Cell::new(false),
        };
        let evaluation = expression.evaluate(&view, &env);
        if view.asked_subject.get() {
            if self.inputs.facts.subject.is_none() {
                return Err(StepError::Needs(Fact::Subject).into());
            }
            self.facts_used = true;
        }
        Ok(Evaluated::of(expression, evaluation))
    }

    /// Makes a decision with what can be seen from `scope`.
    pub(crate) fn decide(&mut self, decision: &Decision, scope: Key) -> Result<Outcome, Halt> {
        let Some(model) = &decision.model else {
            return Err(Stuck::decision(format!(
                "The decision \"{}\" cannot be read any more. Deploy it again, and try again.",
                decision.name
            ))
            .into());
        };
        let env = env(self.inputs, self.evaluations);
        self.evaluations += 1;
        let view = View {
            state: &self.state,
            inputs: self.inputs,
            from: scope,
            extras: &Variables::new(),
            asked_subject: Cell::new(false),
        };
        let outcome = model.evaluate(&decision.id, &view, &env, Detail::Explained);
        if view.asked_subject.get() && self.inputs.facts.subject.is_none() {
            return Err(StepError::Needs(Fact::Subject).into());
        }
        outcome.map_err(|error| Stuck::decision(error.to_string()).into())
    }

    /// A plain text as it is, an expression evaluated.
    pub(crate) fn text(&mut self, text: &Text, scope: Key) -> Result<Evaluated, Halt> {
        match text {
            Text::Literal(literal) => Ok(Evaluated {
                value: Value::String(literal.clone()),
                why_null: None,
            }),
            Text::Expression(expression) => self.evaluate(expression, scope),
        }
    }

    /// A text that must be there: a string, or a number written out.
    pub(crate) fn required_string(
        &mut self,
        text: &Text,
        scope: Key,
        needed: &str,
    ) -> Result<String, Halt> {
        let evaluated = self.text(text, scope)?;
        match &evaluated.value {
            Value::String(string) if !string.is_empty() => Ok(string.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(evaluated.unfit(text, needed)),
        }
    }

    /// A text that may be missing: null without an error, or an empty string, is `None`.
    pub(crate) fn optional_string(
        &mut self,
        text: Option<&Text>,
        scope: Key,
        needed: &str,
    ) -> Result<Option<String>, Halt> {
        let Some(text) = text else { return Ok(None) };
        let evaluated = self.text(text, scope)?;
        match &evaluated.value {
            Value::String(string) if string.trim().is_empty() => Ok(None),
            Value::String(string) => Ok(Some(string.trim().to_owned())),
            Value::Null if evaluated.why_null.is_none() => Ok(None),
            _ => Err(evaluated.unfit(text, needed)),
        }
    }

    /// Names: a list of strings, or one string with commas.
    pub(crate) fn names(&mut self, text: Option<&Text>, scope: Key) -> Result<Vec<String>, Halt> {
        let Some(text) = text else {
            return Ok(Vec::new());
        };
        let needed = "a list of names, or a text with names between commas,";
        let evaluated = self.text(text, scope)?;
        match &evaluated.value {
            Value::String(string) => Ok(string
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect()),
            Value::List(items) => items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| evaluated.unfit(text, needed))
                })
                .collect(),
            Value::Null if evaluated.why_null.is_none() => Ok(Vec::new()),
            _ => Err(evaluated.unfit(text, needed)),
        }
    }

    /// Evaluates mappings in order as seen from `from` and hands each value to `to`. Later ones see what earlier ones
    /// set.
    fn map(
        &mut self,
        mappings: &[Mapping],
        from: Key,
        to: impl Fn(&Self, &str) -> Key,
    ) -> Result<(), Halt> {
        for mapping in mappings {
            let value = self.text(&mapping.source, from)?.value;
            let Some((name, path)) = mapping.target.split_first() else {
                continue;
            };
            let scope = to(self, name);
            let current = self
                .state
                .variables_of(scope)
                .and_then(|variables| variables.get(name));
            let value = put(current, path, value);
            self.fits(scope, name, &value)?;
            self.set(scope, Variables::from([(name.clone(), value)]));
        }
        Ok(())
    }

    /// `zeebe:input`: local variables of the element instance.
    pub(crate) fn map_inputs(
        &mut self,
        mappings: &[Mapping],
        element_instance: Key,
    ) -> Result<(), Halt> {
        self.map(mappings, element_instance, |_, _| element_instance)
    }

    /// `zeebe:output`: variables of the scopes around the element instance.
    pub(crate) fn map_outputs(
        &mut self,
        mappings: &[Mapping],
        element_instance: Key,
    ) -> Result<(), Halt> {
        let around = self.scope_of(element_instance);
        let own = crate::repetition::output_variable(self, element_instance);
        self.map(mappings, element_instance, |stepper, name| match own {
            // What a round gives belongs to it, not to all of them.
            Some(own) if **own == *name => element_instance,
            _ => stepper.holder(around, name),
        })
    }

    /// Data objects and properties that a scope starts with: null, where nothing else is known of them.
    pub(crate) fn begin_data(&mut self, names: &[Arc<str>], scope: Key) {
        let known = self.state.variables_of(scope);
        let new = names
            .iter()
            .filter(|name| known.is_none_or(|known| !known.contains_key(*name)))
            .map(|name| (name.clone(), Value::Null))
            .collect();
        self.set(scope, new);
    }

    /// Sets each variable in the nearest scope, from `scope` outwards, that has it, else in the instance.
    pub(crate) fn merge(&mut self, scope: Key, variables: &Variables) {
        let mut by_scope: Vec<(Key, Variables)> = Vec::new();
        for (name, value) in variables {
            let holder = self.holder(scope, name);
            let entry = (name.clone(), value.clone());
            match by_scope.iter_mut().find(|(scope, _)| *scope == holder) {
                Some((_, of_scope)) => of_scope.extend([entry]),
                None => by_scope.push((holder, Variables::from([entry]))),
            }
        }
        for (scope, variables) in by_scope {
            self.set(scope, variables);
        }
    }

    pub(crate) fn holder(&self, from: Key, name: &str) -> Key {
        let mut scope = from;
        while let Some(element) = self.state.elements.get(&scope) {
            if element.variables.contains_key(name) {
                return scope;
            }
            scope = element.scope;
        }
        self.state.key
    }
}

/// What expressions know besides variables. `nth` makes each evaluation of a step draw other random numbers.
pub(crate) fn env(inputs: &Inputs, nth: u64) -> Env {
    Env {
        now: inputs.now,
        zone: inputs.zone,
        seed: inputs
            .seed
            .wrapping_add(nth.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        limits: Limits::default(),
    }
}

/// `current` with `value` put at `path`; contexts are made on the way.
fn put(current: Option<&Value>, path: &[Arc<str>], value: Value) -> Value {
    let Some((name, rest)) = path.split_first() else {
        return value;
    };
    let mut context = match current {
        Some(Value::Context(context)) => (**context).clone(),
        _ => Context::default(),
    };
    let inner = put(context.get(name), rest, value);
    context.insert(name.clone(), inner);
    Value::Context(Arc::new(context))
}

/// Variables as an expression's scope, for what runs outside of instances: start events of definitions.
pub(crate) fn evaluate_outside(
    expression: &Expression,
    scope: &dyn Scope,
    inputs: &Inputs,
) -> Evaluated {
    Evaluated::of(expression, expression.evaluate(scope, &env(inputs, 0)))
}
