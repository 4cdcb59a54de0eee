//! Boxed expressions (DMN 1.5, 10.2.1).

use std::sync::Arc;

use redthread_feel::{Context, Number, Value};

use super::Run;
use super::scope::Vars;
use crate::logic::{Entry, Kind, Logic, Place};
use crate::types::TypeIx;

/// How much of the evaluation's depth one boxed expression within another takes.
const LEVELS: usize = 3;

/// Values deeper than this cannot be stored.
const DEEPEST: usize = 4;

impl Run<'_, '_> {
    /// The value of an expression, made to fit its type.
    pub(super) fn logic(&mut self, logic: &Logic, vars: &mut Vars<'_>) -> Value {
        let value = match &logic.kind {
            Kind::Constant(value) => value.clone(),
            Kind::Feel(expression) => self.feel(expression, vars, &logic.place),
            Kind::Broken(reason) => {
                self.warn(&logic.place, &**reason);
                return Value::Null;
            }
            compound => self.nested(compound, vars, &logic.place),
        };
        match logic.result {
            Some(kind) => {
                let what = "The value";
                self.fit_hits(value, kind, logic.gives_hits(), what, &logic.place)
            }
            None => value,
        }
    }

    /// An expression with others in it, on a budget of depth: files may nest and functions may recur.
    fn nested(&mut self, kind: &Kind, vars: &mut Vars<'_>, place: &Place) -> Value {
        let (graph, notes, owner) = (self.graph, self.notes, self.owner.clone());
        let value = self.evaluator.nested(LEVELS, |evaluator| {
            let mut run = Run {
                graph,
                evaluator,
                notes,
                owner,
            };
            run.spend(1);
            run.compound(kind, vars, place)
        });
        value.unwrap_or_default()
    }

