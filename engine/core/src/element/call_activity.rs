//! Call activity (BPMN 2.0 section 13.3.5).
//!
//! When it is activated an instance of the called process is started, which knows what its callers would catch; it completes
//! when that instance does, and is left by a boundary event when that throws an error or an escalation. When it is
//! terminated, the called instance is cancelled. An error that nothing catches is an incident of the call.

use redthread_bpmn::graph::{CalledProcess, ElementKind};

use crate::command::{CallOutcome, Variables};
use crate::event::{CallData, Ended, Event};
use crate::incident::{IncidentCode, Stuck};
use crate::inputs::Fact;
use crate::key::Key;
use crate::state::Caller;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger::{catcher, error, escalation};

/// How deep calls may stand in each other: a process that calls itself without end is stopped here.
pub(crate) const CALLS: u32 = 100;

pub(super) fn open(stepper: &mut Stepper, key: Key, called: &CalledProcess) -> Result<(), Halt> {
    let id = stepper.required_string(&called.process, key, "the id of a process")?;
    let found = stepper.inputs.facts.process(&id, &called.binding);
    let definition = found.ok_or_else(|| {
        StepError::Needs(Fact::Process {
            id: id.as_str().into(),
            binding: called.binding.clone(),
        })
    })?;
    stepper.facts_used = true;
    let definition = definition.ok_or_else(|| {
        Stuck::call(format!(
            "The process \"{id}\" is called, but is not deployed. Deploy it, and try again."
        ))
    })?;
    let depth = stepper
        .state
        .caller
        .as_ref()
        .map_or(0, |caller| caller.depth)
        + 1;
    if depth > CALLS {
        let sentence =
            format!("More than {CALLS} calls stand in each other: does \"{id}\" call itself?");
        return Err(Stuck::call(sentence).into());
    }
    let caller = Caller {
        instance: stepper.state.key,
        depth,
        catches: catcher::all_around(stepper, key),
    };
    let variables = match called.gives_all {
        true => stepper.state.visible_variables(key),
        false => stepper.state.variables_of(key).cloned().unwrap_or_default(),
    };
    let instance = stepper.new_key();
    stepper.emit(Event::InstanceCalled {
        key: instance,
        element_instance: key,
        call: CallData {
            process: id.as_str().into(),
            definition,
        },
        caller,
        variables,
    });
    Ok(())
}

/// Calls again, after an incident.
pub(crate) fn again(stepper: &mut Stepper, key: Key) -> Result<(), StepError> {
    let ix = stepper.element_of(key)?;
    let graph = stepper.graph;
    match &graph.element(ix).kind {
        ElementKind::CallActivity(called) => match open(stepper, key, called) {
            Ok(()) => Ok(()),
            Err(halt) => stepper.held_up(key, halt),
        },
        _ => Ok(()),
    }
}

/// The called instance has ended.
pub(crate) fn ended(
    stepper: &mut Stepper,
    call: Key,
    key: Key,
    outcome: &CallOutcome,
) -> Result<(), StepError> {
    stepper.close(call, Ended::Completed);
    let stuck = match outcome {
        CallOutcome::Completed { variables } => return completed(stepper, key, variables),
        CallOutcome::Failed {
            code,
            message,
            variables,
        } => {
            if error::is_caught(stepper, key, code) {
                return error::throw(stepper, key, code, variables);
            }
            Stuck {
                code: IncidentCode::UncaughtError,
                message: format!("The called process ended with the error \"{code}\". {message}"),
            }
        }
        CallOutcome::Terminated { reason } => Stuck::call(match reason {
            Some(reason) => format!("The called process was cancelled: {reason}"),
            None => "The called process was cancelled.".to_owned(),
        }),
        CallOutcome::NotStarted { message } => Stuck::call(message.clone()),
    };
    stepper.held_up(key, stuck.into())
}

fn completed(stepper: &mut Stepper, key: Key, results: &Variables) -> Result<(), StepError> {
    let ix = stepper.element_of(key)?;
    match stepper.all_fit(key, false, results) {
        // Another try is another call.
        Err(Halt::Stuck(stuck)) => {
            return stepper.held_up(key, Stuck::call(stuck.message).into());
        }
        fits => fits.or_else(|halt| stepper.held_up(key, halt))?,
    }
    let element = stepper.graph.element(ix);
    let takes_all = matches!(&element.kind, ElementKind::CallActivity(called) if called.takes_all);
    match takes_all || !element.mapping.outputs.is_empty() {
        true => stepper.complete_with(key, results),
        false => stepper.complete(key),
    }
}

/// The called instance has thrown an escalation that it does not catch.
pub(crate) fn escalated(
    stepper: &mut Stepper,
    key: Key,
    code: &str,
    variables: &Variables,
) -> Result<(), StepError> {
    let element = stepper.instance(key)?.element.clone();
    escalation::throw(stepper, element, key, code.to_owned(), variables.clone())
}
