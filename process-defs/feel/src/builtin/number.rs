//! Numbers (DMN 1.5, 10.3.4.5; Camunda).

use super::{Args, Builtin};
use crate::evaluate::{Outcome, POWER_WORK, Trouble};
use crate::value::{DaysTimeDuration, Number, Rounding, Value, YearsMonthsDuration};

macro_rules! rounding {
    ($name:literal, $mode:ident, $about:literal, $example:literal, $result:literal) => {
        Builtin {
            name: $name,
            signatures: &[&["n", "scale"]],
            about: $about,
            examples: &[($example, $result)],
            run: |_, args| rounded(args, Rounding::$mode),
        }
    };
}

pub(super) const TABLE: &[Builtin] = &[
    rounding!(
        "decimal",
        HalfEven,
        "The number rounded to so many digits after the point; halves go to the even digit.",
        "[decimal(1/3, 2), decimal(2.5, 0)]",
        "[0.33, 2]"
    ),
    rounding!(
        "round up",
        Up,
        "The number rounded away from zero.",
        "round up(1.121, 2)",
        "1.13"
    ),
    rounding!(
        "round down",
        Down,
        "The number rounded towards zero.",
        "round down(-1.126, 2)",
        "-1.12"
    ),
    rounding!(
        "round half up",
        HalfUp,
        "The number rounded to the nearest; halves go away from zero.",
        "round half up(5.5, 0)",
        "6"
    ),
    rounding!(
        "round half down",
        HalfDown,
        "The number rounded to the nearest; halves go towards zero.",
        "round half down(5.5, 0)",
        "5"
    ),
    Builtin {
        name: "floor",
        signatures: &[&["n", "scale?"]],
        about: "The largest number of so many digits after the point that is not above this one.",
        examples: &[("floor(-1.5)", "-2"), ("floor(1.56, 1)", "1.5")],
        run: |_, args| rounded(args, Rounding::Floor),
    },
    Builtin {
        name: "ceiling",
        signatures: &[&["n", "scale?"]],
        about: "The smallest number of so many digits after the point that is not below this one.",
        examples: &[("ceiling(-1.5)", "-1"), ("ceiling(1.51, 1)", "1.6")],
        run: |_, args| rounded(args, Rounding::Ceiling),
    },
    Builtin {
        name: "abs",
        signatures: &[&["n"]],
        about: "The number or duration without its sign.",
        examples: &[("abs(-10)", "10"), (r#"abs(@"-PT5H")"#, r#"@"PT5H""#)],
        run: |_, args| match args.single(0) {
            Value::Number(number) => Ok(Value::Number(number.abs())),
            Value::DaysTimeDuration(d) => match DaysTimeDuration::from_nanos(d.nanos().abs()) {
                Some(duration) => Ok(Value::DaysTimeDuration(duration)),
                None => args.fail("the duration is too long"),
            },
            Value::YearsMonthsDuration(d) => match d.months().checked_abs() {
                Some(months) => Ok(Value::YearsMonthsDuration(
                    YearsMonthsDuration::from_months(months),
                )),
                None => args.fail("the duration is too long"),
            },
            _ => args.refuse(0, "a number or duration"),
        },
    },
    Builtin {
        name: "modulo",
        signatures: &[&["dividend", "divisor"]],
        about: "The rest of the division, with the sign of the divisor.",
        examples: &[("modulo(-12, 5)", "3"), ("modulo(10.1, 4.5)", "1.1")],
        run: |_, args| {
            let (dividend, divisor) = (args.number(0)?, args.number(1)?);
            if divisor.is_zero() {
                return args.fail("the divisor is zero");
            }
            finish(args, dividend.modulo(divisor))
        },
    },
    Builtin {
        name: "sqrt",
        signatures: &[&["number"]],
        about: "The square root.",
        examples: &[("sqrt(16)", "4")],
        run: |machine, args| {
            machine.work(100)?;
            finish(args, args.number(0)?.sqrt())
        },
    },
    Builtin {
        name: "log",
        signatures: &[&["number"]],
        about: "The natural logarithm.",
        examples: &[("decimal(log(10), 8)", "2.30258509")],
        run: |machine, args| {
            machine.work(POWER_WORK)?;
            finish(args, args.number(0)?.ln())
        },
    },
    Builtin {
        name: "exp",
        signatures: &[&["number"]],
        about: "e to the power of the number.",
        examples: &[("decimal(exp(5), 8)", "148.41315910")],
        run: |machine, args| {
            machine.work(POWER_WORK)?;
            finish(args, args.number(0)?.exp())
        },
    },
    Builtin {
        name: "odd",
        signatures: &[&["number"]],
        about: "Whether a whole number is odd.",
        examples: &[("odd(5)", "true")],
        run: |_, args| parity(args, true),
    },
    Builtin {
        name: "even",
        signatures: &[&["number"]],
        about: "Whether a whole number is even.",
        examples: &[("even(5)", "false")],
        run: |_, args| parity(args, false),
    },
    Builtin {
        name: "random number",
        signatures: &[&[]],
        about: "A number from 0 to below 1, from the seed of the evaluation.",
        examples: &[("random number() between 0 and 1", "true")],
        run: |machine, args| {
            let digits = u128::from(machine.random() % 10_000_000_000_000_000);
            finish(args, Number::from_parts(false, digits, -16))
        },
    },
];

fn finish(args: &Args, number: Option<Number>) -> Outcome {
    match number {
        Some(number) => Ok(Value::Number(number)),
        None => args.fail("there is no such number, or it is too large"),
    }
}

fn rounded(args: &Args, rounding: Rounding) -> Outcome {
    let number = args.number(0)?;
    let scale = match args.value(1) {
        // `floor(1.5)` has no scale; `floor(1.5, null)` is a mistake.
        Value::Null if args.len() < 2 => 0,
        _ => args.integer(1)?,
    };
    if !(-6111..=6176).contains(&scale) {
        return args.fail("the scale is out of range");
    }
    finish(args, number.round(scale as i32, rounding))
}

fn parity(args: &Args, odd: bool) -> Result<Value, Trouble> {
    let number = args.number(0)?;
    if !number.is_integer() {
        return args.refuse(0, "a whole number");
    }
    let rest = number.modulo(&Number::from(2)).unwrap_or(Number::ZERO);
    Ok(Value::Boolean(rest.is_zero() != odd))
}
