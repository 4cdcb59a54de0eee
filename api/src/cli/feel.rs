//! `redthread feel`: evaluates a FEEL expression, or thousands of them.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use redthread_calendar::{Timestamp, Zone};
use redthread_feel::{Context, Env, Evaluation, Expression, Value};
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::output::{self, Colour};

/// The arguments of `redthread feel`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The expression
    #[arg(required_unless_present = "batch", allow_hyphen_values = true)]
    expression: Option<String>,
    /// The variables, as a FEEL context: {amount: 5, day: @"2026-01-05"}
    #[arg(long, value_name = "FEEL_CONTEXT", conflicts_with_all = ["vars", "batch"])]
    context: Option<String>,
    /// The variables, as a JSON object
    #[arg(long, value_name = "JSON", conflicts_with = "batch")]
    vars: Option<String>,
    /// Read the expression as unary tests, and test this value (a FEEL expression)
    #[arg(
        long,
        value_name = "VALUE",
        conflicts_with = "batch",
        allow_hyphen_values = true
    )]
    unary: Option<String>,
    /// What now() gives [default: the clock of this machine]
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse)]
    now: Option<Timestamp>,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Evaluate many: a file (`-`: standard input) with one JSON object a line: {"expression", "context"?, "vars"?, "unary"?}
    #[arg(long, value_name = "FILE", conflicts_with = "expression")]
    batch: Option<PathBuf>,
}

/// One expression to evaluate.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    expression: String,
    #[serde(default)]
    context: Option<String>,
    #[serde(default)]
    vars: Option<serde_json::Value>,
    #[serde(default)]
    unary: Option<String>,
}

/// Why there is no value.
#[derive(Debug, PartialEq)]
pub(super) enum Failure {
    /// The expression itself is not FEEL.
    Syntax {
        line: usize,
        column: usize,
        sentence: String,
    },
    /// What it is to be evaluated with cannot be read.
    Input(String),
    /// What is to be evaluated is not in the model.
    Unknown(String),
}

impl Failure {
    pub(super) fn sentence(&self) -> &str {
        match self {
            Failure::Syntax { sentence, .. }
            | Failure::Input(sentence)
            | Failure::Unknown(sentence) => sentence,
        }
    }

    /// The fields of an answer, so that every line of a batch has them, and `error` beside them.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let error = match self {
            Failure::Syntax {
                line,
                column,
                sentence,
            } => {
                json!({"code": "syntaxError", "message": sentence, "line": line, "column": column})
            }
            Failure::Input(sentence) => json!({"code": "unreadable", "message": sentence}),
            Failure::Unknown(sentence) => json!({"code": "unknown", "message": sentence}),
        };
        json!({"type": "null", "value": null, "text": "null", "warnings": [], "error": error})
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Failure::Syntax { .. } | Failure::Unknown(_) => Outcome::Faulty,
            Failure::Input(_) => Outcome::Unusable,
        }
    }
}

/// Runs `redthread feel`.
pub fn run(args: &Args) -> Outcome {
    let now = args
        .now
        .unwrap_or_else(|| Timestamp::from_utc(chrono::Utc::now()));
    let result = match (&args.batch, &args.expression) {
        (Some(file), _) => batch(file, now),
        (None, Some(expression)) => Ok(single(args, expression, now)),
        (None, None) => Ok(Outcome::Unusable),
    };
    match result {
        Ok(outcome) => outcome,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
        Err(error) => {
            output::complain(&format!("The batch cannot be read or answered: {error}."));
            Outcome::Unusable
        }
    }
}

fn single(args: &Args, expression: &str, now: Timestamp) -> Outcome {
    let vars = match args.vars.as_deref().map(serde_json::from_str).transpose() {
        Ok(vars) => vars,
        Err(error) => {
            output::complain(&format!("--vars is not readable JSON: {error}."));
            return Outcome::Unusable;
        }
    };
    let request = Request {
        expression: expression.to_owned(),
        context: args.context.clone(),
        vars,
        unary: args.unary.clone(),
    };
    let answer = evaluate(&request, now);
    let mut out = io::stdout().lock();
    let written = match (&answer, args.json) {
        (Ok(evaluation), true) => output::json_line(&mut out, &to_json(evaluation)),
        (Ok(evaluation), false) => print_for_people(&mut out, evaluation),
        (Err(failure), true) => output::json_line(&mut out, &failure.to_json()),
        (Err(failure), false) => {
            output::complain(failure.sentence());
            Ok(())
        }
    };
    if let Err(error) = output::closed_pipe_is_fine(written) {
        output::complain(&format!("The result cannot be written: {error}."));
        return Outcome::Unusable;
    }
    answer.map_or_else(|failure| failure.outcome(), |_| Outcome::Done)
}

fn print_for_people(out: &mut dyn Write, evaluation: &Evaluation) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        output::paint(
            &evaluation.value.to_feel(),
            Colour::Bold,
            output::coloured()
        )
    )?;
    for warning in &evaluation.warnings {
        let redthread_feel::Warning {
            message,
            line,
            column,
        } = warning;
        output::complain(&format!("{message} (line {line}, column {column})"));
    }
    Ok(())
}

/// One answer a line, in order. A line that cannot be read has an answer too, so that lines stay together.
fn batch(file: &Path, now: Timestamp) -> io::Result<Outcome> {
    answer_lines(file, |line| {
        let request = serde_json::from_str::<Request>(line)
            .map_err(|error| Failure::Input(format!("The line is not a request: {error}.")))?;
        evaluate(&request, now).map(|evaluation| to_json(&evaluation))
    })
}

