//! Decision tables (DMN 1.5, 8.2 and 8.3).

use std::cmp::Ordering;
use std::sync::LazyLock;

use redthread_feel::{Comparison, Context, Expression, Value};

use super::Run;
use super::scope::Vars;
use crate::logic::{Logic, Place, Simple, Table, Test};
use crate::model::{Aggregation, HitPolicy};
use crate::words::listed;

/// A rule that matched: its place among the rules, and its outputs.
type Hit = (usize, Vec<Value>);

impl Run<'_, '_> {
    pub(super) fn table(&mut self, table: &Table, vars: &mut Vars<'_>, place: &Place) -> Value {
        let inputs = self.inputs(table, vars);
        let mut hits: Vec<Hit> = Vec::new();
        for (at, rule) in table.rules.iter().enumerate() {
            if !self.spend(1) {
                return Value::Null;
            }
            let matches = rule
                .tests
                .iter()
                .zip(&inputs)
                .all(|(test, input)| self.matches(test, input, vars));
            if matches {
                hits.push((at, Vec::new()));
                if table.policy == HitPolicy::First {
                    break;
                }
            }
        }
        let several = hits.len() > 1 && table.policy == HitPolicy::Unique;
        if !several {
            for (at, outputs) in &mut hits {
                *outputs = self.outputs(table, *at, vars);
            }
        }
        self.notes.table(table, &inputs, &hits);
        if self.is_over() {
            return Value::Null;
        }
        if hits.is_empty() {
            return self.no_hit(table, vars, place);
        }
        self.result(table, hits, place)
    }

    /// The values that are tested, each evaluated once. One that is not among the input values is null (DMN 1.5, 8.3.2).
    fn inputs(&mut self, table: &Table, vars: &mut Vars<'_>) -> Vec<Value> {
        let mut values = Vec::with_capacity(table.inputs.len());
        for input in &table.inputs {
            let mut value = self.logic(&input.expression, vars);
            if let Some(expected) = &input.values
                && !value.is_null()
                && expected.test(&value, vars, self.evaluator) != Value::Boolean(true)
            {
                let message = format!(
                    "{} is not among the input values of “{}” and counts as null.",
                    crate::words::shown(&value),
                    input.label
                );
                self.warn(&input.expression.place, message);
                value = Value::Null;
            }
            values.push(value);
        }
        values
    }

    fn matches(&mut self, test: &Test, input: &Value, vars: &Vars<'_>) -> bool {
        match test {
            Test::Any => true,
            Test::Simple(simple, tests) => match simple_matches(simple, input) {
                Some(matches) => matches,
                // Null, a list, another type than expected: as FEEL has it.
                None => tests.test(input, vars, self.evaluator) == Value::Boolean(true),
            },
            Test::Feel(tests, place) => {
                let mark = self.evaluator.mark();
                let passes = tests.test(input, vars, self.evaluator);
                self.note(mark, place);
                passes == Value::Boolean(true)
            }
            Test::Broken(reason, place) => {
                self.warn(place, &**reason);
                false
            }
        }
    }

    fn outputs(&mut self, table: &Table, rule: usize, vars: &mut Vars<'_>) -> Vec<Value> {
        let cells = table.rules.get(rule).map_or(&[][..], |rule| &rule.outputs);
        cells
            .iter()
            .enumerate()
            .map(|(column, cell)| self.output(table, column, cell, vars))
            .collect()
    }

    /// The value of an output cell, as one of the column's type.
    fn output(&mut self, table: &Table, column: usize, cell: &Logic, vars: &mut Vars<'_>) -> Value {
        let value = self.logic(cell, vars);
        let Some(output) = table.outputs.get(column) else {
            return value;
        };
        let value = match output.kind {
            Some(kind) => self.fit(value, kind, &format!("“{}”", output.name), &cell.place),
            None => value,
        };
        if let Some(values) = &output.values
            && !value.is_null()
            && values.test(&value, vars, self.evaluator) != Value::Boolean(true)
        {
            let message = format!(
                "{} is not among the output values of “{}”.",
                crate::words::shown(&value),
                output.name
            );
            self.warn(&cell.place, message);
        }
        value
    }

    /// What a table gives when no rule matches: its default outputs, if it has some.
    fn no_hit(&mut self, table: &Table, vars: &mut Vars<'_>, place: &Place) -> Value {
        if table.outputs.iter().any(|output| output.default.is_some()) {
            let mut defaults = Vec::with_capacity(table.outputs.len());
            for (column, output) in table.outputs.iter().enumerate() {
                defaults.push(match &output.default {
                    Some(cell) => self.output(table, column, cell, vars),
                    None => Value::Null,
                });
            }
            return match (table.policy.is_multiple(), table.aggregation) {
                (true, None) => {
                    let value = self.row(table, defaults, place);
                    self.list(vec![value], place)
                }
                _ => self.row(table, defaults, place),
            };
        }
        match (table.policy, table.aggregation) {
            (HitPolicy::Collect, Some(Aggregation::Count)) => Value::from(0),
            (policy, None) if policy.is_multiple() => Value::list(Vec::new()),
            _ => Value::Null,
        }
    }

