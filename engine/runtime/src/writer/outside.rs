//! Expressions that are evaluated before there is an instance: names and keys of what starts processes.

use redthread_bpmn::graph::Text;
use redthread_core::Inputs;
use redthread_core::command::Variables;
use redthread_core::incident::{IncidentCode, Stuck};
use redthread_feel::{Env, Expression, Limits, Value};

/// The name of a signal that starts a process.
///
/// # Errors
/// Where the expression gives no text without any variables.
pub(super) fn signal_name(text: &Text, inputs: &Inputs) -> Result<String, Stuck> {
    let expression = match text {
        Text::Literal(name) => return Ok(name.to_string()),
        Text::Expression(expression) => expression,
    };
    match expression.evaluate(&(), &env(inputs)).value {
        Value::String(name) if !name.is_empty() => Ok(name.to_string()),
        _ => Err(Stuck {
            code: IncidentCode::ExpressionFailed,
            message: format!(
                "The signal name `{}` of a start event must give a text without any variables.",
                expression.text()
            ),
        }),
    }
}

/// What a message with these variables correlates by. `None`: the expression gives neither a text nor a number.
pub(super) fn key(
    expression: &Expression,
    variables: &Variables,
    inputs: &Inputs,
) -> Option<String> {
    match expression.evaluate(variables, &env(inputs)).value {
        Value::String(key) if !key.is_empty() => Some(key.to_string()),
        Value::Number(key) => Some(key.to_string()),
        _ => None,
    }
}

fn env(inputs: &Inputs) -> Env {
    Env {
        now: inputs.now,
        zone: inputs.zone,
        seed: inputs.seed,
        limits: Limits::default(),
    }
}