/// Answers each line of a file (`-`: standard input) with one line, in order.
pub(super) fn answer_lines(
    file: &Path,
    mut answer: impl FnMut(&str) -> Result<serde_json::Value, Failure>,
) -> io::Result<Outcome> {
    let input: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(std::fs::File::open(file)?))
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Done;
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match answer(&line) {
            Ok(answer) => output::json_line(&mut out, &answer)?,
            Err(failure) => {
                outcome = outcome.max(failure.outcome());
                output::json_line(&mut out, &failure.to_json())?;
            }
        }
    }
    out.flush()?;
    Ok(outcome)
}

fn evaluate(request: &Request, now: Timestamp) -> Result<Evaluation, Failure> {
    let env = Env::new(now, Zone::UTC);
    let mut scope = variables(request.context.as_deref(), request.vars.as_ref(), &env)?;
    let parsed = match &request.unary {
        None => Expression::parse(&request.expression),
        Some(value) => {
            let tested = Expression::parse(value)
                .map_err(|error| Failure::Input(format!("The value to test is not FEEL: {error}")))?
                .evaluate(&scope, &env);
            scope.insert("?", tested.value);
            Expression::parse_unary_tests(&request.expression)
        }
    };
    let expression = parsed.map_err(|error| Failure::Syntax {
        line: error.line,
        column: error.column,
        sentence: error.to_string(),
    })?;
    Ok(expression.evaluate(&scope, &env))
}

/// The variables of a request: a FEEL context, or a JSON object.
pub(super) fn variables(
    context: Option<&str>,
    vars: Option<&serde_json::Value>,
    env: &Env,
) -> Result<Context, Failure> {
    let value = match (context, vars) {
        (Some(_), Some(_)) => {
            return Err(Failure::Input(
                "Give \"context\" or \"vars\", not both.".into(),
            ));
        }
        (Some(context), None) => {
            let context = Expression::parse(context)
                .map_err(|error| Failure::Input(format!("The context is not FEEL: {error}")))?;
            context.evaluate(&(), env).value
        }
        (None, Some(vars)) => Value::from_json(vars),
        (None, None) => return Ok(Context::default()),
    };
    match value {
        Value::Context(context) => Ok((*context).clone()),
        other => Err(Failure::Input(format!(
            "The variables must be a context, but they are a {}.",
            other.type_name()
        ))),
    }
}

fn to_json(evaluation: &Evaluation) -> serde_json::Value {
    let warnings: Vec<_> = evaluation
        .warnings
        .iter()
        .map(|warning| json!({"message": warning.message, "line": warning.line, "column": warning.column}))
        .collect();
    answer(&evaluation.value, warnings.into())
}

/// A value with its type, as JSON and as a FEEL literal, and what was noticed on the way.
pub(super) fn answer(value: &Value, warnings: serde_json::Value) -> serde_json::Value {
    json!({
        "type": value.type_name(),
        "value": value.to_json(),
        "text": value.to_feel(),
        "warnings": warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(request: serde_json::Value) -> serde_json::Value {
        let request: Request = serde_json::from_value(request).expect("a request");
        let now = Timestamp::parse("2026-01-05T09:00:00Z").expect("an instant");
        match evaluate(&request, now) {
            Ok(evaluation) => to_json(&evaluation),
            Err(failure) => failure.to_json(),
        }
    }

    #[test]
    fn a_value_has_its_type_its_json_and_its_literal() {
        let answer = answer(json!({"expression": "amount * 2", "vars": {"amount": 1.25}}));
        assert_eq!(answer["type"], "number");
        assert_eq!(answer["value"].to_string(), "2.5");
        assert_eq!(answer["text"], "2.5");
        assert_eq!(answer["warnings"], json!([]));
    }

    #[test]
    fn temporals_are_iso_texts_in_json_and_literals_in_text() {
        let answer = answer(
            json!({"expression": "day + duration(\"P1D\")", "context": "{day: @\"2026-01-05\"}"}),
        );
        assert_eq!(answer["type"], "date");
        assert_eq!(answer["value"], "2026-01-06");
        assert_eq!(answer["text"], "@\"2026-01-06\"");
    }

    #[test]
    fn unary_tests_are_made_of_a_value() {
        let outcome = |tests: &str, value: &str| {
            answer(json!({"expression": tests, "unary": value}))["value"].clone()
        };
        assert_eq!(outcome("< 5, [10..20]", "12"), true);
        assert_eq!(outcome("< 5, [10..20]", "7"), false);
    }

    #[test]
    fn now_is_what_the_command_line_says() {
        assert_eq!(
            answer(json!({"expression": "now() = @\"2026-01-05T09:00:00Z\""}))["value"],
            true
        );
    }

    #[test]
    fn a_mistake_is_answered_with_its_place() {
        let answer = answer(json!({"expression": "1 +"}));
        assert_eq!(answer["error"]["code"], "syntaxError");
        assert_eq!(answer["error"]["line"], 1);
        assert_eq!(answer["type"], "null");
    }

    #[test]
    fn variables_must_be_a_context() {
        let answer = answer(json!({"expression": "1", "vars": [1]}));
        assert_eq!(answer["error"]["code"], "unreadable");
        assert_eq!(
            answer["error"]["message"],
            "The variables must be a context, but they are a list."
        );
    }

    #[test]
    fn an_unknown_variable_gives_null_and_says_so() {
        let answer = answer(json!({"expression": "amout > 5"}));
        assert_eq!(answer["type"], "null");
        assert!(answer["warnings"].to_string().contains("amout"), "{answer}");
    }
}
