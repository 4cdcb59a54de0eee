//! A column as the regions that its cells tell apart: between any two constants, at each of them, and everything
//! else. A cell lets a region through as a whole or not at all, unless it cannot be told.

use std::cmp::Ordering;
use std::sync::Arc;

use redthread_feel::{Comparison, Test, Type, UnaryTests, Value};

use crate::logic;

/// A part of a column's values that no cell tells apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Region {
    /// One value.
    Point(Value),
    /// What lies strictly between two values, or beyond one.
    Between(Option<Value>, Option<Value>),
    /// Everything that no cell mentions.
    Rest,
}

/// More constants than these are not told apart.
const CONSTANTS: usize = 4_000;

/// Nor are more cells looked at for all regions than these together.
const LOOKS: usize = 4_000_000;

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) label: Arc<str>,
    pub(super) regions: Vec<Region>,
    /// It is too large to be looked at: what its cells let through cannot be told.
    blind: bool,
}

/// What a cell lets through, by regions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    /// For certain.
    pub(super) surely: Vec<bool>,
    /// Perhaps: where only an evaluation can tell, everything.
    pub(super) perhaps: Vec<bool>,
}

impl Column {
    /// The column of these cells. `kind` is what is known of its type, `values` are those that it may have.
    pub(super) fn new<'t>(
        label: Arc<str>,
        cells: impl Iterator<Item = &'t logic::Test>,
        kind: &Type,
        values: Option<&UnaryTests>,
    ) -> Column {
        let mut constants = Vec::new();
        let mut count = 0;
        for cell in cells {
            count += 1;
            if let Some(tests) = tests_of(cell) {
                collect(tests.view(), &mut constants);
            }
        }
        let listed = values.map(UnaryTests::view);
        if let Some(listed) = listed {
            collect(listed, &mut constants);
        }
        if constants.len() > CONSTANTS || constants.len() * 2 * count > LOOKS {
            return Column {
                label,
                regions: vec![Region::Rest],
                blind: true,
            };
        }
        let mut regions = regions(constants, kind);
        if let Some(listed) = listed {
            // Only what may come is to be covered. Where that cannot be told, everything.
            let may: Vec<Option<bool>> = regions.iter().map(|region| any(listed, region)).collect();
            if may.iter().all(Option::is_some) {
                let mut may = may.into_iter();
                regions.retain(|_| may.next().flatten() == Some(true));
            }
        }
        Column {
            label,
            regions,
            blind: false,
        }
    }

    /// What a cell lets through.
    pub(super) fn cell(&self, test: &logic::Test) -> Cell {
        let outcomes: Vec<Option<bool>> = match tests_of(test) {
            Some(_) if self.blind => vec![None; self.regions.len()],
            Some(tests) => {
                let passes = self.regions.iter().map(|region| any(tests.view(), region));
                passes.collect()
            }
            None => {
                let outcome = match test {
                    logic::Test::Any => Some(true),
                    // What cannot run never matches.
                    logic::Test::Broken(..) => Some(false),
                    logic::Test::Simple(..) | logic::Test::Feel(..) => None,
                };
                vec![outcome; self.regions.len()]
            }
        };
        Cell {
            surely: outcomes.iter().map(|o| *o == Some(true)).collect(),
            perhaps: outcomes.iter().map(|o| *o != Some(false)).collect(),
        }
    }
}

pub(super) fn tests_of(cell: &logic::Test) -> Option<&UnaryTests> {
    match cell {
        logic::Test::Simple(_, tests) | logic::Test::Feel(tests, _) => Some(tests),
        logic::Test::Any | logic::Test::Broken(..) => None,
    }
}

/// The constants in tests. Tests nest no deeper than expressions may.
fn collect(tests: &[Test], constants: &mut Vec<Value>) {
    for test in tests {
        match test {
            Test::Any | Test::Other => {}
            Test::Not(tests) => collect(tests, constants),
            Test::Compare(_, value) => constants.push(value.clone()),
            Test::Range { start, end, .. } => constants.extend([start.clone(), end.clone()]),
            Test::Value(Value::List(items)) => constants.extend(items.iter().cloned()),
            Test::Value(value) => constants.push(value.clone()),
        }
    }
}

