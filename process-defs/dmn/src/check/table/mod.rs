//! What analysts should know of a decision table: rules that match the same values, rules that never count, values that
//! no rule covers, and values that a column does not list (DMN 1.5, 8.2.10 and 8.2.11).
//!
//! Only what is certain is told: where a cell depends on variables, it may let everything through, or nothing.

mod column;
mod cover;
mod words;

#[cfg(test)]
mod laws;

use redthread_feel::{Test, Type, Value};
use redthread_xml::Code;

use crate::link::Sink;
use crate::logic::{Kind, Logic, Table};
use crate::model::HitPolicy;
use crate::types::{Shape, TypeIx, Types};
use column::{Cell, Column, tests_of};
use cover::{Part, Reach, Work};

/// How much is looked at for one table.
const WORK: u64 = 3_000_000;
/// More columns than these are not looked at together.
const COLUMNS: usize = 40;
/// So many findings of a kind are told for one table.
const MOST: usize = 5;

/// Checks all tables in the logic of an element.
pub(super) fn check(
    owner: &str,
    logic: &Logic,
    types: &Types,
    kind_of: &dyn Fn(&str) -> Option<TypeIx>,
    sink: &mut Sink<'_>,
) {
    let mut open = vec![logic];
    while let Some(logic) = open.pop() {
        match &logic.kind {
            Kind::Table(table) => Checked::new(owner, table, types, kind_of).tell(sink),
            Kind::Context(entries) => open.extend(entries.iter().map(|entry| &entry.value)),
            Kind::List(items) => open.extend(items),
            Kind::Relation { rows, .. } => open.extend(rows.iter().flatten()),
            Kind::Invocation { function, bindings } => {
                open.push(function);
                open.extend(bindings.iter().map(|(_, value)| value));
            }
            Kind::Function(function) => open.push(&function.body),
            Kind::Conditional(parts) => open.extend(parts.iter()),
            Kind::Filter(parts) | Kind::For { parts, .. } | Kind::Quantified { parts, .. } => {
                open.extend(parts.iter());
            }
            Kind::Constant(_) | Kind::Feel(_) | Kind::Broken(_) => {}
        }
    }
}

/// A table with its columns and cells as regions.
struct Checked<'t> {
    owner: &'t str,
    table: &'t Table,
    columns: Vec<Column>,
    cells: Vec<Vec<Cell>>,
    surely: Vec<Reach>,
    perhaps: Vec<Reach>,
    work: Work,
}

