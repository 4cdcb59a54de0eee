//! What each command means.

use redthread_bpmn::graph::{ElementIx, Trigger};

use crate::command::{Command, Holder, Variables};
use crate::element;
use crate::event::{Ended, Event};
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{Status, WaitKind};
use crate::step::{StepError, Stepper};
use crate::trigger;

/// Carries out a command up to where tokens begin to move.
pub(crate) fn decide(stepper: &mut Stepper, command: &Command) -> Result<(), StepError> {
    match (stepper.state.status, command) {
        (Status::New, Command::Start { .. }) | (Status::Active, _) => {}
        (Status::New, _) => return Err(Rejection::NotStarted.into()),
        (status, _) => return Err(Rejection::Ended(status.as_str()).into()),
    }
    match command {
        Command::Start { .. } => start(stepper, command),
        Command::CompleteTask {
            task,
            holder,
            variables,
        } => {
            let element_instance = task_owner(stepper, *task, holder)?;
            stepper.close(*task, Ended::Completed);
            stepper.complete_with(element_instance, variables)
        }
        Command::AssignTask {
            task,
            holder,
            assignee,
            reason,
        } => {
            task_owner(stepper, *task, holder)?;
            let (assignee, reason) = (assignee.clone(), reason.clone());
            stepper.emit(Event::TaskAssigned {
                key: *task,
                assignee,
                reason,
            });
            Ok(())
        }
        Command::CompleteJob { job, variables } => {
            let element_instance = job_owner(stepper, *job)?;
            stepper.close(*job, Ended::Completed);
            stepper.complete_with(element_instance, variables)
        }
        Command::FailJob {
            job,
            message,
            retries,
            retry_at,
        } => {
            let element_instance = job_owner(stepper, *job)?;
            let (retries, retry_at) = (*retries, *retry_at);
            stepper.emit(Event::JobFailed {
                key: *job,
                retries,
                retry_at,
                message: message.clone(),
            });
            element::job_task::failed(stepper, element_instance, retries, message);
            Ok(())
        }
        Command::ThrowError {
            job,
            code,
            message,
            variables,
        } => {
            let element_instance = job_owner(stepper, *job)?;
            element::job_task::threw(
                stepper,
                *job,
                element_instance,
                code,
                message.as_deref(),
                variables,
            )
        }
        Command::FireTimer { timer } => trigger::timer::fire(stepper, *timer),
        Command::Correlate {
            subscription,
            variables,
        } => {
            let is_subscription = |what: &WaitKind| matches!(what, WaitKind::Subscription(_));
            let owner = owner(
                stepper,
                *subscription,
                "message subscription",
                is_subscription,
            )?;
            trigger::occurred(stepper, *subscription, owner, variables)
        }
        Command::RecordChanged { watch } => {
            let owner = owner(stepper, *watch, "watch", |what| {
                matches!(what, WaitKind::Watch(_))
            })?;
            trigger::occurred(stepper, *watch, owner, &Variables::new())
        }
        Command::SetVariables {
            scope, variables, ..
        } => {
            if !stepper.state.is_scope(*scope) {
                return Err(Rejection::NoScope(*scope).into());
            }
            if variables.keys().any(|name| name.trim().is_empty()) {
                return Err(Rejection::EmptyName.into());
            }
            stepper.set(*scope, variables.clone());
            Ok(())
        }
        Command::Retry { incident } => stepper.retry(*incident),
        Command::Continue => {
            let graph = stepper.graph;
            let tokens = stepper.state.tokens.iter();
            let moving = tokens
                .filter_map(|token| Some((graph.find_flow(&token.flow)?, token.scope)))
                .collect();
            stepper.moving = moving;
            Ok(())
        }
        Command::Cancel { reason } => {
            let root = stepper.state.key;
            stepper.clear(root)?;
            stepper.emit(Event::InstanceTerminated {
                reason: reason.clone(),
            });
            Ok(())
        }
    }
}

fn start(stepper: &mut Stepper, command: &Command) -> Result<(), StepError> {
    let Command::Start {
        instance,
        definition,
        element,
        variables,
        subject,
        causes,
    } = command
    else {
        return Ok(());
    };
    if stepper.state.status != Status::New {
        return Err(Rejection::AlreadyStarted.into());
    }
    let start = start_event(stepper, element.as_deref())?;
    stepper.emit(Event::InstanceStarted {
        instance: *instance,
        process: stepper.graph.id.clone(),
        definition: *definition,
        subject: subject.clone(),
        causes: causes.clone(),
        at: stepper.inputs.now,
    });
    stepper.set(*instance, variables.clone());
    let has_trigger = stepper
        .graph
        .start_events(None)
        .any(|(ix, trigger)| ix == start && !matches!(trigger, Trigger::None));
    if has_trigger {
        stepper.triggered(start, *instance);
    }
    stepper.enter(start, *instance, Vec::new())?;
    Ok(())
}

fn start_event(stepper: &Stepper, id: Option<&str>) -> Result<ElementIx, Rejection> {
    let graph = stepper.graph;
    let Some(id) = id else {
        return graph
            .none_start()
            .ok_or_else(|| Rejection::NoStart("a start event without a trigger".into()));
    };
    let found = graph
        .start_events(None)
        .find(|(ix, _)| *graph.element(*ix).id == *id);
    found
        .map(|(ix, _)| ix)
        .ok_or_else(|| Rejection::NoStart(format!("the start event \"{id}\"")))
}

/// The element instance that waits for `key`, if that is open and of the right kind.
fn owner(
    stepper: &Stepper,
    key: Key,
    what: &'static str,
    is_kind: impl Fn(&WaitKind) -> bool,
) -> Result<Key, Rejection> {
    let wait = stepper
        .state
        .waits
        .get(&key)
        .filter(|wait| is_kind(&wait.what));
    wait.map(|wait| wait.element_instance)
        .ok_or(Rejection::NotOpen { what, key })
}

fn task_owner(stepper: &Stepper, task: Key, holder: &Holder) -> Result<Key, Rejection> {
    let element_instance = owner(stepper, task, "task", |what| {
        matches!(what, WaitKind::Task(_))
    })?;
    let Some(WaitKind::Task(data)) = stepper.state.waits.get(&task).map(|wait| &wait.what) else {
        return Ok(element_instance);
    };
    if holder.is(data.assignee.as_deref()) {
        return Ok(element_instance);
    }
    let name = |login: Option<&str>| login.map_or_else(|| "nobody".to_owned(), str::to_owned);
    let expected = match holder {
        Holder::Person(login) => Some(&**login),
        Holder::Anyone | Holder::Nobody => None,
    };
    Err(Rejection::HeldByOther {
        expected: name(expected),
        found: name(data.assignee.as_deref()),
    })
}

fn job_owner(stepper: &Stepper, job: Key) -> Result<Key, Rejection> {
    owner(stepper, job, "job", |what| matches!(what, WaitKind::Job(_)))
}
