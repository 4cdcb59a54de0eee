//! How long decisions take: `cargo bench -p redthread-dmn`. The bar: a table of 200 rules in less than 50 us.

use divan::Bencher;
use redthread_calendar::{Timestamp, Zone};
use redthread_dmn::{Decisions, Detail, Limits, read};
use redthread_feel::{Context, Env, Value};

fn main() {
    divan::main();
}

/// A table of so many rules over a number, a text and a number again; `last` is the only one that matches.
fn table(rules: usize, cell: impl Fn(usize) -> String) -> String {
    let mut xml = String::from(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"Rates\" namespace=\"rates\">\
         <inputData id=\"a\" name=\"amount\"><variable name=\"amount\" typeRef=\"number\"/></inputData>\
         <inputData id=\"s\" name=\"status\"><variable name=\"status\" typeRef=\"string\"/></inputData>\
         <inputData id=\"y\" name=\"years\"><variable name=\"years\" typeRef=\"number\"/></inputData>\
         <decision id=\"rate\" name=\"Rate\"><variable name=\"Rate\" typeRef=\"number\"/>\
         <informationRequirement><requiredInput href=\"#a\"/></informationRequirement>\
         <informationRequirement><requiredInput href=\"#s\"/></informationRequirement>\
         <informationRequirement><requiredInput href=\"#y\"/></informationRequirement>\
         <decisionTable hitPolicy=\"UNIQUE\">",
    );
    for expression in ["amount", "status", "years"] {
        xml.push_str(&format!(
            "<input><inputExpression><text>{expression}</text></inputExpression></input>"
        ));
    }
    xml.push_str("<output name=\"rate\"/>");
    for rule in 0..rules {
        let cells = [
            cell(rule),
            "\"open\", \"new\"".to_owned(),
            "&gt;= 2".to_owned(),
        ];
        xml.push_str("<rule>");
        for cell in cells {
            xml.push_str(&format!("<inputEntry><text>{cell}</text></inputEntry>"));
        }
        xml.push_str(&format!(
            "<outputEntry><text>{rule}</text></outputEntry></rule>"
        ));
    }
    xml + "</decisionTable></decision></definitions>"
}

fn decisions(xml: &str) -> Decisions {
    let model = read(xml.as_bytes(), &Limits::default()).expect("the table is XML");
    assert!(!model.has_errors(), "{:?}", model.problems);
    model.decisions()
}

fn given(rules: usize) -> Context {
    let amount = Value::from(rules as i64 * 10 - 5);
    [
        ("amount", amount),
        ("status", Value::from("new")),
        ("years", Value::from(3)),
    ]
    .into_iter()
    .collect()
}

fn env() -> Env {
    Env::new(Timestamp::EPOCH, Zone::UTC)
}

/// Ranges of constants: nothing is evaluated for a cell.
#[divan::bench(args = [20, 200, 1000])]
fn table_of_ranges(bencher: Bencher, rules: usize) {
    let decisions = decisions(&table(rules, |rule| {
        format!("[{}..{})", rule * 10, rule * 10 + 10)
    }));
    let (given, env) = (given(rules), env());
    let evaluate = || decisions.evaluate("rate", &given, &env, Detail::Result);
    assert_eq!(
        evaluate().expect("there is one").value,
        Value::from(rules as i64 - 1)
    );
    bencher.bench(evaluate);
}

/// The same, with an explanation.
#[divan::bench(args = [200])]
fn table_of_ranges_explained(bencher: Bencher, rules: usize) {
    let decisions = decisions(&table(rules, |rule| {
        format!("[{}..{})", rule * 10, rule * 10 + 10)
    }));
    let (given, env) = (given(rules), env());
    bencher.bench(|| decisions.evaluate("rate", &given, &env, Detail::Explained));
}

/// Cells that FEEL must evaluate.
#[divan::bench(args = [200])]
fn table_of_expressions(bencher: Bencher, rules: usize) {
    let cell = |rule: usize| {
        format!(
            "? &gt;= years * 0 + {} and ? &lt; {}",
            rule * 10,
            rule * 10 + 10
        )
    };
    let decisions = decisions(&table(rules, cell));
    let (given, env) = (given(rules), env());
    let evaluate = || decisions.evaluate("rate", &given, &env, Detail::Result);
    assert_eq!(
        evaluate().expect("there is one").value,
        Value::from(rules as i64 - 1)
    );
    bencher.bench(evaluate);
}

/// Reading, linking and checking a table.
#[divan::bench(args = [200])]
fn read_a_table(bencher: Bencher, rules: usize) {
    let xml = table(rules, |rule| format!("[{}..{})", rule * 10, rule * 10 + 10));
    bencher.bench(|| decisions(&xml));
}