    fn result(&mut self, table: &Table, mut hits: Vec<Hit>, place: &Place) -> Value {
        match table.policy {
            HitPolicy::Unique if hits.len() > 1 => {
                let numbers: Vec<usize> = hits.iter().map(|(at, _)| at + 1).collect();
                let message = format!(
                    "Only one rule may match, but rules {} do.",
                    listed(&numbers)
                );
                self.warn(place, message);
                Value::Null
            }
            HitPolicy::Any if hits.iter().any(|(_, outputs)| *outputs != hits[0].1) => {
                let numbers: Vec<usize> = hits.iter().map(|(at, _)| at + 1).collect();
                let message = format!("Rules {} match, but they do not agree.", listed(&numbers));
                self.warn(place, message);
                Value::Null
            }
            HitPolicy::Unique | HitPolicy::Any | HitPolicy::First => self.first(table, hits, place),
            HitPolicy::Priority => {
                hits.sort_by(|a, b| by_priority(table, &a.1, &b.1));
                self.first(table, hits, place)
            }
            HitPolicy::OutputOrder => {
                hits.sort_by(|a, b| by_priority(table, &a.1, &b.1));
                self.all(table, hits, place)
            }
            HitPolicy::RuleOrder => self.all(table, hits, place),
            HitPolicy::Collect => match table.aggregation {
                None => self.all(table, hits, place),
                Some(Aggregation::Count) => Value::from(hits.len() as i64),
                Some(aggregation) => self.aggregate(aggregation, hits, place),
            },
        }
    }

    fn first(&mut self, table: &Table, hits: Vec<Hit>, place: &Place) -> Value {
        match hits.into_iter().next() {
            Some((_, outputs)) => self.row(table, outputs, place),
            None => Value::Null,
        }
    }

    fn all(&mut self, table: &Table, hits: Vec<Hit>, place: &Place) -> Value {
        let mut rows = Vec::with_capacity(hits.len());
        for (_, outputs) in hits {
            rows.push(self.row(table, outputs, place));
        }
        self.list(rows, place)
    }

    /// The outputs of a rule: the value itself of a single one, else a context.
    fn row(&mut self, table: &Table, mut outputs: Vec<Value>, place: &Place) -> Value {
        if outputs.len() == 1 {
            return outputs.pop().unwrap_or_default();
        }
        let names = table.outputs.iter().map(|output| output.name.clone());
        self.entries(names.zip(outputs).collect::<Context>(), place)
    }

    fn aggregate(&mut self, aggregation: Aggregation, hits: Vec<Hit>, place: &Place) -> Value {
        static SUM: LazyLock<Option<Expression>> =
            LazyLock::new(|| Expression::parse("sum(hits)").ok());
        static MIN: LazyLock<Option<Expression>> =
            LazyLock::new(|| Expression::parse("min(hits)").ok());
        static MAX: LazyLock<Option<Expression>> =
            LazyLock::new(|| Expression::parse("max(hits)").ok());
        let values = hits
            .into_iter()
            .filter_map(|(_, outputs)| outputs.into_iter().next());
        let list = self.list(values.collect(), place);
        let expression = match aggregation {
            Aggregation::Sum => &*SUM,
            Aggregation::Min => &*MIN,
            Aggregation::Max => &*MAX,
            Aggregation::Count => &None,
        };
        let scope: Context = [("hits", list)].into_iter().collect();
        match expression {
            Some(expression) => self.feel(expression, &scope, place),
            None => Value::Null,
        }
    }
}

/// By the order of output values, from the first output to the last; what is not listed comes last.
fn by_priority(table: &Table, a: &[Value], b: &[Value]) -> Ordering {
    let columns = table.outputs.iter().zip(a.iter().zip(b));
    columns
        .filter(|(output, _)| !output.order.is_empty())
        .map(|(output, (a, b))| {
            let rank = |value: &Value| {
                let position = output.order.iter().position(|listed| listed == value);
                position.unwrap_or(output.order.len())
            };
            rank(a).cmp(&rank(b))
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Whether one of the tests lets a value through; `None` where only FEEL can tell.
fn simple_matches(tests: &[Simple], input: &Value) -> Option<bool> {
    let mut matches = false;
    for test in tests {
        matches |= match test {
            Simple::Compare(operator, value) => holds(*operator, order(input, value)?),
            Simple::Range {
                start,
                start_included,
                end,
                end_included,
            } => {
                let after = order(input, start)?;
                let before = order(input, end)?;
                (after.is_gt() || (*start_included && after.is_eq()))
                    && (before.is_lt() || (*end_included && before.is_eq()))
            }
        };
    }
    Some(matches)
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        _ => None,
    }
}

fn holds(operator: Comparison, order: Ordering) -> bool {
    match operator {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}
