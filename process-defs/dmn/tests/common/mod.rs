//! How the tests of this package write decisions and look at what came of them.

#![allow(dead_code)] // Each test file uses its part.

use redthread_calendar::{Timestamp, Zone};
use redthread_dmn::{Code, DecisionModel, Decisions, Detail, Limits, Outcome, Severity, read};
use redthread_feel::{Context, Env, Expression, Value};

/// The namespace of DMN 1.5.
pub const DMN: &str = "https://www.omg.org/spec/DMN/20230324/MODEL/";

/// Definitions around elements.
pub fn definitions(content: &str) -> String {
    format!(
        "<definitions xmlns=\"{DMN}\" name=\"Test\" id=\"test\" namespace=\"urn:test\">{content}</definitions>"
    )
}

/// A text as XML has it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A literal expression.
pub fn literal(text: &str) -> String {
    format!(
        "<literalExpression><text>{}</text></literalExpression>",
        escaped(text)
    )
}

/// Input data, `name` or `name: type`; its id is `in-` and its place.
fn input(at: usize, declared: &str) -> String {
    let (name, kind) = match declared.split_once(':') {
        Some((name, kind)) => (name.trim(), format!(" typeRef=\"{}\"", kind.trim())),
        None => (declared.trim(), String::new()),
    };
    format!(
        "<inputData id=\"in-{at}\" name=\"{name}\"><variable name=\"{name}\"{kind}/></inputData>"
    )
}

/// A decision `d` that requires all inputs, with this logic; `more` stands beside it.
pub fn decision(inputs: &[&str], logic: &str, more: &str) -> String {
    let drawn: String = inputs
        .iter()
        .enumerate()
        .map(|(at, declared)| input(at, declared))
        .collect();
    let requires: String = (0..inputs.len())
        .map(|at| format!("<informationRequirement><requiredInput href=\"#in-{at}\"/></informationRequirement>"))
        .collect();
    definitions(&format!(
        "{drawn}{more}<decision id=\"d\" name=\"D\"><variable name=\"D\"/>{requires}{logic}</decision>"
    ))
}

/// A decision table: a hit policy with its aggregation (`C+`), input columns `expression` or `expression: type` or
/// `expression {values}`, output columns `name` or `name {values}` or `name {values} = default`, and rules with a `|`
/// between inputs and outputs and `;` between cells.
pub fn table(policy: &str, inputs: &[&str], outputs: &[&str], rules: &[&str]) -> String {
    let (hit, aggregation) = match policy {
        "U" => ("UNIQUE", ""),
        "A" => ("ANY", ""),
        "P" => ("PRIORITY", ""),
        "F" => ("FIRST", ""),
        "O" => ("OUTPUT ORDER", ""),
        "R" => ("RULE ORDER", ""),
        "C" => ("COLLECT", ""),
        "C+" => ("COLLECT", " aggregation=\"SUM\""),
        "C<" => ("COLLECT", " aggregation=\"MIN\""),
        "C>" => ("COLLECT", " aggregation=\"MAX\""),
        "C#" => ("COLLECT", " aggregation=\"COUNT\""),
        other => (other, ""),
    };
    let mut xml = format!("<decisionTable id=\"t\" hitPolicy=\"{hit}\"{aggregation}>");
    for input in inputs {
        let (input, values) = braces(input);
        let (expression, kind) = match input.split_once(':') {
            Some((expression, kind)) => {
                (expression.trim(), format!(" typeRef=\"{}\"", kind.trim()))
            }
            None => (input.trim(), String::new()),
        };
        let values = values.map_or(String::new(), |v| {
            format!("<inputValues><text>{}</text></inputValues>", escaped(v))
        });
        xml.push_str(&format!(
            "<input><inputExpression{kind}><text>{}</text></inputExpression>{values}</input>",
            escaped(expression)
        ));
    }
    for output in outputs {
        let (declared, default) = match output.split_once('=') {
            Some((declared, default)) => (declared, Some(default.trim())),
            None => (*output, None),
        };
        let (name, values) = braces(declared);
        let values = values.map_or(String::new(), |v| {
            format!("<outputValues><text>{}</text></outputValues>", escaped(v))
        });
        let default = default.map_or(String::new(), |d| {
            format!(
                "<defaultOutputEntry><text>{}</text></defaultOutputEntry>",
                escaped(d)
            )
        });
        xml.push_str(&format!(
            "<output name=\"{}\">{values}{default}</output>",
            name.trim()
        ));
    }
    for (at, rule) in rules.iter().enumerate() {
        let (tests, values) = rule.split_once('|').unwrap_or(("", rule));
        xml.push_str(&format!("<rule id=\"rule-{}\">", at + 1));
        for (name, cells) in [("inputEntry", tests), ("outputEntry", values)] {
            for cell in cells
                .split(';')
                .filter(|_| !(name == "inputEntry" && inputs.is_empty()))
            {
                xml.push_str(&format!(
                    "<{name}><text>{}</text></{name}>",
                    escaped(cell.trim())
                ));
            }
        }
        xml.push_str("</rule>");
    }
    xml.push_str("</decisionTable>");
    xml
}

