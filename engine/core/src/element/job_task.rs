//! Service task, and other tasks that a job does (BPMN 2.0 section 13.3.3).
//!
//! When it is activated a job is made for a connector or a worker; the task completes with the job's results. A job that
//! fails without tries left is an incident; a BPMN error that it throws goes to the boundary events of the task and of the
//! scopes around it; one that nothing catches is an incident too. When the task is terminated the job is cancelled.

use redthread_bpmn::graph::{ElementKind, JobTask, Text};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{Ended, Event, JobData};
use crate::incident::{IncidentCode, Stuck};
use crate::key::Key;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger::error;

pub(super) fn open(stepper: &mut Stepper, key: Key, task: &JobTask) -> Result<(), Halt> {
    let data = JobData {
        job_type: stepper.required_string(&task.job_type, key, "a job type")?,
        retries: retries(stepper, &task.retries, key)?,
        headers: task.headers.clone(),
        listener: None,
    };
    let job = stepper.new_key();
    stepper.emit(Event::JobCreated {
        key: job,
        element_instance: key,
        job: data,
    });
    Ok(())
}

pub(crate) fn retries(stepper: &mut Stepper, text: &Text, key: Key) -> Result<u32, Halt> {
    let evaluated = stepper.text(text, key)?;
    let number = match &evaluated.value {
        Value::String(string) => string.trim().parse().ok(),
        Value::Number(number) => number
            .to_i64()
            .and_then(|number| u32::try_from(number).ok()),
        _ => None,
    };
    number.ok_or_else(|| evaluated.unfit(text, "a whole number of tries"))
}

/// A job failed: without tries left its task is stuck.
pub(crate) fn failed(stepper: &mut Stepper, element_instance: Key, retries: u32, message: &str) {
    if retries == 0 {
        let code = IncidentCode::JobFailed;
        stepper.raise(
            element_instance,
            Stuck {
                code,
                message: message.to_owned(),
            },
        );
    }
}

/// A job threw a BPMN error.
pub(crate) fn threw(
    stepper: &mut Stepper,
    job: Key,
    element_instance: Key,
    code: &str,
    message: Option<&str>,
    variables: &Variables,
) -> Result<(), StepError> {
    if error::is_caught(stepper, element_instance, code) {
        stepper.close(job, Ended::Completed);
        return error::throw(stepper, element_instance, code, variables);
    }
    let said = message
        .map(|message| format!(" It says: {message}"))
        .unwrap_or_default();
    let message =
        format!("The job threw the error \"{code}\", and nothing in the diagram catches it.{said}");
    stepper.raise(
        element_instance,
        Stuck {
            code: IncidentCode::UncaughtError,
            message,
        },
    );
    Ok(())
}

/// Gives the task's job new tries after an incident.
pub(crate) fn retry(stepper: &mut Stepper, element_instance: Key) -> Result<(), StepError> {
    let graph = stepper.graph;
    let ix = stepper.element_of(element_instance)?;
    let tries = match &graph.element(ix).kind {
        ElementKind::ServiceTask(task) => match retries(stepper, &task.retries, element_instance) {
            Ok(retries) => retries.max(1),
            Err(Halt::Stuck(_)) => 1,
            Err(Halt::Stop(error)) => return Err(error),
        },
        _ => 1,
    };
    let jobs: Vec<Key> = stepper
        .state
        .waits_of(element_instance)
        .filter_map(|(key, what)| matches!(what, WaitKind::Job(_)).then_some(key))
        .collect();
    for key in jobs {
        stepper.emit(Event::JobRetried {
            key,
            retries: tries,
        });
    }
    Ok(())
}
