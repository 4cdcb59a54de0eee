//! What each command means.

use redthread_bpmn::graph::{Awaited, ElementIx, ProcessGraph, Trigger};

use crate::command::{Command, Holder, Variables};
use crate::element;
use crate::event::{Ended, Event};
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{Status, WaitKind};
use crate::step::{Changed, StepError, Stepper};
use crate::{ad_hoc, listener, trigger};

/// Carries out a command up to where tokens begin to move.
pub(crate) fn decide(stepper: &mut Stepper, command: &Command) -> Result<(), StepError> {
    match (stepper.state.status, command) {
        (Status::New, Command::Start { .. }) | (Status::Active, _) => {}
        (Status::New, _) => return Err(Rejection::NotStarted.into()),
        (status, _) => return Err(Rejection::Ended(status.as_str()).into()),
    }
    if let Some(variables) = command.variables() {
        stepper.has_room(variables)?;
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
            element::user_task::completed(stepper, element_instance, variables)
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
            let listener = match stepper.state.waits.get(job).map(|wait| &wait.what) {
                Some(WaitKind::Job(job)) => job.listener,
                _ => None,
            };
            stepper.close(*job, Ended::Completed);
            match listener {
                Some(listener) => listener::told(stepper, element_instance, listener, variables),
                None => stepper.complete_with(element_instance, variables),
            }
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
        Command::ReceiveSignal { wait, variables } => {
            let owner = owner(stepper, *wait, "wait for a signal", |what| {
                matches!(what, WaitKind::Signal(_))
            })?;
            trigger::occurred(stepper, *wait, owner, variables)
        }
        Command::EndCall { call, outcome } => {
            let owner = call_owner(stepper, *call)?;
            element::call_activity::ended(stepper, *call, owner, outcome)
        }
        Command::EscalateCall {
            call,
            code,
            variables,
        } => {
            let owner = call_owner(stepper, *call)?;
            element::call_activity::escalated(stepper, owner, code, variables)
        }
        Command::ActivateElements {
            ad_hoc,
            elements,
            variables,
        } => ad_hoc::choose(stepper, *ad_hoc, elements, variables),
        Command::RecordChanged { watch } => {
            let owner = owner(stepper, *watch, "watch", |what| {
                matches!(what, WaitKind::Watch(_))
            })?;
            // A condition about the record is looked at again; the watch stays.
            match trigger::condition::is_watched_by(stepper, *watch) {
                true => stepper.changed = Changed::Anything,
                false => trigger::occurred(stepper, *watch, owner, &Variables::new())?,
            }
            Ok(())
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
            stepper.touch_all();
            Ok(())
        }
        Command::Cancel { reason } => {
            stepper.clear_all()?;
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
        caller,
    } = command
    else {
        return Ok(());
    };
    if stepper.state.status != Status::New {
        return Err(Rejection::AlreadyStarted.into());
    }
    let graph = stepper.graph;
    let occurred = match element.as_deref() {
        Some(id) => Some(start_of(graph, id)?),
        None => None,
    };
    if occurred.is_none() && !graph.can_start() {
        return Err(Rejection::NoStart("a start event without a trigger".into()).into());
    }
    stepper.emit(Event::InstanceStarted {
        instance: *instance,
        process: graph.id.clone(),
        definition: *definition,
        subject: subject.clone(),
        causes: causes.clone(),
        caller: caller.clone(),
        at: stepper.inputs.now,
    });
    stepper.set(*instance, variables.clone());
    stepper.begin_data(&graph.data, *instance);
    element::event_sub_process::open_of_process(stepper)?;
    trigger::condition::look_at(stepper, *instance)?;
    if !stepper.has_begun(*instance) {
        return Ok(());
    }
    match occurred {
        Some(Start::Event(ix)) => {
            stepper.triggered(ix, *instance);
            stepper.enter(ix, *instance, Vec::new())?;
        }
        Some(Start::None(ix)) => {
            stepper.enter(ix, *instance, Vec::new())?;
        }
        Some(Start::Receive(ix)) => stepper.occur(ix, *instance, Vec::new(), &Variables::new())?,
        Some(Start::Behind { gateway, event }) => {
            element::event_based_gateway::begin(stepper, gateway, event, *instance)?;
        }
        None => {
            for ix in graph.initial(None) {
                // What began first may have ended the instance.
                if stepper.state.status == Status::Active {
                    stepper.enter(ix, *instance, Vec::new())?;
                }
            }
        }
    }
    Ok(())
}

/// How an instance begins.
enum Start {
    /// With a start event without a trigger.
    None(ElementIx),
    /// Because a start event has occurred.
    Event(ElementIx),
    /// Because the message of a receive task has come.
    Receive(ElementIx),
    /// Because an event behind an event-based gateway has occurred.
    Behind {
        gateway: ElementIx,
        event: ElementIx,
    },
}

fn start_of(graph: &ProcessGraph, id: &str) -> Result<Start, Rejection> {
    let none = graph
        .start_events(None)
        .find(|(ix, trigger)| *graph.element(*ix).id == *id && matches!(trigger, Trigger::None));
    if let Some((ix, _)) = none {
        return Ok(Start::None(ix));
    }
    let found = graph
        .triggered_starts()
        .into_iter()
        .find(|start| *graph.element(start.element).id == *id);
    let found = found.ok_or_else(|| Rejection::NoStart(format!("the start event \"{id}\"")))?;
    Ok(match (found.gateway, found.waits_for) {
        (Some(gateway), _) => Start::Behind {
            gateway,
            event: found.element,
        },
        (None, Awaited::Message(_)) => Start::Receive(found.element),
        (None, Awaited::Trigger(_)) => Start::Event(found.element),
    })
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

fn call_owner(stepper: &Stepper, call: Key) -> Result<Key, Rejection> {
    owner(stepper, call, "call", |what| {
        matches!(what, WaitKind::Call(_))
    })
}

fn job_owner(stepper: &Stepper, job: Key) -> Result<Key, Rejection> {
    owner(stepper, job, "job", |what| matches!(what, WaitKind::Job(_)))
}
