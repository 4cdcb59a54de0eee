//! One file an element kind, named as BPMN names it. Each says what its element does when it is activated, completed and
//! terminated; the `match`es here are exhaustive, so that a new kind does not compile until it has a room.

mod activity;
pub(crate) mod boundary_event;
mod business_rule_task;
pub(crate) mod call_activity;
pub(crate) mod complex_gateway;
pub(crate) mod event_based_gateway;
pub(crate) mod event_sub_process;
mod exclusive_gateway;
pub(crate) mod inclusive_gateway;
pub(crate) mod job_task;
mod parallel_gateway;
mod script_task;
mod sub_process;
mod throw_event;
pub(crate) mod transaction;
pub(crate) mod user_task;

use redthread_bpmn::graph::{ElementIx, ElementKind, FlowIx, Id, SubProcess, Throw, Trigger};

use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};
use crate::{ad_hoc, trigger};

/// A token stands on `flow` and would enter `target`: the flows from which tokens are taken, or `None` when it has to wait.
pub(crate) fn consumes(
    stepper: &mut Stepper,
    flow: FlowIx,
    target: ElementIx,
    scope: Key,
) -> Result<Option<Vec<Id>>, StepError> {
    let graph = stepper.graph;
    if ad_hoc::holds_back(stepper, target, scope) {
        stepper.touched.insert(scope);
        return Ok(None);
    }
    match &graph.element(target).kind {
        ElementKind::ParallelGateway => Ok(parallel_gateway::join(stepper, target, scope)),
        ElementKind::InclusiveGateway if graph.element(target).incoming.len() > 1 => {
            stepper.touched.insert(scope);
            Ok(None)
        }
        ElementKind::ComplexGateway {
            activation: Some(activation),
        } => complex_gateway::activates(stepper, target, scope, activation),
        _ if graph.element(target).start_quantity > 1 => {
            Ok(activity::collect(stepper, target, scope))
        }
        _ => Ok(Some(vec![graph.flow(flow).id.clone()])),
    }
}

/// Enters an element with the tokens that it consumes.
pub(crate) fn enter(
    stepper: &mut Stepper,
    ix: ElementIx,
    scope: Key,
    consumed: Vec<Id>,
) -> Result<(), StepError> {
    match &stepper.graph.element(ix).kind {
        ElementKind::ComplexGateway {
            activation: Some(_),
        } => complex_gateway::enter(stepper, ix, scope, consumed),
        _ => stepper.enter(ix, scope, consumed).map(|_| ()),
    }
}

/// While it is activating: opens what the element waits for, or does its work.
pub(crate) fn open(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), Halt> {
    let graph = stepper.graph;
    match &graph.element(ix).kind {
        ElementKind::UserTask(task) => user_task::open(stepper, key, ix, task),
        ElementKind::ServiceTask(task)
        | ElementKind::ThrowEvent(Throw::Job(task))
        | ElementKind::EndEvent(Throw::Job(task)) => job_task::open(stepper, key, task),
        ElementKind::ScriptTask(task) => script_task::run(stepper, key, ix, task),
        ElementKind::BusinessRuleTask(called) => business_rule_task::run(stepper, key, ix, called),
        ElementKind::CallActivity(called) => call_activity::open(stepper, key, called),
        ElementKind::ReceiveTask(message) => trigger::message::open(stepper, key, ix, message),
        ElementKind::CatchEvent(waits_for) => trigger::open(stepper, key, ix, waits_for),
        ElementKind::EventBasedGateway { .. } => event_based_gateway::open(stepper, key, ix),
        ElementKind::ComplexGateway { activation } => {
            complex_gateway::open(stepper, key, activation.as_ref())
        }
        ElementKind::SubProcess(kind) => sub_process::open(stepper, key, ix, kind),
        ElementKind::StartEvent { .. }
        | ElementKind::EndEvent(_)
        | ElementKind::ThrowEvent(_)
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::SendTask(_)
        | ElementKind::ExclusiveGateway
        | ElementKind::InclusiveGateway
        | ElementKind::ParallelGateway => Ok(()),
    }
}

/// Once it is active: what waits stays, what does not wait completes.
pub(crate) fn activated(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), StepError> {
    match &stepper.graph.element(ix).kind {
        ElementKind::CatchEvent(Trigger::Link) => stepper.complete(key),
        ElementKind::UserTask(_)
        | ElementKind::ServiceTask(_)
        | ElementKind::ReceiveTask(_)
        | ElementKind::CallActivity(_)
        | ElementKind::CatchEvent(_)
        | ElementKind::EventBasedGateway { .. } => Ok(()),
        ElementKind::ThrowEvent(throw) | ElementKind::EndEvent(throw) => {
            throw_event::activated(stepper, key, ix, throw)
        }
        ElementKind::ComplexGateway { .. } => complex_gateway::activated(stepper, key, ix),
        ElementKind::SubProcess(SubProcess::AdHoc(_)) => Ok(()),
        ElementKind::SubProcess(SubProcess::Event) => {
            event_sub_process::activated(stepper, key, ix)
        }
        ElementKind::SubProcess(SubProcess::Embedded | SubProcess::Transaction) => {
            sub_process::activated(stepper, key, ix)
        }
        ElementKind::StartEvent { .. }
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::SendTask(_)
        | ElementKind::ScriptTask(_)
        | ElementKind::BusinessRuleTask(_)
        | ElementKind::ExclusiveGateway
        | ElementKind::InclusiveGateway
        | ElementKind::ParallelGateway => stepper.complete(key),
    }
}

/// While it is completing: the flows on which tokens go on.
pub(crate) fn outgoing(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
) -> Result<Vec<FlowIx>, Halt> {
    let element = stepper.graph.element(ix);
    match &element.kind {
        ElementKind::ExclusiveGateway => exclusive_gateway::choose(stepper, key, ix),
        ElementKind::InclusiveGateway => {
            inclusive_gateway::choose(stepper, key, ix, &Default::default())
        }
        ElementKind::ComplexGateway { .. } => complex_gateway::outgoing(stepper, key, ix),
        // The token goes on from the event that has occurred.
        ElementKind::EventBasedGateway { .. } => Ok(Vec::new()),
        ElementKind::ThrowEvent(_) => throw_event::outgoing(stepper, ix),
        ElementKind::StartEvent { .. }
        | ElementKind::EndEvent(_)
        | ElementKind::CatchEvent(_)
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::ParallelGateway => Ok(element.outgoing.clone()),
        ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::UserTask(_)
        | ElementKind::ServiceTask(_)
        | ElementKind::SendTask(_)
        | ElementKind::ReceiveTask(_)
        | ElementKind::ScriptTask(_)
        | ElementKind::BusinessRuleTask(_)
        | ElementKind::CallActivity(_)
        | ElementKind::SubProcess(_) => activity::outgoing(stepper, key, ix),
    }
}