    fn compound(&mut self, kind: &Kind, vars: &mut Vars<'_>, place: &Place) -> Value {
        match kind {
            Kind::Constant(_) | Kind::Feel(_) | Kind::Broken(_) => Value::Null,
            Kind::Table(table) => self.table(table, vars, place),
            Kind::Context(entries) => self.context(entries, vars, place),
            Kind::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.logic(item, vars));
                }
                self.list(values, place)
            }
            Kind::Relation { columns, rows } => self.relation(columns, rows, vars, place),
            Kind::Invocation { function, bindings } => {
                self.invocation(function, bindings, vars, place)
            }
            Kind::Function(logic) => self.boxed_function(logic, vars, place),
            Kind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                match self.logic(condition, vars) {
                    Value::Boolean(true) => self.logic(then, vars),
                    // What is not known leads to the other side, as in FEEL's own `if`.
                    Value::Boolean(false) | Value::Null => self.logic(otherwise, vars),
                    other => {
                        self.not_boolean(&other, &condition.place);
                        Value::Null
                    }
                }
            }
            Kind::Filter(parts) => self.filter(parts, vars, place),
            Kind::For { variable, parts } => self.iterate(variable, parts, vars, place),
            Kind::Quantified {
                every,
                variable,
                parts,
            } => self.quantified(*every, variable, parts, vars, place),
        }
    }

    /// A list as a value, if there is room for it.
    pub(super) fn list(&mut self, values: Vec<Value>, place: &Place) -> Value {
        self.evaluator
            .spend_bytes((values.len() * size_of::<Value>() + 48) as u64);
        self.shallow(Value::list(values), place)
    }

    /// A context as a value, if there is room for it.
    pub(super) fn entries(&mut self, context: Context, place: &Place) -> Value {
        self.evaluator
            .spend_bytes((context.len() * (size_of::<Value>() + 16) + 64) as u64);
        self.shallow(Value::from(context), place)
    }

    /// Values are kept as shallow as those that FEEL builds. Looking is work too: shared parts are met again
    /// and again.
    fn shallow(&mut self, value: Value, place: &Place) -> Value {
        let levels = self.evaluator.env().limits.depth / DEEPEST;
        let all = self.evaluator.operations_left().saturating_mul(16);
        let mut steps = all;
        let fits = nests_within(&value, levels, &mut steps);
        if !self.spend((all - steps) / 16) || steps == 0 {
            self.spend(u64::MAX);
            return Value::Null;
        }
        if fits {
            return value;
        }
        self.warn(place, "The value is nested too deeply.");
        Value::Null
    }

    /// Each entry sees those before it; the one without a name is the result (10.2.1.4).
    fn context(&mut self, entries: &[Entry], vars: &mut Vars<'_>, place: &Place) -> Value {
        let mark = vars.mark();
        let mut context = Context::with_capacity(entries.len());
        let mut result = None;
        for (at, entry) in entries.iter().enumerate() {
            let mut value = self.logic(&entry.value, vars);
            if let Some(kind) = entry.kind {
                let what = entry
                    .name
                    .as_ref()
                    .map_or("The result".to_owned(), |name| format!("“{name}”"));
                let hits = entry.value.gives_hits();
                value = self.fit_hits(value, kind, hits, &what, &entry.value.place);
            }
            // Variables are looked for one after another.
            if !self.spend(at as u64 / 64) {
                break;
            }
            match &entry.name {
                Some(name) => {
                    vars.push(name.clone(), value.clone());
                    context.insert(name.clone(), value);
                }
                None => result = Some(value),
            }
        }
        vars.truncate(mark);
        match result {
            Some(result) => result,
            None => self.entries(context, place),
        }
    }

    /// A list of contexts (10.2.1.6).
    fn relation(
        &mut self,
        columns: &[(Arc<str>, Option<TypeIx>)],
        rows: &[Vec<Logic>],
        vars: &mut Vars<'_>,
        place: &Place,
    ) -> Value {
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let mut context = Context::with_capacity(columns.len());
            for (at, (name, kind)) in columns.iter().enumerate() {
                let mut value = match row.get(at) {
                    Some(cell) => self.logic(cell, vars),
                    None => Value::Null,
                };
                if let (Some(kind), Some(cell)) = (kind, row.get(at)) {
                    value = self.fit(value, *kind, &format!("“{name}”"), &cell.place);
                }
                context.insert(name.clone(), value);
            }
            values.push(self.entries(context, place));
        }
        self.list(values, place)
    }

    /// A call with named arguments (10.2.1.3). One that the function does not know keeps it from being called.
    fn invocation(
        &mut self,
        function: &Logic,
        bindings: &[(Arc<str>, Logic)],
        vars: &mut Vars<'_>,
        place: &Place,
    ) -> Value {
        let called = self.logic(function, vars);
        let Value::Function(called) = called else {
            if !called.is_null() {
                self.warn(place, format!("A {} cannot be called.", called.type_name()));
            }
            return Value::Null;
        };
        let parameters = called.parameters();
        let mut arguments: Vec<Option<Value>> = vec![None; parameters.len()];
        for (name, value) in bindings {
            let value = self.logic(value, vars);
            match parameters.iter().position(|parameter| parameter == name) {
                Some(at) => arguments[at] = Some(value),
                None => {
                    self.warn(place, format!("The function has no parameter “{name}”."));
                    return Value::Null;
                }
            }
        }
        if let Some(at) = arguments.iter().position(Option::is_none) {
            self.warn(
                place,
                format!("The parameter “{}” is missing.", parameters[at]),
            );
            return Value::Null;
        }
        let mark = self.evaluator.mark();
        let arguments = arguments.into_iter().flatten().collect();
        let value = self.evaluator.call(&called, arguments);
        self.note(mark, place);
        value
    }

    /// The items of a list: a range of whole numbers has some too, and one value is a list of one.
    fn items(
        &mut self,
        list: &Logic,
        vars: &mut Vars<'_>,
        place: &Place,
    ) -> Option<Arc<Vec<Value>>> {
        match self.logic(list, vars) {
            Value::List(items) => Some(items),
            Value::Null => None,
            Value::Range(range) => {
                let whole = |end: &Value| end.as_number().and_then(Number::to_i64);
                let (Some(start), Some(end)) = (whole(&range.start), whole(&range.end)) else {
                    self.warn(
                        place,
                        "This range has no items: its ends are not whole numbers.",
                    );
                    return None;
                };
                let start = start.saturating_add(i64::from(!range.start_included));
                let end = end.saturating_sub(i64::from(!range.end_included));
                let count = u64::try_from(end.saturating_sub(start).saturating_add(1)).unwrap_or(0);
                let bytes = count.saturating_mul(size_of::<Value>() as u64);
                if !self.spend(count) || !self.evaluator.spend_bytes(bytes) {
                    return None;
                }
                Some(Arc::new((start..=end).map(Value::from).collect()))
            }
            single => Some(Arc::new(vec![single])),
        }
    }

    fn not_boolean(&mut self, value: &Value, place: &Place) {
        let message = format!(
            "The condition must be true or false, but it is a {}.",
            value.type_name()
        );
        self.warn(place, message);
    }

    /// The items for which the condition is true; it must be true or false of each (10.2.1.9).
    fn filter(&mut self, parts: &[Logic; 2], vars: &mut Vars<'_>, place: &Place) -> Value {
        let [list, matches] = parts;
        let Some(items) = self.items(list, vars, place) else {
            return Value::Null;
        };
        let mark = vars.mark();
        let mut found = Vec::new();
        for item in items.iter() {
            if !self.spend(1) {
                return Value::Null;
            }
            vars.push_item(item.clone());
            let passes = self.logic(matches, vars);
            vars.truncate(mark);
            match passes {
                Value::Boolean(true) => found.push(item.clone()),
                Value::Boolean(false) => {}
                other => {
                    self.not_boolean(&other, &matches.place);
                    return Value::Null;
                }
            }
        }
        self.list(found, place)
    }

    /// A value for each item; `partial` holds those before (10.2.1.10).
    fn iterate(
        &mut self,
        variable: &Arc<str>,
        parts: &[Logic; 2],
        vars: &mut Vars<'_>,
        place: &Place,
    ) -> Value {
        let [list, result] = parts;
        let Some(items) = self.items(list, vars, place) else {
            return Value::Null;
        };
        let mark = vars.mark();
        let wants_partial = result.mentions("partial");
        let mut results: Vec<Value> = Vec::with_capacity(items.len().min(1024));
        for item in items.iter() {
            if !self.spend(1) {
                return Value::Null;
            }
            vars.push(variable.clone(), item.clone());
            if wants_partial {
                let partial = self.list(results.clone(), place);
                vars.push("partial".into(), partial);
            }
            let value = self.logic(result, vars);
            vars.truncate(mark);
            results.push(value);
        }
        self.list(results, place)
    }

    /// Three-valued, as FEEL's `every` and `some` (10.2.1.11).
    fn quantified(
        &mut self,
        every: bool,
        variable: &Arc<str>,
        parts: &[Logic; 2],
        vars: &mut Vars<'_>,
        place: &Place,
    ) -> Value {
        let [list, satisfies] = parts;
        let Some(items) = self.items(list, vars, place) else {
            return Value::Null;
        };
        let mark = vars.mark();
        let mut known = true;
        for item in items.iter() {
            if !self.spend(1) {
                return Value::Null;
            }
            vars.push(variable.clone(), item.clone());
            let truth = self.logic(satisfies, vars);
            vars.truncate(mark);
            match truth {
                Value::Boolean(truth) if truth != every => return Value::Boolean(truth),
                Value::Boolean(_) => {}
                _ => known = false,
            }
        }
        if known {
            Value::Boolean(every)
        } else {
            Value::Null
        }
    }
}

impl Logic {
    /// Whether an expression in it may read a variable. Expressions nest no deeper than the file does.
    fn mentions(&self, name: &str) -> bool {
        match &self.kind {
            Kind::Constant(_) | Kind::Broken(_) => false,
            Kind::Feel(expression) => expression.names().iter().any(|known| **known == *name),
            // Looking closer is not worth it.
            _ => true,
        }
    }
}

/// Whether lists and contexts nest at most so deeply, looking at most so many times.
fn nests_within(value: &Value, levels: usize, steps: &mut u64) -> bool {
    match value {
        Value::List(items) => {
            let Some(levels) = levels.checked_sub(1) else {
                return false;
            };
            match steps.checked_sub(items.len() as u64 + 1) {
                Some(left) => *steps = left,
                None => {
                    *steps = 0;
                    return false;
                }
            }
            items.iter().all(|item| nests_within(item, levels, steps))
        }
        // Contexts know how deep they are.
        other => other.nests_within(levels),
    }
}
