//! How long evaluation and compilation take: `cargo run --release -p redthread-feel --example speed`.

use redthread_calendar::{Timestamp, Zone};
use redthread_feel::{Context, Env, Expression, Value};
use std::hint::black_box;
use std::time::Instant;

/// Nanoseconds of one run, the best of many short rounds: other work on the machine only ever adds.
fn best(runs: u32, mut run: impl FnMut()) -> u128 {
    let round = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..runs {
            run();
        }
        start.elapsed().as_nanos() / u128::from(runs)
    };
    (0..200).map(|_| round(&mut run)).min().unwrap_or(0)
}

fn scope() -> Context {
    let lines: Vec<serde_json::Value> = (0..1000)
        .map(|i| serde_json::json!({"name": format!("line {i}"), "price": 2.5, "quantity": i % 7}))
        .collect();
    let json = serde_json::json!({"amount": 1200, "status": "open", "order": {"lines": lines}});
    match Value::from_json(&json) {
        Value::Context(context) => (*context).clone(),
        _ => Context::new(),
    }
}

fn main() {
    let (scope, env) = (scope(), Env::new(Timestamp::EPOCH, Zone::UTC));
    for (text, runs) in [
        ("amount > 1000 and status = \"open\"", 2_000),
        ("order.lines[500].price", 2_000),
        ("sum(for l in order.lines return l.price * l.quantity)", 5),
        ("count(order.lines[price * quantity > 10])", 5),
        ("if amount > 1000 then \"big\" else \"small\"", 2_000),
        (
            "date and time(\"2026-01-05T09:00:00Z\") + duration(\"P7D\")",
            1_000,
        ),
        ("amount / 7 + 1.25", 1_000),
        ("log(amount)", 20),
        ("exp(1.5)", 20),
        ("sqrt(2)", 20),
        ("amount ** 0.3", 20),
        ("1.01 ** 120", 100),
        ("count(order.lines[matches(name, \"^line 1\\d+$\")])", 2),
    ] {
        let Ok(expression) = Expression::parse(text) else {
            continue;
        };
        let evaluate = best(runs, || {
            black_box(expression.evaluate(black_box(&scope), &env));
        });
        let compile = best(200, || {
            black_box(Expression::parse(black_box(text)).is_ok());
        });
        println!("{evaluate:>9} ns evaluate  {compile:>6} ns compile  {text}");
    }
}
