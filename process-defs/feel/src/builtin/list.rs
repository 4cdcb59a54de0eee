//! Lists (DMN 1.5, 10.3.4.4; Camunda). Positions count from 1, or from the end if negative.

use super::{Args, Builtin};
use crate::evaluate::{Machine, Outcome, Trouble, equal, null, order};
use crate::value::{Number, Value};
use std::cmp::Ordering;

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "list contains",
        signatures: &[&["list", "element"]],
        about: "Whether a list has the element.",
        examples: &[("list contains([1, 2, 3], 2)", "true")],
        run: |machine, args| {
            machine.work_of_comparing(args.value(0))?;
            let list = args.list(machine, 0)?;
            Ok(Value::Boolean(
                list.iter()
                    .any(|item| equal(item, args.value(1)) == Some(true)),
            ))
        },
    },
    Builtin {
        name: "count",
        signatures: &[&["list"]],
        about: "The number of items.",
        examples: &[("count([1, null, 3])", "3"), ("count([])", "0")],
        run: |machine, args| Ok(Value::Number(Number::from(args.list(machine, 0)?.len()))),
    },
    Builtin {
        name: "is empty",
        signatures: &[&["list"]],
        about: "Whether the list has no items.",
        examples: &[("is empty([])", "true")],
        run: |machine, args| Ok(Value::Boolean(args.list(machine, 0)?.is_empty())),
    },
    Builtin {
        name: "sublist",
        signatures: &[&["list", "start position", "length?"]],
        about: "The items from a position on, so many if a length is given.",
        examples: &[
            ("sublist([4, 5, 6], 1, 2)", "[4, 5]"),
            ("sublist([4, 5, 6], -1)", "[6]"),
        ],
        run: sublist,
    },
    Builtin {
        name: "append",
        signatures: &[&["list", "item..."]],
        about: "The list with items added at its end.",
        examples: &[("append([1], 2, 3)", "[1, 2, 3]")],
        run: |machine, args| {
            let mut items = args.list(machine, 0)?.to_vec();
            items.extend_from_slice(&args.values[1..]);
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "concatenate",
        signatures: &[&["list..."]],
        about: "The items of several lists in one.",
        examples: &[("concatenate([1, 2], [3])", "[1, 2, 3]")],
        run: |machine, args| {
            let items = concatenated(machine, args)?;
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "insert before",
        signatures: &[&["list", "position", "newItem"]],
        about: "The list with an item put in before a position.",
        examples: &[("insert before([1, 3], 2, 2)", "[1, 2, 3]")],
        run: |machine, args| {
            let mut items = args.list(machine, 0)?.to_vec();
            let at = position(args, 1, items.len())?;
            items.insert(at, args.value(2).clone());
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "remove",
        signatures: &[&["list", "position"]],
        about: "The list without the item at a position.",
        examples: &[("remove([1, 2, 3], 2)", "[1, 3]")],
        run: |machine, args| {
            let mut items = args.list(machine, 0)?.to_vec();
            let at = position(args, 1, items.len())?;
            items.remove(at);
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "list replace",
        signatures: &[
            &["list", "position", "newItem"],
            &["list", "match", "newItem"],
        ],
        about: "The list with another item at a position, or wherever a function of the item and the new item says true.",
        examples: &[
            ("list replace([2, 4, 7], 3, 6)", "[2, 4, 6]"),
            (
                "list replace([2, 4, 7], function(item, newItem) item < newItem, 5)",
                "[5, 5, 7]",
            ),
        ],
        run: list_replace,
    },
    Builtin {
        name: "reverse",
        signatures: &[&["list"]],
        about: "The items in the opposite order.",
        examples: &[("reverse([1, 2, 3])", "[3, 2, 1]")],
        run: |machine, args| {
            let mut items = args.list(machine, 0)?.to_vec();
            items.reverse();
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "index of",
        signatures: &[&["list", "match"]],
        about: "The positions at which the list has the value.",
        examples: &[("index of([1, 2, 3, 2], 2)", "[2, 4]")],
        run: |machine, args| {
            machine.work_of_comparing(args.value(0))?;
            let places = args
                .list(machine, 0)?
                .iter()
                .enumerate()
                .filter(|(_, item)| equal(item, args.value(1)) == Some(true))
                .map(|(at, _)| Value::Number(Number::from(at + 1)))
                .collect();
            Ok(machine.list(places)?)
        },
    },
    Builtin {
        name: "union",
        signatures: &[&["list..."]],
        about: "The items of several lists, each once.",
        examples: &[("union([1, 2], [2, 3])", "[1, 2, 3]")],
        run: |machine, args| {
            let items = concatenated(machine, args)?;
            let items = distinct(machine, &items)?;
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "distinct values",
        signatures: &[&["list"]],
        about: "The items, each once, in the order of their first occurrence.",
        examples: &[("distinct values([1, 2, 1])", "[1, 2]")],
        run: |machine, args| {
            let items = args.list(machine, 0)?;
            let items = distinct(machine, items)?;
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "duplicate values",
        signatures: &[&["list"]],
        about: "The items that occur more than once, each once.",
        examples: &[("duplicate values([1, 2, 3, 2, 1])", "[1, 2]")],
        run: |machine, args| {
            let items = args.list(machine, 0)?;
            let mut found = Vec::new();
            for item in distinct(machine, items)? {
                machine.work_of_comparing(args.value(0))?;
                if items
                    .iter()
                    .filter(|other| equal(other, &item) == Some(true))
                    .count()
                    > 1
                {
                    found.push(item);
                }
            }
            Ok(machine.list(found)?)
        },
    },
    Builtin {
        name: "flatten",
        signatures: &[&["list"]],
        about: "The items of nested lists in one list.",
        examples: &[("flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]")],
        run: |machine, args| {
            let mut items = Vec::new();
            let list = args.list(machine, 0)?;
            flatten(machine, list, &mut items)?;
            Ok(machine.list(items)?)
        },
    },
    Builtin {
        name: "sort",
        signatures: &[&["list", "precedes?"]],
        about: "The items in order; a function of two items says whether the first comes before the second.",
        examples: &[
            ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
            ("sort([3, 1, 2])", "[1, 2, 3]"),
        ],
        run: sort,
    },
    Builtin {
        name: "partition",
        signatures: &[&["list", "size"]],
        about: "Lists of so many items each, the last one of what is left.",
        examples: &[("partition([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]")],
        run: |machine, args| {
            let items = args.list(machine, 0)?;
            let size = args.integer(1)?;
            let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
                return args.fail("the size is less than 1");
            };
            let mut parts = Vec::new();
            for part in items.chunks(size) {
                parts.push(machine.list(part.to_vec())?);
            }
            Ok(machine.list(parts)?)
        },
    },
];

/// A position of the list as an index from 0.
fn position(args: &Args, at: usize, length: usize) -> Result<usize, Trouble> {
    let position = args.integer(at)?;
    let index = if position > 0 {
        position - 1
    } else {
        length as i64 + position
    };
    match usize::try_from(index) {
        Ok(index) if index < length && position != 0 => Ok(index),
        _ => null(format!(
            "\"{}\" gives null: there is no position {position} in a list of {length}.",
            args.builtin.name
        )),
    }
}

fn sublist(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let items = args.list(machine, 0)?;
    let start = position(args, 1, items.len())?;
    let rest = &items[start..];
    let part = match args.given(2) {
        None => rest,
        Some(_) => match usize::try_from(args.integer(2)?) {
            Ok(length) if length <= rest.len() => &rest[..length],
            _ => return args.fail("the list has not so many items"),
        },
    };
    Ok(machine.list(part.to_vec())?)
}

fn concatenated(machine: &mut Machine<'_>, args: &Args) -> Result<Vec<Value>, Trouble> {
    let mut items = Vec::new();
    for at in 0..args.len() {
        let list = args.list(machine, at)?;
        machine.build(std::mem::size_of_val(list))?;
        items.extend_from_slice(list);
    }
    Ok(items)
}

/// Each item once. Numbers and texts are found by order, in time n log n; others one by one.
pub(super) fn distinct(machine: &mut Machine<'_>, items: &[Value]) -> Result<Vec<Value>, Trouble> {
    let mut numbers = std::collections::BTreeSet::new();
    let mut texts = std::collections::BTreeSet::new();
    let mut others: Vec<&Value> = Vec::new();
    let mut kept = Vec::new();
    for item in items {
        machine.work(1)?;
        let new = match item {
            Value::Number(number) => {
                machine.work(4)?;
                numbers.insert(*number)
            }
            Value::String(text) => {
                machine.work(4 + text.len() / 16)?;
                texts.insert(text.clone())
            }
            other => {
                let mut new = true;
                for known in &others {
                    machine.work(1)?;
                    machine.work_of_comparing(other)?;
                    new &= equal(known, other) != Some(true);
                }
                if new {
                    others.push(other);
                }
                new
            }
        };
        if new {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

/// Recursion is bounded by the nesting of values.
fn flatten(machine: &mut Machine<'_>, list: &[Value], out: &mut Vec<Value>) -> Result<(), Trouble> {
    machine.work(list.len())?;
    for item in list {
        match item {
            Value::List(inner) => flatten(machine, inner, out)?,
            other => {
                machine.build(size_of::<Value>())?;
                out.push(other.clone());
            }
        }
    }
    Ok(())
}

fn list_replace(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let mut items = args.list(machine, 0)?.to_vec();
    if !matches!(args.single(1), Value::Function(_)) {
        let at = position(args, 1, items.len())?;
        items[at] = args.value(2).clone();
        return Ok(machine.list(items)?);
    }
    let function = args.function(1)?;
    for item in &mut items {
        let arguments = vec![item.clone(), args.value(2).clone()];
        match machine.call_function(function, arguments)? {
            Value::Boolean(true) => *item = args.value(2).clone(),
            Value::Boolean(false) => {}
            _ => return args.fail("the function says neither true nor false"),
        }
    }
    Ok(machine.list(items)?)
}

/// A stable merge sort of our own: the order is a function that may contradict itself or fail, which
/// the standard sort does not allow for.
fn sort(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let mut items = args.list(machine, 0)?.to_vec();
    let function = match args.given(1) {
        None => None,
        Some(_) => Some(args.function(1)?),
    };
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(width * 2) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            let (mut i, mut j) = (0, 0);
            while i < left.len() && j < right.len() {
                // The right one goes first only if it must: equal items keep their order.
                machine.work(1)?;
                machine.work_of_comparing(&left[i])?;
                if precedes(machine, function, &right[j], &left[i])? {
                    merged.push(right[j].clone());
                    j += 1;
                } else {
                    merged.push(left[i].clone());
                    i += 1;
                }
            }
            merged.extend_from_slice(&left[i..]);
            merged.extend_from_slice(&right[j..]);
        }
        items = merged;
        width *= 2;
    }
    Ok(machine.list(items)?)
}

fn precedes(
    machine: &mut Machine<'_>,
    function: Option<&crate::value::Function>,
    a: &Value,
    b: &Value,
) -> Result<bool, Trouble> {
    match function {
        None => match order(a, b) {
            Some(order) => Ok(order == Ordering::Less),
            None => null(format!(
                "\"sort\" cannot put a {} and a {} in order.",
                a.type_name(),
                b.type_name()
            )),
        },
        Some(function) => match machine.call_function(function, vec![a.clone(), b.clone()])? {
            Value::Boolean(truth) => Ok(truth),
            other => null(format!(
                "The function of \"sort\" gives a {}, not true or false.",
                other.type_name()
            )),
        },
    }
}