fn braces(text: &str) -> (&str, Option<&str>) {
    match text.split_once('{') {
        Some((before, after)) => (before.trim(), after.split('}').next()),
        None => (text.trim(), None),
    }
}

/// Reads what must be readable.
pub fn model(xml: &str) -> DecisionModel {
    read(xml.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{xml}"))
}

/// The decisions of what must have no errors.
pub fn decisions(xml: &str) -> Decisions {
    let model = model(xml);
    assert!(!model.has_errors(), "{:#?}", model.problems);
    model.decisions()
}

/// Monday, 2026-01-05T09:00:00Z.
pub fn env() -> Env {
    Env::new(Timestamp::from_micros(1_767_603_600_000_000), Zone::UTC)
}

/// The entries of a context written in FEEL.
pub fn given(text: &str) -> Context {
    let value = feel(text);
    value
        .as_context()
        .unwrap_or_else(|| panic!("{text} is no context"))
        .clone()
}

pub fn feel(text: &str) -> Value {
    Expression::parse(text).unwrap().evaluate(&(), &env()).value
}

/// Makes the decision `d`.
pub fn outcome(xml: &str, variables: &str) -> Outcome {
    decisions(xml)
        .evaluate("d", &given(variables), &env(), Detail::Explained)
        .unwrap()
}

/// Checks what decision `d` gives, as FEEL writes it.
pub fn check(xml: &str, variables: &str, expected: &str) {
    let outcome = outcome(xml, variables);
    assert_eq!(
        outcome.value,
        feel(expected),
        "{variables}: {:?}",
        outcome.warnings
    );
}

/// Checks that decision `d` is null, and that a warning says why.
pub fn check_null(xml: &str, variables: &str, why: &str) {
    let outcome = outcome(xml, variables);
    assert_eq!(outcome.value, Value::Null);
    let said: Vec<&str> = outcome
        .warnings
        .iter()
        .map(|w| w.message.as_str())
        .collect();
    assert!(said.iter().any(|message| message.contains(why)), "{said:?}");
}

/// The problems of a file: code, and whether it is an error.
pub fn problems(xml: &str) -> Vec<(Code, Severity, String)> {
    let problems = model(xml).problems.into_iter();
    problems.map(|p| (p.code, p.severity, p.message)).collect()
}

/// The messages of one code.
pub fn messages(xml: &str, code: Code) -> Vec<String> {
    let problems = problems(xml)
        .into_iter()
        .filter(|(found, ..)| *found == code);
    problems.map(|(.., message)| message).collect()
}

/// Checks that a file is refused with this code, and that the message says this.
pub fn refused(xml: &str, code: Code, says: &str) {
    let problems = problems(xml);
    let found = problems
        .iter()
        .any(|(c, s, m)| *c == code && *s == Severity::Error && m.contains(says));
    assert!(found, "{problems:#?}");
}

/// Checks that a file is accepted with a warning of this code that says this.
pub fn warned(xml: &str, code: Code, says: &str) {
    let problems = problems(xml);
    let found = problems
        .iter()
        .any(|(c, s, m)| *c == code && *s == Severity::Warning && m.contains(says));
    assert!(found, "{problems:#?}");
    assert!(
        problems.iter().all(|(_, s, _)| *s == Severity::Warning),
        "{problems:#?}"
    );
}
