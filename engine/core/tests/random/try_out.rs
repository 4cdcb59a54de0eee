//! One model: drawn, read, driven, and looked at.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use redthread_bpmn::graph::{
    Activates, Behavior, Element, ElementIx, ElementKind, ProcessGraph, Repetition, SubProcess,
    Throw, Trigger,
};
use redthread_bpmn::{Limits, Severity, read};
use redthread_core::Command;
use redthread_core::state::Status;

use crate::drive::{Driver, Ending};
use crate::failure::{Failure, PANICS, UNREADABLE, law};
use crate::model::{Begins, Block, Content, Model, Scope, Work};
use crate::rng::Rng;
use crate::run::Run;
use crate::write::{Written, write};
use crate::{generate, model};

/// What was seen of a model that keeps all laws.
#[derive(Debug)]
pub struct Tried {
    pub commands: usize,
    pub ending: Ending,
    pub seen: BTreeSet<&'static str>,
}

/// A law that a model breaks, and how it came to that.
#[derive(Debug)]
pub struct Broken {
    pub failure: Failure,
    pub commands: Vec<Command>,
}

/// Tries the model and the commands that a seed stands for.
pub fn try_seed(seed: u64) -> Result<Tried, Broken> {
    try_model(&generate::model(seed), seed)
}

/// Tries a model with the commands that a seed stands for.
pub fn try_model(model: &Model, seed: u64) -> Result<Tried, Broken> {
    let mut commands = Vec::new();
    let tried = catch_unwind(AssertUnwindSafe(|| try_out(model, seed, &mut commands)));
    match tried {
        Ok(Ok(tried)) => Ok(tried),
        Ok(Err(failure)) => Err(Broken { failure, commands }),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let failure = Failure {
                law: PANICS,
                found: text.unwrap_or_default(),
            };
            Err(Broken { failure, commands })
        }
    }
}

fn try_out(model: &Model, seed: u64, commands: &mut Vec<Command>) -> Result<Tried, Failure> {
    let written = write(model);
    let unreadable = |found: String| Failure {
        law: UNREADABLE,
        found,
    };
    let diagram = read(written.xml.as_bytes(), &Limits::default())
        .map_err(|error| unreadable(error.to_string()))?;
    law(!diagram.has_errors(), UNREADABLE, || {
        let errors = diagram
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        let errors: Vec<String> = errors
            .map(|error| format!("{} ({:?})", error.message, error.element))
            .collect();
        errors.join("; ")
    })?;
    let graph = diagram
        .processes
        .first()
        .ok_or_else(|| unreadable("no process".into()))?;
    let mut run = Run::new(graph);
    let rng = Rng::new(seed ^ 0xD21E_0000_0000);
    let ending = Driver::new(&mut run, model, rng).drive(model, is_of_blocks(&model.process));
    commands.append(&mut run.commands);
    let ending = ending?;
    if model.predictable {
        completed_as_drawn(&run, &written)?;
    }
    Ok(Tried {
        commands: commands.len(),
        ending,
        seen: seen(&run),
    })
}

/// Each element has completed as often as the diagram says.
fn completed_as_drawn(run: &Run, written: &Written) -> Result<(), Failure> {
    let status = run.state.status;
    law(
        status == Status::Completed,
        "a predictable process completes",
        || format!("{status:?}"),
    )?;
    for ix in run.graph.element_ixs() {
        let id = &*run.graph.element(ix).id;
        let drawn = written.completes.get(id).copied().unwrap_or_default();
        let counted = run.ledger.counts.get(&ix).copied().unwrap_or_default();
        law(
            counted.completed == drawn && counted.terminated == 0,
            "elements complete as often as the diagram says",
            || format!("{id}: {counted:?}, {drawn} expected"),
        )?;
    }
    Ok(())
}

/// Whether a process is made of blocks only, so that it can always end.
fn is_of_blocks(scope: &Scope) -> bool {
    let content = match &scope.content {
        Content::Block(block) => blocks_within(block),
        Content::Tangle(_) => false,
    };
    content
        && scope
            .handlers
            .iter()
            .all(|handler| blocks_within(&handler.content))
}