impl<'t> Checked<'t> {
    fn new(
        owner: &'t str,
        table: &'t Table,
        types: &Types,
        kind_of: &dyn Fn(&str) -> Option<TypeIx>,
    ) -> Checked<'t> {
        let columns: Vec<Column> = table
            .inputs
            .iter()
            .enumerate()
            .map(|(at, input)| {
                let kind = input
                    .expression
                    .result
                    .or_else(|| match &input.expression.kind {
                        Kind::Feel(expression) => kind_of(expression.text().trim()),
                        _ => None,
                    });
                let plain = kind.map_or(Type::Any, |kind| plain(types, kind));
                let values = input.values.as_ref().or_else(|| types.allowed(kind?));
                let cells = table.rules.iter().filter_map(|rule| rule.tests.get(at));
                Column::new(input.label.clone(), cells, &plain, values)
            })
            .collect();
        let cells: Vec<Vec<Cell>> = table
            .rules
            .iter()
            .map(|rule| {
                let cells = columns.iter().zip(&rule.tests);
                cells.map(|(column, test)| column.cell(test)).collect()
            })
            .collect();
        Checked {
            owner,
            table,
            surely: cells.iter().map(|cells| cover::surely(cells)).collect(),
            perhaps: cells.iter().map(|cells| cover::perhaps(cells)).collect(),
            columns,
            cells,
            work: Work(WORK),
        }
    }

    fn tell(mut self, sink: &mut Sink<'_>) {
        self.unlisted(sink);
        if self.columns.len() > COLUMNS || self.columns.is_empty() {
            return;
        }
        match self.table.policy {
            HitPolicy::Unique | HitPolicy::Any => self.overlaps(sink),
            HitPolicy::First | HitPolicy::Priority => self.masked(sink),
            HitPolicy::OutputOrder | HitPolicy::RuleOrder | HitPolicy::Collect => {}
        }
        // A list of no hits is an answer; so is a default.
        let has_default = self
            .table
            .outputs
            .iter()
            .any(|output| output.default.is_some());
        if !self.table.policy.is_multiple() && !has_default {
            self.gaps(sink);
        }
    }

    fn when(&self, part: &Part) -> String {
        match words::words(part, &self.columns) {
            words if words.is_empty() => "whatever is given".to_owned(),
            words => words,
        }
    }

    /// Rules that match the same values (8.2.10: `UNIQUE` forbids it, `ANY` unless they agree).
    fn overlaps(&mut self, sink: &mut Sink<'_>) {
        let mut told = 0;
        for second in 0..self.surely.len() {
            for first in 0..second {
                if !self.work.take(self.columns.len() * 4 + 1) {
                    return;
                }
                let Some(part) = cover::common(&self.surely[first], &self.surely[second]) else {
                    continue;
                };
                let message = match self.table.policy {
                    HitPolicy::Any if self.agree(first, second) != Some(false) => continue,
                    HitPolicy::Any => format!(
                        "“{}”: rules {} and {} both match {}, and do not give the same.",
                        self.owner,
                        first + 1,
                        second + 1,
                        self.when(&part)
                    ),
                    _ => format!(
                        "“{}”: rules {} and {} both match {}, but only one may.",
                        self.owner,
                        first + 1,
                        second + 1,
                        self.when(&part)
                    ),
                };
                told += 1;
                if told > MOST {
                    return;
                }
                let at = self.table.rules[second].xml;
                let hint =
                    "Narrow one of the two rules, or choose the hit policy First or Priority.";
                sink.warning(0, at, Code::OverlappingRules, message, hint);
            }
        }
    }

    /// Whether two rules give the same, as far as that is known.
    fn agree(&self, first: usize, second: usize) -> Option<bool> {
        let (first, second) = (&self.table.rules[first], &self.table.rules[second]);
        let mut all_known = true;
        for (a, b) in first.outputs.iter().zip(&second.outputs) {
            match (&a.kind, &b.kind) {
                (Kind::Constant(a), Kind::Constant(b)) if a != b => return Some(false),
                (Kind::Constant(_), Kind::Constant(_)) => {}
                (Kind::Feel(a), Kind::Feel(b)) if a.text() == b.text() => {}
                _ => all_known = false,
            }
        }
        all_known.then_some(true)
    }

    /// Rules that can never be the one that counts.
    fn masked(&mut self, sink: &mut Sink<'_>) {
        let mut told = 0;
        for rule in 0..self.perhaps.len() {
            let before = self.before(rule);
            if before.is_empty() || cover::is_empty(&self.perhaps[rule]) {
                continue;
            }
            if !self.work.take(before.len() * self.columns.len()) {
                return;
            }
            let single = before
                .iter()
                .find(|other| cover::contains(&self.surely[**other], &self.perhaps[rule]));
            let message = if let Some(other) = single {
                format!(
                    "“{}”: rule {} never counts, as rule {} matches whatever it matches and comes first.",
                    self.owner,
                    rule + 1,
                    other + 1
                )
            } else {
                let boxes: Vec<&Reach> = before.iter().map(|other| &self.surely[*other]).collect();
                let (open, complete) =
                    cover::uncovered(&boxes, &self.perhaps[rule], 1, &mut self.work);
                if !open.is_empty() || !complete {
                    continue;
                }
                format!(
                    "“{}”: rule {} never counts, as the rules that come first match whatever it matches.",
                    self.owner,
                    rule + 1
                )
            };
            told += 1;
            if told > MOST {
                return;
            }
            let at = self.table.rules[rule].xml;
            let hint = "Take the rule away, or move it up.";
            sink.warning(0, at, Code::MaskedRule, message, hint);
        }
    }

    /// The rules that win over a rule wherever both match.
    fn before(&self, rule: usize) -> Vec<usize> {
        match self.table.policy {
            HitPolicy::First => (0..rule).collect(),
            _ => {
                let Some(own) = self.rank(rule) else {
                    return Vec::new();
                };
                let others = 0..self.table.rules.len();
                let wins = |other: &usize| {
                    self.rank(*other)
                        .is_some_and(|rank| (rank, *other) < (own.clone(), rule))
                };
                others.filter(|other| *other != rule).filter(wins).collect()
            }
        }
    }

    /// Where the outputs of a rule stand among the output values, if they are known.
    fn rank(&self, rule: usize) -> Option<Vec<usize>> {
        let outputs = self
            .table
            .outputs
            .iter()
            .zip(&self.table.rules[rule].outputs);
        outputs
            .filter(|(output, _)| !output.order.is_empty())
            .map(|(output, cell)| match &cell.kind {
                Kind::Constant(value) => {
                    let place = output.order.iter().position(|listed| listed == value);
                    Some(place.unwrap_or(output.order.len()))
                }
                _ => None,
            })
            .collect()
    }

    /// Values that no rule covers.
    fn gaps(&mut self, sink: &mut Sink<'_>) {
        let boxes: Vec<&Reach> = self.perhaps.iter().collect();
        let all: Reach = self
            .columns
            .iter()
            .map(|column| vec![true; column.regions.len()])
            .collect();
        let (parts, complete) = cover::uncovered(&boxes, &all, 200, &mut self.work);
        let parts = cover::merged(parts);
        for part in parts.iter().take(MOST) {
            let message = format!("“{}”: no rule covers {}.", self.owner, self.when(part));
            let hint = "Add a rule for it, or a default output. Without one the result is null.";
            sink.warning(0, self.table.xml, Code::UncoveredInputs, message, hint);
        }
        if parts.len() > MOST || (!complete && !parts.is_empty()) {
            sink.warning(
                0,
                self.table.xml,
                Code::UncoveredInputs,
                format!("“{}”: there are more values that no rule covers.", self.owner),
                "Add rules for those above first, or a last rule with - in every column and the hit policy First.",
            );
        }
    }

    /// Cells that can never match as their column does not list the value, and outputs that are not listed.
    fn unlisted(&self, sink: &mut Sink<'_>) {
        let mut told = 0;
        for (at, (rule, cells)) in self.table.rules.iter().zip(&self.cells).enumerate() {
            for ((cell, test), column) in cells.iter().zip(&rule.tests).zip(&self.columns) {
                let constant = tests_of(test).is_some_and(|tests| {
                    tests
                        .view()
                        .iter()
                        .all(|test| matches!(test, Test::Value(value) if !value.is_null()))
                });
                let Some(tests) = tests_of(test) else {
                    continue;
                };
                let can_match = cell.perhaps.contains(&true) || column.regions.is_empty();
                if can_match || told == MOST {
                    continue;
                }
                told += 1;
                let text = crate::words::short(tests.expression().text(), 60);
                let (reason, hint) = if constant {
                    (
                        format!("{text} is not among the values of “{}”", column.label),
                        "Mend the value, or add it to those that are allowed.",
                    )
                } else {
                    (
                        format!("no value of “{}” is {text}", column.label),
                        "Mend the test.",
                    )
                };
                let message = format!(
                    "“{}”: rule {} can never match, as {reason}.",
                    self.owner,
                    at + 1
                );
                sink.warning(0, rule.xml, Code::UnlistedValue, message, hint);
            }
            for (cell, output) in rule.outputs.iter().zip(&self.table.outputs) {
                let Kind::Constant(value) = &cell.kind else {
                    continue;
                };
                let listed = output.order.is_empty()
                    || output.order.contains(value)
                    || *value == Value::Null;
                if !listed && told < MOST {
                    told += 1;
                    let message = format!(
                        "“{}”: rule {} gives {}, which is not among the values of “{}”.",
                        self.owner,
                        at + 1,
                        crate::words::short(&value.to_feel(), 60),
                        output.name
                    );
                    let hint = "Mend the value, or add it to those that are allowed.";
                    sink.warning(0, rule.xml, Code::UnlistedValue, message, hint);
                }
            }
        }
    }
}

/// The type of FEEL's own that a type comes down to; Any where it is a list or has components.
fn plain(types: &Types, kind: TypeIx) -> Type {
    let mut at = kind;
    for _ in 0..=types.0.len() {
        let item = types.at(at);
        match &item.shape {
            _ if item.collection => return Type::Any,
            Shape::Plain(kind) => return kind.clone(),
            Shape::Like(other) => at = *other,
            _ => return Type::Any,
        }
    }
    Type::Any
}