fn regions(mut constants: Vec<Value>, kind: &Type) -> Vec<Region> {
    constants.retain(|value| !value.is_null());
    if *kind == Type::Boolean
        || constants.iter().all(|value| value.as_bool().is_some()) && !constants.is_empty()
    {
        return vec![Region::Point(true.into()), Region::Point(false.into())];
    }
    let ordered = constants.iter().all(|value| order(value, value).is_some())
        && constants
            .windows(2)
            .all(|pair| order(&pair[0], &pair[1]).is_some());
    if !ordered || constants.is_empty() {
        let mut points: Vec<Value> = Vec::new();
        for value in constants {
            if !points.contains(&value) {
                points.push(value);
            }
        }
        let mut regions: Vec<Region> = points.into_iter().map(Region::Point).collect();
        regions.push(Region::Rest);
        return regions;
    }
    constants.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
    constants.dedup_by(|a, b| order(a, b) == Some(Ordering::Equal));
    let mut regions = Vec::with_capacity(constants.len() * 2 + 1);
    let mut before = None;
    for value in constants {
        if has_something(before.as_ref(), &value) {
            regions.push(Region::Between(before.take(), Some(value.clone())));
        }
        regions.push(Region::Point(value.clone()));
        before = Some(value);
    }
    regions.push(Region::Between(before, None));
    regions
}

/// Whether there is anything between two values: dates come one after another.
fn has_something(before: Option<&Value>, after: &Value) -> bool {
    match (before, after) {
        (Some(Value::Date(before)), Value::Date(after)) => before.add_days(1) != Some(*after),
        (Some(Value::YearsMonthsDuration(before)), Value::YearsMonthsDuration(after)) => {
            before.months().saturating_add(1) != after.months()
        }
        (None, Value::Time(time)) => time.nanos() > 0,
        _ => true,
    }
}

/// The order of values that have one; texts are told apart, but stand in no order that analysts think of.
pub(super) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => a.compare(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.compare(b),
        (Value::DaysTimeDuration(a), Value::DaysTimeDuration(b)) => Some(a.cmp(b)),
        (Value::YearsMonthsDuration(a), Value::YearsMonthsDuration(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whether one of the tests lets a region through; `None` where that cannot be told.
fn any(tests: &[Test], region: &Region) -> Option<bool> {
    let mut known = true;
    for test in tests {
        match passes(test, region) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => known = false,
        }
    }
    known.then_some(false)
}

fn passes(test: &Test, region: &Region) -> Option<bool> {
    match test {
        Test::Any => Some(true),
        Test::Other => None,
        Test::Not(tests) => any(tests, region).map(|passes| !passes),
        Test::Value(Value::List(items)) => {
            let tests: Vec<Test> = items.iter().cloned().map(Test::Value).collect();
            any(&tests, region)
        }
        Test::Value(value) => compares(Comparison::Equal, value, region),
        Test::Compare(operator, value) => compares(*operator, value, region),
        Test::Range {
            start,
            start_included,
            end,
            end_included,
        } => {
            let after = match start_included {
                true => Comparison::GreaterOrEqual,
                false => Comparison::Greater,
            };
            let before = match end_included {
                true => Comparison::LessOrEqual,
                false => Comparison::Less,
            };
            Some(compares(after, start, region)? && compares(before, end, region)?)
        }
    }
}

/// Every constant is a region of its own, so a region lies on one side of it.
fn compares(operator: Comparison, value: &Value, region: &Region) -> Option<bool> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    if value.is_null() {
        // Whether nothing was given is another question.
        return Some(operator == NotEqual);
    }
    let side = match region {
        Region::Rest => match operator {
            Equal => return Some(false),
            NotEqual => return Some(true),
            _ => return None,
        },
        Region::Point(point) => match (order(point, value), operator) {
            (Some(side), _) => side,
            (None, Equal) => return Some(point == value),
            (None, NotEqual) => return Some(point != value),
            (None, _) => return None,
        },
        Region::Between(start, end) => match (start, end) {
            (_, Some(end)) if order(end, value)?.is_le() => Ordering::Less,
            (Some(start), _) if order(start, value)?.is_ge() => Ordering::Greater,
            _ => return None,
        },
    };
    Some(match operator {
        Equal => side.is_eq(),
        NotEqual => side.is_ne(),
        Less => side.is_lt(),
        LessOrEqual => side.is_le(),
        Greater => side.is_gt(),
        GreaterOrEqual => side.is_ge(),
    })
}