fn blocks_within(block: &Block) -> bool {
    let of_activity = |activity: &model::Activity| activity_within(activity);
    match block {
        Block::Activity(activity) => of_activity(activity),
        Block::Bundle { gives, takes, .. } => of_activity(gives) && of_activity(takes),
        Block::Sequence(blocks)
        | Block::Branches {
            branches: blocks, ..
        } => blocks.iter().all(blocks_within),
        Block::Again { body, .. } => blocks_within(body),
        Block::Await { ways, .. } => ways.iter().all(|(_, block)| blocks_within(block)),
        Block::Catch(_) | Block::Throw(_) | Block::Link | Block::Stop { .. } => true,
    }
}

fn activity_within(activity: &model::Activity) -> bool {
    let work = match &activity.work {
        Work::Sub(scope) | Work::Transaction(scope) => {
            debug_assert!(matches!(scope.begins, Begins::Start | Begins::ByItself));
            is_of_blocks(scope)
        }
        Work::AdHoc(ad_hoc) => {
            ad_hoc.content.iter().all(blocks_within)
                && ad_hoc
                    .handlers
                    .iter()
                    .all(|handler| blocks_within(&handler.content))
        }
        _ => true,
    };
    let undone = activity.undone_by.as_deref().is_none_or(activity_within);
    let mut ways = activity
        .boundary
        .iter()
        .filter_map(|boundary| boundary.then.as_ref());
    work && undone && ways.all(blocks_within)
}

/// What BPMN has: each must have run in some models.
pub const KINDS: &[&str] = &[
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "task",
    "manualTask",
    "userTask",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "scriptTask",
    "businessRuleTask",
    "callActivity",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "complexGateway",
    "eventBasedGateway",
    "subProcess",
    "transaction",
    "adHocSubProcess",
    "a timer",
    "a message",
    "a signal",
    "a condition",
    "an error",
    "an escalation",
    "a cancellation",
    "a link",
    "a record",
    "a multiple event",
    "a parallel multiple event",
    "a non-interrupting event",
    "an event sub-process",
    "a compensation event sub-process",
    "a terminate event",
    "an error event",
    "an escalation event",
    "a message event",
    "a signal event",
    "a compensation event",
    "a compensation event that does not wait",
    "a cancel event",
    "a link event",
    "an event that a job does",
    "a multiple throw event",
    "a standard loop",
    "a sequential multi-instance",
    "a parallel multi-instance",
    "behavior none",
    "behavior one",
    "behavior complex",
    "a completion condition",
    "an ad-hoc condition",
    "a sequential ad-hoc sub-process",
    "a parallel ad-hoc sub-process",
    "an ad-hoc collection",
    "an ad-hoc person",
    "an instantiating gateway",
    "a parallel instantiating gateway",
    "an instantiating receive task",
    "an activation condition",
    "a start quantity",
    "a completion quantity",
    "a conditional flow of an activity",
    "a handler of compensation",
    "a listener",
    "a mapping",
];

fn seen(run: &Run) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    let entered = run
        .ledger
        .counts
        .iter()
        .filter(|(_, counts)| counts.entered > 0);
    for (ix, _) in entered {
        see(run.graph, *ix, &mut seen);
    }
    seen
}

fn see(graph: &ProcessGraph, ix: ElementIx, seen: &mut BTreeSet<&'static str>) {
    let element = graph.element(ix);
    seen.insert(element.kind.bpmn_name());
    if let Some(trigger) = element.kind.trigger() {
        see_trigger(trigger, seen);
    }
    if let Some(throw) = element.kind.throw() {
        see_throw(throw, seen);
    }
    match &element.kind {
        ElementKind::BoundaryEvent {
            interrupting: false,
            ..
        }
        | ElementKind::StartEvent {
            interrupting: false,
            ..
        } => {
            seen.insert("a non-interrupting event");
        }
        ElementKind::ComplexGateway {
            activation: Some(_),
        } => {
            seen.insert("an activation condition");
        }
        ElementKind::EventBasedGateway {
            instantiate: true,
            parallel,
        } => {
            seen.insert(match parallel {
                true => "a parallel instantiating gateway",
                false => "an instantiating gateway",
            });
        }
        ElementKind::SubProcess(SubProcess::Event) => {
            seen.insert("an event sub-process");
        }
        ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => {
            seen.insert(match ad_hoc.sequential {
                true => "a sequential ad-hoc sub-process",
                false => "a parallel ad-hoc sub-process",
            });
            seen.extend(ad_hoc.completion.as_ref().map(|_| "an ad-hoc condition"));
            seen.extend(match ad_hoc.activates {
                Activates::Collection(_) => Some("an ad-hoc collection"),
                Activates::Nothing => Some("an ad-hoc person"),
                Activates::All => None,
            });
        }
        _ => {}
    }
    see_activity(graph, element, seen);
}

