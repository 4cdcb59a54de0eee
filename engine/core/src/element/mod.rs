//! One file an element kind, named as BPMN names it. Each says what its element does when it is activated, completed and
//! terminated; the `match`es here are exhaustive, so that a new kind does not compile until it has a room.

pub(crate) mod boundary_event;
mod business_rule_task;
mod catch_event;
pub(crate) mod end_event;
mod exclusive_gateway;
pub(crate) mod job_task;
pub(crate) mod parallel_gateway;
mod script_task;
mod sub_process;
mod user_task;

use redthread_bpmn::graph::{ElementIx, ElementKind, FlowIx};

use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};

/// While it is activating: opens what the element waits for, or does its work.
pub(crate) fn open(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), Halt> {
    let graph = stepper.graph;
    match &graph.element(ix).kind {
        ElementKind::UserTask(task) => user_task::open(stepper, key, ix, task),
        ElementKind::ServiceTask(task) => job_task::open(stepper, key, task),
        ElementKind::ScriptTask(task) => script_task::run(stepper, key, ix, task),
        ElementKind::BusinessRuleTask(called) => business_rule_task::run(stepper, key, ix, called),
        ElementKind::CatchEvent(trigger) => catch_event::open(stepper, key, ix, trigger),
        ElementKind::StartEvent(_)
        | ElementKind::EndEvent(_)
        | ElementKind::ThrowEvent
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::ExclusiveGateway
        | ElementKind::ParallelGateway
        | ElementKind::SubProcess => Ok(()),
    }
}

/// Once it is active: what waits stays, what does not wait completes.
pub(crate) fn activated(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), StepError> {
    match &stepper.graph.element(ix).kind {
        ElementKind::UserTask(_) | ElementKind::ServiceTask(_) | ElementKind::CatchEvent(_) => {
            Ok(())
        }
        ElementKind::SubProcess => sub_process::activated(stepper, key, ix),
        ElementKind::StartEvent(_)
        | ElementKind::EndEvent(_)
        | ElementKind::ThrowEvent
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::ScriptTask(_)
        | ElementKind::BusinessRuleTask(_)
        | ElementKind::ExclusiveGateway
        | ElementKind::ParallelGateway => stepper.complete(key),
    }
}

/// While it is completing: the flows on which tokens go on.
pub(crate) fn outgoing(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
) -> Result<Vec<FlowIx>, Halt> {
    match &stepper.graph.element(ix).kind {
        ElementKind::ExclusiveGateway => exclusive_gateway::choose(stepper, key, ix),
        // More than one outgoing flow without conditions: a token on each (BPMN 2.0 section 13.3.1).
        _ => Ok(stepper.graph.element(ix).outgoing.clone()),
    }
}

/// Once it has completed: what that means for the scope.
pub(crate) fn completed(
    stepper: &mut Stepper,
    ix: ElementIx,
    scope: Key,
    error_code: Option<String>,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    match &graph.element(ix).kind {
        ElementKind::EndEvent(result) => {
            end_event::completed(stepper, ix, scope, result, error_code)
        }
        _ => Ok(()),
    }
}
