//! Who catches what is thrown (BPMN 2.0 section 10.5.1, "Event handling"): an error or an escalation goes outwards, from
//! where it is thrown, until an event sub-process of a scope or a boundary event of an activity catches it; at last to the
//! callers of the instance. At the same place, what names the code comes before what catches any.

use redthread_bpmn::graph::{ElementIx, ElementKind, SubProcess, Trigger};

use crate::command::Variables;
use crate::element::{boundary_event, event_sub_process};
use crate::key::Key;
use crate::lifecycle::Role;
use crate::state::{OuterCatch, Phase, Thrown};
use crate::step::{StepError, Stepper};

/// What catches something.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Catcher {
    /// The start event of an event sub-process in a scope.
    EventSubProcess { scope: Key, start: ElementIx },
    /// A boundary event of an activity.
    BoundaryEvent { activity: Key, boundary: ElementIx },
    /// A caller of the instance.
    Caller { interrupting: bool },
}

impl Catcher {
    /// The event in this instance that catches.
    pub(crate) fn event(self) -> Option<ElementIx> {
        match self {
            Catcher::EventSubProcess { start, .. } => Some(start),
            Catcher::BoundaryEvent { boundary, .. } => Some(boundary),
            Catcher::Caller { .. } => None,
        }
    }

    /// Lets the event in this instance occur.
    pub(crate) fn occur(
        self,
        stepper: &mut Stepper,
        variables: &Variables,
    ) -> Result<(), StepError> {
        match self {
            Catcher::EventSubProcess { scope, start } => {
                event_sub_process::occurred(stepper, scope, start, variables)
            }
            Catcher::BoundaryEvent { activity, boundary } => {
                boundary_event::occurred(stepper, boundary, activity, variables)
            }
            Catcher::Caller { .. } => Ok(()),
        }
    }
}

/// What catches something that is thrown at `from`: a scope, or an element instance whose own boundary events count.
pub(crate) fn find(stepper: &Stepper, from: Key, thrown: Thrown, code: &str) -> Option<Catcher> {
    let graph = stepper.graph;
    for catchers in around(stepper, from) {
        let catches = |named: bool| {
            let mut events = catchers.iter().copied();
            events.find(|catcher| {
                let event = catcher.event();
                let trigger = event.and_then(|ix| graph.element(ix).kind.trigger());
                codes(trigger, thrown).any(|caught| match caught {
                    Some(caught) => named && **caught == *code,
                    None => !named,
                })
            })
        };
        if let Some(catcher) = catches(true).or_else(|| catches(false)) {
            return Some(catcher);
        }
    }
    let outer = &stepper.state.caller.as_ref()?.catches;
    let catch = outer.iter().find(|catch| {
        catch.thrown == thrown && catch.code.as_deref().is_none_or(|caught| *caught == *code)
    })?;
    Some(Catcher::Caller {
        interrupting: catch.interrupting,
    })
}

/// The codes that a trigger catches; `None` is any.
fn codes(
    trigger: Option<&Trigger>,
    thrown: Thrown,
) -> impl Iterator<Item = Option<&std::sync::Arc<str>>> {
    let parts = trigger.map(Trigger::parts).unwrap_or_default();
    parts.iter().filter_map(move |part| match (part, thrown) {
        (Trigger::Error(catch), Thrown::Error) => Some(catch.code.as_ref()),
        (Trigger::Escalation(catch), Thrown::Escalation) => Some(catch.code.as_ref()),
        _ => None,
    })
}

/// The events that could catch something, from `from` outwards, those at the same place together.
fn around(stepper: &Stepper, from: Key) -> Vec<Vec<Catcher>> {
    let graph = stepper.graph;
    let mut places = Vec::new();
    // The event sub-process from which it comes: it does not catch what it throws itself.
    let mut out_of: Option<ElementIx> = None;
    let mut at = from;
    loop {
        let instance = stepper.state.elements.get(&at);
        let ix = instance.and_then(|instance| graph.find(&instance.element));
        let role = match (instance, ix) {
            (Some(instance), Some(ix)) => stepper.role(instance, ix),
            _ => Role::Single,
        };
        // A sub-process that has not begun yet, or whose results are being mapped, is no scope for what happens in it.
        let runs = instance.is_none_or(|instance| instance.phase == Phase::Active);
        let is_scope = at == stepper.state.key || runs && stepper.is_sub_process(at);
        // Once an interrupting one runs, no other of the same scope begins.
        let is_interrupted = is_scope
            && out_of.is_some_and(|ix| {
                let mut starts = graph.start_events(Some(ix));
                starts.any(|(start, _)| event_sub_process::is_interrupting(stepper, start))
            });
        if is_scope && !is_interrupted {
            let inside = graph.event_sub_processes(ix);
            let others = inside.filter(|(event_sub_process, _)| Some(*event_sub_process) != out_of);
            let starts = others.map(|(_, start)| Catcher::EventSubProcess { scope: at, start });
            places.push(starts.collect());
        }
        let (Some(instance), Some(ix)) = (instance, ix) else {
            return places;
        };
        let element = graph.element(ix);
        if role != Role::Round {
            let boundary = element.boundary.iter();
            let events = boundary.map(|boundary| Catcher::BoundaryEvent {
                activity: at,
                boundary: *boundary,
            });
            places.push(events.collect());
        }
        out_of = match element.kind {
            ElementKind::SubProcess(SubProcess::Event) => Some(ix),
            _ => None,
        };
        at = instance.scope;
    }
}

/// All that the callers of an instance that is called at `call` would catch, the nearest first.
pub(crate) fn all_around(stepper: &Stepper, call: Key) -> Vec<OuterCatch> {
    let graph = stepper.graph;
    let mut catches = Vec::new();
    for catchers in around(stepper, call) {
        let mut here = Vec::new();
        for event in catchers.into_iter().filter_map(Catcher::event) {
            let kind = &graph.element(event).kind;
            for thrown in [Thrown::Error, Thrown::Escalation] {
                here.extend(codes(kind.trigger(), thrown).map(|code| OuterCatch {
                    thrown,
                    code: code.cloned(),
                    interrupting: !super::repeats(stepper, event),
                }));
            }
        }
        here.sort_by_key(|catch| catch.code.is_none());
        catches.extend(here);
    }
    if let Some(caller) = &stepper.state.caller {
        catches.extend(caller.catches.iter().cloned());
    }
    catches
}
