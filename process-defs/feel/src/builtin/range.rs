//! Ranges and points in relation to each other (DMN 1.5, 10.3.4.13).

use super::{Args, Builtin};
use crate::evaluate::{Machine, Outcome, Trouble, contains, order};
use crate::value::{Range, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// An end of a range: its value, and on which side of it the range begins or ends. A point is both ends
/// of the range from itself to itself.
#[derive(Clone, Copy)]
struct Span<'a> {
    start: &'a Value,
    start_included: bool,
    end: &'a Value,
    end_included: bool,
    point: bool,
}

fn span<'a>(args: &'a Args, at: usize) -> Result<Span<'a>, Trouble> {
    match args.value(at) {
        Value::Range(range) => Ok(Span {
            start: &range.start,
            start_included: range.start_included,
            end: &range.end,
            end_included: range.end_included,
            point: false,
        }),
        Value::Null => args.refuse(at, "a range or a point"),
        point => Ok(Span {
            start: point,
            start_included: true,
            end: point,
            end_included: true,
            point: true,
        }),
    }
}

const POINTS: &[&[&str]] = &[
    &["point1", "point2"],
    &["point", "range"],
    &["range", "point"],
    &["range1", "range2"],
];
const RANGES: &[&[&str]] = &[&["range1", "range2"]];

macro_rules! relation {
    ($name:literal, $signatures:expr, $about:literal, $example:literal, $holds:expr) => {
        Builtin {
            name: $name,
            signatures: $signatures,
            about: $about,
            examples: &[($example, "true")],
            run: |machine, args| relate(machine, args, $holds),
        }
    };
}

