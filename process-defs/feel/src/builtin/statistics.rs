//! What lists come to: sums, extremes, truth of all or any (DMN 1.5, 10.3.4.4).

use super::{Args, Builtin};
use crate::evaluate::{Machine, Outcome, Trouble, null, order};
use crate::value::{DaysTimeDuration, Number, Value, YearsMonthsDuration};
use std::cmp::Ordering;

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "min",
        signatures: &[&["list"], &["c..."]],
        about: "The smallest item.",
        examples: &[("min([3, 1, 2])", "1"), (r#"min("b", "a")"#, r#""a""#)],
        run: |machine, args| extreme(machine, args, Ordering::Less),
    },
    Builtin {
        name: "max",
        signatures: &[&["list"], &["c..."]],
        about: "The largest item.",
        examples: &[("max(1, 3, 2)", "3")],
        run: |machine, args| extreme(machine, args, Ordering::Greater),
    },
    Builtin {
        name: "sum",
        signatures: &[&["list"], &["n..."]],
        about: "The sum of numbers or of durations of one kind; null for none.",
        examples: &[
            ("sum([1, 2.5])", "3.5"),
            (r#"sum([@"PT1H", @"PT30M"])"#, r#"@"PT1H30M""#),
        ],
        run: sum,
    },
    Builtin {
        name: "product",
        signatures: &[&["list"], &["n..."]],
        about: "The product of numbers.",
        examples: &[("product([2, 3, 4])", "24")],
        run: |machine, args| {
            let numbers = numbers(machine, args)?;
            if numbers.is_empty() {
                return args.fail("there are no numbers");
            }
            let product = numbers
                .iter()
                .try_fold(Number::ONE, |product, n| product.multiply(n));
            finish(args, product)
        },
    },
    Builtin {
        name: "mean",
        signatures: &[&["list"], &["n..."]],
        about: "The mean of numbers.",
        examples: &[("mean([1, 2, 6])", "3")],
        run: |machine, args| {
            let numbers = numbers(machine, args)?;
            finish(args, mean(&numbers))
        },
    },
    Builtin {
        name: "median",
        signatures: &[&["list"], &["n..."]],
        about: "The middle number, or the mean of the two in the middle.",
        examples: &[
            ("median(8, 2, 5, 3, 4)", "4"),
            ("median([6, 1, 2, 3])", "2.5"),
        ],
        run: |machine, args| {
            let mut numbers = numbers(machine, args)?;
            if numbers.is_empty() {
                return args.fail("there are no numbers");
            }
            machine.work(numbers.len() * numbers.len().ilog2() as usize)?;
            numbers.sort();
            let half = numbers.len() / 2;
            if numbers.len() % 2 == 1 {
                return Ok(Value::Number(numbers[half]));
            }
            finish(args, mean(&numbers[half - 1..=half]))
        },
    },
    Builtin {
        name: "stddev",
        signatures: &[&["list"], &["n..."]],
        about: "The sample standard deviation of at least two numbers.",
        examples: &[("decimal(stddev(2, 4, 7, 5), 5)", "2.08167")],
        run: stddev,
    },
    Builtin {
        name: "mode",
        signatures: &[&["list"], &["n..."]],
        about: "The most frequent numbers, in ascending order.",
        examples: &[
            ("mode(6, 3, 9, 6, 6)", "[6]"),
            ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
        ],
        run: mode,
    },
    Builtin {
        name: "all",
        signatures: &[&["list"], &["b..."]],
        about: "Whether all are true: false if one is false, else null if one is not known.",
        examples: &[
            ("all([true, true])", "true"),
            ("all(true, null)", "null"),
            ("all([])", "true"),
        ],
        run: |machine, args| junction(machine, args, false),
    },
    Builtin {
        name: "any",
        signatures: &[&["list"], &["b..."]],
        about: "Whether one is true: true if one is, else null if one is not known.",
        examples: &[("any([false, true])", "true"), ("any([])", "false")],
        run: |machine, args| junction(machine, args, true),
    },
];

fn finish(args: &Args, number: Option<Number>) -> Outcome {
    match number {
        Some(number) => Ok(Value::Number(number)),
        None => args.fail("there are no numbers, or the result is too large"),
    }
}

fn numbers(machine: &mut Machine<'_>, args: &Args) -> Result<Vec<Number>, Trouble> {
    let items = args.items(machine)?;
    machine.work(items.len())?;
    items
        .iter()
        .map(|item| match item {
            Value::Number(number) => Ok(*number),
            other => null(format!(
                "\"{}\" needs numbers, but there is a {}.",
                args.builtin.name,
                other.type_name()
            )),
        })
        .collect()
}

fn mean(numbers: &[Number]) -> Option<Number> {
    let sum = numbers.iter().try_fold(Number::ZERO, |sum, n| sum.add(n))?;
    sum.divide(&Number::from(numbers.len()))
}

fn extreme(machine: &mut Machine<'_>, args: &Args, wanted: Ordering) -> Outcome {
    let items = args.items(machine)?;
    let Some((first, rest)) = items.split_first() else {
        return args.fail("there are no items");
    };
    let mut best = first;
    for item in rest {
        machine.work_of_comparing(item)?;
        match order(item, best) {
            Some(order) if order == wanted => best = item,
            Some(_) => {}
            None => {
                return null(format!(
                    "\"{}\" cannot compare a {} with a {}.",
                    args.builtin.name,
                    item.type_name(),
                    best.type_name()
                ));
            }
        }
    }
    // A single item must be comparable, too.
    if order(best, best).is_none() {
        return args.fail("the items have no order");
    }
    Ok(best.clone())
}

fn sum(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let items = args.items(machine)?;
    match items.first() {
        None => args.fail("there are no items"),
        Some(Value::DaysTimeDuration(_)) => {
            let mut total = 0i128;
            for item in items {
                match item {
                    Value::DaysTimeDuration(duration) => total += duration.nanos(),
                    _ => return args.fail("the items are of different types"),
                }
            }
            match DaysTimeDuration::from_nanos(total) {
                Some(duration) => Ok(Value::DaysTimeDuration(duration)),
                None => args.fail("the duration is too long"),
            }
        }
        Some(Value::YearsMonthsDuration(_)) => {
            let mut total = 0i64;
            for item in items {
                match item {
                    Value::YearsMonthsDuration(d) => match total.checked_add(d.months()) {
                        Some(next) => total = next,
                        None => return args.fail("the duration is too long"),
                    },
                    _ => return args.fail("the items are of different types"),
                }
            }
            Ok(Value::YearsMonthsDuration(
                YearsMonthsDuration::from_months(total),
            ))
        }
        Some(_) => {
            let mut total = Number::ZERO;
            for item in items {
                let Value::Number(number) = item else {
                    return null(format!(
                        "\"sum\" needs numbers, but there is a {}.",
                        item.type_name()
                    ));
                };
                match total.add(number) {
                    Some(next) => total = next,
                    None => return args.fail("the sum is too large"),
                }
            }
            Ok(Value::Number(total))
        }
    }
}

fn stddev(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let numbers = numbers(machine, args)?;
    if numbers.len() < 2 {
        return args.fail("at least two numbers are needed");
    }
    machine.work(numbers.len() * 10)?;
    let deviation = || -> Option<Number> {
        let mean = mean(&numbers)?;
        let mut squares = Number::ZERO;
        for number in &numbers {
            let distance = number.subtract(&mean)?;
            squares = squares.add(&distance.multiply(&distance)?)?;
        }
        squares.divide(&Number::from(numbers.len() - 1))?.sqrt()
    };
    finish(args, deviation())
}

fn mode(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let numbers = numbers(machine, args)?;
    let mut counts = std::collections::BTreeMap::new();
    for number in numbers {
        *counts.entry(number).or_insert(0usize) += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let modes = counts
        .into_iter()
        .filter(|(_, n)| *n == most)
        .map(|(n, _)| Value::Number(n))
        .collect();
    Ok(machine.list(modes)?)
}

fn junction(machine: &mut Machine<'_>, args: &Args, deciding: bool) -> Outcome {
    let mut unknown = None;
    for item in args.items(machine)? {
        match item {
            Value::Boolean(truth) if *truth == deciding => return Ok(Value::Boolean(deciding)),
            Value::Boolean(_) => {}
            other => unknown = Some(other.type_name()),
        }
    }
    match unknown {
        None => Ok(Value::Boolean(!deciding)),
        Some(kind) => null(format!(
            "\"{}\" needs true or false, but there is a {kind}.",
            args.builtin.name
        )),
    }
}