fn see_activity(graph: &ProcessGraph, element: &Element, seen: &mut BTreeSet<&'static str>) {
    match &element.repetition {
        Some(Repetition::Loop { .. }) => {
            seen.insert("a standard loop");
        }
        Some(Repetition::MultiInstance(marker)) => {
            seen.insert(match marker.sequential {
                true => "a sequential multi-instance",
                false => "a parallel multi-instance",
            });
            seen.extend(marker.completion.as_ref().map(|_| "a completion condition"));
            seen.extend(match marker.behavior {
                Behavior::All => None,
                Behavior::Each(_) => Some("behavior none"),
                Behavior::First(_) => Some("behavior one"),
                Behavior::Complex(_) => Some("behavior complex"),
            });
        }
        None => {}
    }
    let is_activity = !element.kind.is_gateway()
        && element.kind.trigger().is_none()
        && element.kind.throw().is_none();
    let has_condition = element
        .outgoing
        .iter()
        .any(|flow| graph.flow(*flow).condition.is_some());
    let listeners = &element.listeners;
    let marks = [
        (element.start_quantity > 1, "a start quantity"),
        (element.completion_quantity > 1, "a completion quantity"),
        (
            is_activity && has_condition,
            "a conditional flow of an activity",
        ),
        (element.for_compensation, "a handler of compensation"),
        (element.instantiates, "an instantiating receive task"),
        (!element.mapping.inputs.is_empty(), "a mapping"),
        (
            !listeners.start.is_empty() || !listeners.completing.is_empty(),
            "a listener",
        ),
    ];
    seen.extend(
        marks
            .into_iter()
            .filter(|(is_there, _)| *is_there)
            .map(|(_, mark)| mark),
    );
}

fn see_trigger(trigger: &Trigger, seen: &mut BTreeSet<&'static str>) {
    match trigger {
        Trigger::Multiple(_) => {
            seen.insert("a multiple event");
        }
        Trigger::ParallelMultiple(_) => {
            seen.insert("a parallel multiple event");
        }
        _ => {}
    }
    seen.extend(trigger.parts().iter().filter_map(|part| match part {
        Trigger::None | Trigger::Multiple(_) | Trigger::ParallelMultiple(_) => None,
        Trigger::Timer(_) => Some("a timer"),
        Trigger::Message(_) => Some("a message"),
        Trigger::Signal(_) => Some("a signal"),
        Trigger::Condition(_) => Some("a condition"),
        Trigger::Error(_) => Some("an error"),
        Trigger::Escalation(_) => Some("an escalation"),
        Trigger::Compensation => Some("a compensation event sub-process"),
        Trigger::Cancel => Some("a cancellation"),
        Trigger::Link => Some("a link"),
        Trigger::Record(_) => Some("a record"),
    }));
}

fn see_throw(throw: &Throw, seen: &mut BTreeSet<&'static str>) {
    if matches!(throw, Throw::Multiple(_)) {
        seen.insert("a multiple throw event");
    }
    seen.extend(throw.parts().iter().filter_map(|part| match part {
        Throw::None | Throw::Multiple(_) => None,
        Throw::Terminate => Some("a terminate event"),
        Throw::Error(_) => Some("an error event"),
        Throw::Escalation(_) => Some("an escalation event"),
        Throw::Message(_) => Some("a message event"),
        Throw::Signal(_) => Some("a signal event"),
        Throw::Compensation(thrown) if !thrown.waits => {
            Some("a compensation event that does not wait")
        }
        Throw::Compensation(_) => Some("a compensation event"),
        Throw::Cancel => Some("a cancel event"),
        Throw::Link(_) => Some("a link event"),
        Throw::Job(_) => Some("an event that a job does"),
    }));
}