pub(super) const TABLE: &[Builtin] = &[
    relation!(
        "before",
        POINTS,
        "Whether the first ends before the second starts.",
        "before([1..5), [5..9])",
        |a, b| {
            let order = order(a.end, b.start)?;
            Some(order.is_lt() || (order.is_eq() && !(a.end_included && b.start_included)))
        }
    ),
    relation!(
        "after",
        POINTS,
        "Whether the first starts after the second ends.",
        "after(6, [1..5])",
        |a, b| {
            let order = order(a.start, b.end)?;
            Some(order.is_gt() || (order.is_eq() && !(a.start_included && b.end_included)))
        }
    ),
    relation!(
        "meets",
        RANGES,
        "Whether the first ends just where the second starts.",
        "meets([1..5], [5..10])",
        |a, b| { Some(order(a.end, b.start)?.is_eq() && a.end_included && b.start_included) }
    ),
    relation!(
        "met by",
        RANGES,
        "Whether the first starts just where the second ends.",
        "met by([5..10], [1..5])",
        |a, b| { Some(order(a.start, b.end)?.is_eq() && a.start_included && b.end_included) }
    ),
    relation!(
        "overlaps",
        RANGES,
        "Whether the two have something in common.",
        "overlaps([1..5], [3..8])",
        |a, b| {
            let (over, under) = (order(a.end, b.start)?, order(a.start, b.end)?);
            Some(
                (over.is_gt() || (over.is_eq() && a.end_included && b.start_included))
                    && (under.is_lt() || (under.is_eq() && a.start_included && b.end_included)),
            )
        }
    ),
    relation!(
        "overlaps before",
        RANGES,
        "Whether the first starts before the second and ends within it.",
        "overlaps before([1..5], [3..8])",
        |a, b| {
            Some(starts(a, b)?.is_lt() && reaches(a.end, a.end_included, b)? && ends(a, b)?.is_le())
        }
    ),
    relation!(
        "overlaps after",
        RANGES,
        "Whether the first starts within the second and ends after it.",
        "overlaps after([3..8], [1..5])",
        |a, b| {
            Some(starts(b, a)?.is_lt() && reaches(b.end, b.end_included, a)? && ends(b, a)?.is_le())
        }
    ),
    relation!(
        "finishes",
        &[&["point", "range"], &["range1", "range2"]],
        "Whether the first lies within the second and ends where it ends.",
        "finishes(10, [1..10])",
        |a, b| {
            if a.point {
                return Some(order(a.end, b.end)?.is_eq() && b.end_included);
            }
            Some(ends(a, b)?.is_eq() && starts(a, b)?.is_ge())
        }
    ),
    relation!(
        "finished by",
        &[&["range", "point"], &["range1", "range2"]],
        "Whether the second lies within the first and ends where it ends.",
        "finished by([1..10], [5..10])",
        |a, b| {
            if b.point {
                return Some(order(a.end, b.end)?.is_eq() && a.end_included);
            }
            Some(ends(a, b)?.is_eq() && starts(b, a)?.is_ge())
        }
    ),
    relation!(
        "includes",
        &[&["range", "point"], &["range1", "range2"]],
        "Whether the second lies within the first.",
        "includes([1..10], 5)",
        within
    ),
    relation!(
        "during",
        &[&["point", "range"], &["range1", "range2"]],
        "Whether the first lies within the second.",
        "during([4..6], [1..10])",
        |a, b| within(b, a)
    ),
    relation!(
        "starts",
        &[&["point", "range"], &["range1", "range2"]],
        "Whether the first lies within the second and starts where it starts.",
        "starts([1..5], [1..10])",
        |a, b| {
            if a.point {
                return Some(order(a.start, b.start)?.is_eq() && b.start_included);
            }
            Some(starts(a, b)?.is_eq() && ends(a, b)?.is_le())
        }
    ),
    relation!(
        "started by",
        &[&["range", "point"], &["range1", "range2"]],
        "Whether the second lies within the first and starts where it starts.",
        "started by([1..10], 1)",
        |a, b| {
            if b.point {
                return Some(order(a.start, b.start)?.is_eq() && a.start_included);
            }
            Some(starts(a, b)?.is_eq() && ends(b, a)?.is_le())
        }
    ),
    relation!(
        "coincides",
        &[&["point1", "point2"], &["range1", "range2"]],
        "Whether both are the same.",
        "coincides([1..5], [1..5])",
        |a, b| Some(starts(a, b)?.is_eq() && ends(a, b)?.is_eq())
    ),
    Builtin {
        name: "range",
        signatures: &[&["from"]],
        about: "The range that a text writes, between literals.",
        examples: &[(r#"range("[18..21)")"#, "[18..21)")],
        run: from_text,
    },
];

fn relate(
    machine: &mut Machine<'_>,
    args: &Args,
    holds: impl Fn(Span<'_>, Span<'_>) -> Option<bool>,
) -> Outcome {
    machine.work_of_comparing(args.value(0))?;
    machine.work_of_comparing(args.value(1))?;
    match holds(span(args, 0)?, span(args, 1)?) {
        Some(truth) => Ok(Value::Boolean(truth)),
        None => args.fail("the two cannot be compared"),
    }
}

/// Which starts first: an end that does not belong to its range lies a little further in.
fn starts(a: Span<'_>, b: Span<'_>) -> Option<Ordering> {
    Some(order(a.start, b.start)?.then((!a.start_included).cmp(&!b.start_included)))
}

fn ends(a: Span<'_>, b: Span<'_>) -> Option<Ordering> {
    Some(order(a.end, b.end)?.then(a.end_included.cmp(&b.end_included)))
}

/// Whether an end lies at or after the start of a range.
fn reaches(end: &Value, included: bool, range: Span<'_>) -> Option<bool> {
    let order = order(end, range.start)?;
    Some(order.is_gt() || (order.is_eq() && included && range.start_included))
}

fn within(outer: Span<'_>, inner: Span<'_>) -> Option<bool> {
    if inner.point {
        let range = Range::new(
            outer.start.clone(),
            outer.start_included,
            outer.end.clone(),
            outer.end_included,
        );
        return contains(&range, inner.start);
    }
    Some(starts(outer, inner)?.is_le() && ends(outer, inner)?.is_ge())
}

fn from_text(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let text = args.string(0)?.trim();
    let wrong = || args.fail("the text is not a range of literals like [1..5)");
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return wrong();
    };
    let start_included = match first {
        '[' => true,
        '(' | ']' => false,
        _ => return wrong(),
    };
    let end_included = match last {
        ']' => true,
        ')' | '[' => false,
        _ => return wrong(),
    };
    machine.work(10 + text.len() * 2)?;
    let Some((start, end)) = text
        .get(1..text.len() - 1)
        .and_then(|inner| inner.split_once(".."))
    else {
        return wrong();
    };
    let (Some(start), Some(end)) = (literal(start.trim()), literal(end.trim())) else {
        return wrong();
    };
    let sound = match (&start, &end) {
        (Value::Null, Value::Null) => false,
        (Value::Null, _) => !start_included,
        (_, Value::Null) => !end_included,
        (start, end) => order(start, end).is_some_and(Ordering::is_le),
    };
    if !sound {
        return wrong();
    }
    let is_open = start.is_null() || end.is_null();
    let mut range = Range::new(start, start_included, end, end_included);
    // `[2..)` is what `>= 2` is.
    range.comparison = is_open;
    Ok(Value::Range(Arc::new(range)))
}

/// A number, text, `@"..."`, or a call like `date("2026-01-05")` with a text; empty for no end.
fn literal(text: &str) -> Option<Value> {
    if text.is_empty() {
        return Some(Value::Null);
    }
    match crate::parser::parse(text, &crate::Names::new()).ok()?.kind {
        crate::ast::Kind::Number(number) => Some(Value::Number(number)),
        crate::ast::Kind::Negate(inner) => match inner.kind {
            crate::ast::Kind::Number(number) => Some(Value::Number(number.negate())),
            _ => None,
        },
        crate::ast::Kind::String(text) => Some(Value::String(text)),
        crate::ast::Kind::Temporal(value) => Some(value),
        crate::ast::Kind::Call(function, crate::ast::Arguments::Positional(arguments)) => {
            let (crate::ast::Kind::Name(name), [argument]) = (&function.kind, arguments.as_slice())
            else {
                return None;
            };
            let crate::ast::Kind::String(text) = &argument.kind else {
                return None;
            };
            match &**name {
                "date" => text.parse().ok().map(Value::Date),
                "time" => text.parse().ok().map(Value::Time),
                "date and time" => text.parse().ok().map(Value::DateTime),
                "duration" => super::temporal_from_text(text).filter(|v| {
                    matches!(
                        v,
                        Value::DaysTimeDuration(_) | Value::YearsMonthsDuration(_)
                    )
                }),
                _ => None,
            }
        }
        _ => None,
    }
}
