//! Script task with a FEEL script (BPMN 2.0 section 13.3.3).
//!
//! When it is activated the script is evaluated, and the task passes at once. The result becomes the result variable, or,
//! where none is named, each entry of a context becomes a variable. A null that comes from an error is an incident.

use redthread_bpmn::graph::{ElementIx, ScriptTask, Text};
use redthread_feel::Value;

use crate::command::Variables;
use crate::key::Key;
use crate::step::{Halt, Stepper};

pub(super) fn run(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    task: &ScriptTask,
) -> Result<(), Halt> {
    let evaluated = stepper.evaluate(&task.expression, key)?;
    let text = || Text::Expression(task.expression.clone());
    if evaluated.value.is_null() && evaluated.why_null.is_some() {
        return Err(evaluated.unfit(&text(), "a value"));
    }
    let results = match (&task.result_variable, &evaluated.value) {
        (Some(name), value) => Variables::from([(name.clone(), value.clone())]),
        (None, Value::Context(context)) => context
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        (None, _) => return Err(evaluated.unfit(&text(), "a context of variables")),
    };
    let goes_up = stepper.graph.element(ix).mapping.results_go_up();
    stepper.all_fit(key, goes_up, &results)?;
    if goes_up {
        stepper.merge(key, &results);
    } else {
        stepper.set(key, results);
    }
    Ok(())
}
