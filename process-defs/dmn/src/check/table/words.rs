//! Parts of all values in words: `amount in (100..200] and status = "open"`.

use redthread_feel::Value;

use super::column::{Column, Region};
use super::cover::Part;

/// A part in words; empty where it is everything.
pub(super) fn words(part: &Part, columns: &[Column]) -> String {
    let conditions: Vec<String> = part
        .iter()
        .zip(columns)
        .filter_map(|(regions, column)| Some(condition(column, regions.as_ref()?)))
        .collect();
    conditions.join(" and ")
}

fn condition(column: &Column, regions: &[usize]) -> String {
    let label = crate::words::short(&column.label, 60);
    if regions.len() == column.regions.len() {
        return format!("any {label}");
    }
    let mut points = Vec::new();
    let mut others = Vec::new();
    let mut rest = false;
    for run in runs(regions) {
        match run.as_slice() {
            [one] => match &column.regions[*one] {
                Region::Point(value) => points.push(literal(value)),
                Region::Rest => rest = true,
                Region::Between(..) => others.push(interval(&label, column, *one, *one)),
            },
            _ => {
                let ordered = run
                    .iter()
                    .all(|at| order_of(&column.regions[*at]) || is_between(&column.regions[*at]));
                if ordered {
                    others.push(interval(&label, column, run[0], run[run.len() - 1]));
                } else {
                    for at in run {
                        match &column.regions[at] {
                            Region::Point(value) => points.push(literal(value)),
                            _ => rest = true,
                        }
                    }
                }
            }
        }
    }
    let mut said = Vec::new();
    match points.as_slice() {
        [] => {}
        [one] => said.push(format!("{label} = {one}")),
        several => said.push(format!("{label} in ({})", several.join(", "))),
    }
    // Tables that look values up have gaps between any two of them: nobody wants a list of those.
    if rest || others.len() > 3 {
        said.push(format!("any other {label}"));
    } else {
        said.extend(others);
    }
    match said.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(" or ")),
    }
}

fn is_between(region: &Region) -> bool {
    matches!(region, Region::Between(..))
}

fn order_of(region: &Region) -> bool {
    matches!(region, Region::Point(value) if super::column::order(value, value).is_some())
}

/// Regions that follow one another.
fn runs(regions: &[usize]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for region in regions {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| last + 1 == *region) => run.push(*region),
            _ => runs.push(vec![*region]),
        }
    }
    runs
}

/// From the beginning of one region to the end of another.
fn interval(label: &str, column: &Column, from: usize, to: usize) -> String {
    let (start, start_included) = match &column.regions[from] {
        Region::Point(value) => (Some(value), true),
        Region::Between(start, _) => (start.as_ref(), false),
        Region::Rest => (None, false),
    };
    let (end, end_included) = match &column.regions[to] {
        Region::Point(value) => (Some(value), true),
        Region::Between(_, end) => (end.as_ref(), false),
        Region::Rest => (None, false),
    };
    let equals = |included| if included { "=" } else { "" };
    match (start, end) {
        (Some(start), Some(end)) => format!(
            "{label} in {}{}..{}{}",
            if start_included { '[' } else { '(' },
            literal(start),
            literal(end),
            if end_included { ']' } else { ')' }
        ),
        (Some(start), None) => format!("{label} >{} {}", equals(start_included), literal(start)),
        (None, Some(end)) => format!("{label} <{} {}", equals(end_included), literal(end)),
        (None, None) => format!("any {label}"),
    }
}

/// As analysts write it: `date("2026-01-05")` is easier to read than `@"2026-01-05"`.
fn literal(value: &Value) -> String {
    let text = value.to_feel();
    crate::words::short(text.trim_start_matches('@'), 60).into_owned()
}
