//! Runs the single expressions of the DMN technology compatibility kit and prints passed/total for each
//! directory: `cargo run -p redthread-feel --example tck -- FILE [--failed]`.
//!
//! The file is a JSON list of `{"id", "expression", "expected": {"type", "value" | "items" | "entries"}}`.
//! A text that is not FEEL counts as null, as the kit wants it. Numbers are compared to eight digits after
//! the point, as its expectations come from binary floating point in places.

use redthread_calendar::{Timestamp, Zone};
use redthread_feel::{Env, Expression, Number, Rounding, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::process::ExitCode;

#[derive(Default)]
struct Score {
    passed: usize,
    total: usize,
    passed_not_null: usize,
    not_null: usize,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("Give the path of feel-only.json.");
        return ExitCode::from(2);
    };
    let show_failed = arguments.next().is_some_and(|flag| flag == "--failed");
    let cases: Vec<Json> =
        match std::fs::read_to_string(&path).map(|text| serde_json::from_str(&text)) {
            Ok(Ok(cases)) => cases,
            _ => {
                eprintln!("{path} cannot be read as a JSON list.");
                return ExitCode::from(2);
            }
        };
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for case in &cases {
        run(case, show_failed, &mut scores);
    }
    report(&scores);
    ExitCode::SUCCESS
}

fn run(case: &Json, show_failed: bool, scores: &mut BTreeMap<String, Score>) {
    let id = case["id"].as_str().unwrap_or_default();
    let text = case["expression"].as_str().unwrap_or_default();
    let directory = id.split('#').next().unwrap_or(id);
    let env = Env::new(Timestamp::from_micros(1_767_603_600_000_000), Zone::UTC);
    let (value, why) = match Expression::parse(text) {
        Ok(expression) => {
            let evaluation = expression.evaluate(&(), &env);
            let why: Vec<String> = evaluation.warnings.into_iter().map(|w| w.message).collect();
            (evaluation.value, why.join(" "))
        }
        Err(error) => (Value::Null, error.to_string()),
    };
    let passed = matches(&value, &case["expected"]);
    let not_null = case["expected"]["type"] != "null";
    let score = scores.entry(directory.to_owned()).or_default();
    score.total += 1;
    score.passed += usize::from(passed);
    score.not_null += usize::from(not_null);
    score.passed_not_null += usize::from(passed && not_null);
    if show_failed && !passed {
        println!(
            "FAILED {id}\n  {text}\n  wanted {}\n  got    {} {why}",
            case["expected"],
            value.to_feel()
        );
    }
}

fn matches(value: &Value, expected: &Json) -> bool {
    let text = expected["value"].as_str().unwrap_or_default();
    match (expected["type"].as_str().unwrap_or_default(), value) {
        ("null", Value::Null) => true,
        ("boolean", Value::Boolean(truth)) => text == truth.to_string(),
        ("string", Value::String(found)) => &**found == text,
        ("decimal", Value::Number(found)) => text.parse::<Number>().is_ok_and(|wanted| {
            found.round(8, Rounding::HalfEven) == wanted.round(8, Rounding::HalfEven)
        }),
        ("date", Value::Date(found)) => text.parse() == Ok(*found),
        ("time", Value::Time(found)) => text.parse() == Ok(*found),
        ("dateTime", Value::DateTime(found)) => text.parse() == Ok(*found),
        ("duration", Value::DaysTimeDuration(found)) => text.parse() == Ok(*found),
        ("duration", Value::YearsMonthsDuration(found)) => text.parse() == Ok(*found),
        ("list", Value::List(found)) => expected["items"].as_array().is_some_and(|wanted| {
            wanted.len() == found.len() && found.iter().zip(wanted).all(|(f, w)| matches(f, w))
        }),
        ("context", Value::Context(found)) => {
            expected["entries"].as_object().is_some_and(|wanted| {
                wanted.len() == found.len()
                    && wanted
                        .iter()
                        .all(|(name, w)| found.get(name).is_some_and(|f| matches(f, w)))
            })
        }
        _ => false,
    }
}

fn report(scores: &BTreeMap<String, Score>) {
    let mut all = Score::default();
    for (directory, score) in scores {
        println!("{:>4}/{:<4} {directory}", score.passed, score.total);
        all.total += score.total;
        all.passed += score.passed;
        all.not_null += score.not_null;
        all.passed_not_null += score.passed_not_null;
    }
    let rate = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!(
        "{:>4}/{:<4} overall ({:.2} %)",
        all.passed,
        all.total,
        rate(all.passed, all.total)
    );
    println!(
        "{:>4}/{:<4} whose expected value is not null ({:.2} %)",
        all.passed_not_null,
        all.not_null,
        rate(all.passed_not_null, all.not_null)
    );
}
