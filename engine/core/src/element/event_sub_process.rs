//! Event sub-process (BPMN 2.0 section 13.5.4).
//!
//! The scope around it waits for its start event as long as that scope runs. When it occurs, an interrupting one ends
//! everything else in the scope, and no other event sub-process of the scope can begin any more; a non-interrupting one runs
//! beside, as often as its event occurs. The event's variables are local to it.

use redthread_bpmn::graph::{ElementIx, ElementKind};

use crate::command::Variables;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger;

/// Opens what the event sub-processes of a scope wait for.
pub(crate) fn open_all(
    stepper: &mut Stepper,
    scope: Key,
    of: Option<ElementIx>,
) -> Result<(), Halt> {
    let graph = stepper.graph;
    for (_, start) in graph.event_sub_processes(of) {
        if let Some(waits_for) = graph.element(start).kind.trigger() {
            trigger::open(stepper, scope, start, waits_for)?;
        }
    }
    Ok(())
}

/// The same for those of the process; also again, after an incident.
pub(crate) fn open_of_process(stepper: &mut Stepper) -> Result<(), StepError> {
    let root = stepper.state.key;
    match open_all(stepper, root, None) {
        Ok(()) => Ok(()),
        Err(halt) => {
            stepper.close_waits(root);
            stepper.held_up(root, halt)
        }
    }
}

/// The start event of an event sub-process has occurred in `scope`.
pub(crate) fn occurred(
    stepper: &mut Stepper,
    scope: Key,
    start: ElementIx,
    variables: &Variables,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    let Some(event_sub_process) = graph.element(start).parent else {
        return Ok(());
    };
    if is_interrupting(stepper, start) {
        stepper.clear(scope)?;
        close_starts(stepper, scope);
    }
    let key = stepper.begin(event_sub_process, scope, Vec::new());
    stepper.set(key, variables.clone());
    stepper.activate(key)
}

/// A scope is about to end: no event sub-process begins in it any more.
pub(crate) fn close_all(stepper: &mut Stepper, scope: Key, ix: ElementIx) {
    if stepper.graph.event_sub_processes(Some(ix)).next().is_some() {
        close_starts(stepper, scope);
    }
}

fn close_starts(stepper: &mut Stepper, scope: Key) {
    let graph = stepper.graph;
    stepper.close_waits_if(scope, |what| {
        let event = what.event().and_then(|id| graph.find(id));
        event.is_some_and(|ix| matches!(graph.element(ix).kind, ElementKind::StartEvent { .. }))
    });
}

/// Whether the start event of an event sub-process ends everything else in the scope around.
pub(crate) fn is_interrupting(stepper: &Stepper, start: ElementIx) -> bool {
    let kind = &stepper.graph.element(start).kind;
    matches!(
        kind,
        ElementKind::StartEvent {
            interrupting: true,
            ..
        }
    )
}

/// Whether an interrupting event sub-process has ended everything else in a scope.
pub(crate) fn has_taken_over(stepper: &Stepper, scope: Key) -> bool {
    let graph = stepper.graph;
    let around = match stepper.state.elements.get(&scope) {
        Some(instance) => graph.find(&instance.element),
        None => None,
    };
    let mut interrupting = graph
        .event_sub_processes(around)
        .filter(|(_, start)| is_interrupting(stepper, *start))
        .peekable();
    // Most scopes have none, and need not look at what runs in them.
    interrupting.peek().is_some() && {
        let ids: Vec<_> = interrupting.map(|(ix, _)| &graph.element(ix).id).collect();
        let mut inside = stepper.state.children(scope);
        inside.any(|(_, child)| ids.contains(&&child.element))
    }
}

/// Once it is active: its start event passes.
pub(super) fn activated(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), StepError> {
    let start = stepper.graph.start_events(Some(ix)).next();
    match start {
        Some((start, _)) => stepper.occur(start, key, Vec::new(), &Variables::new()),
        None => Ok(()),
    }
}
