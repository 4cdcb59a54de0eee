//! Start, intermediate catch and boundary events (10.5.2, 10.5.4): what they wait for.

use super::{condition, error, escalation, message, signal, timer};
use crate::dialect::redthread;
use crate::draft::Draft;
use crate::graph::{ElementIx, ElementKind, Trigger};
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Where an event stands: not every trigger is allowed, or means the same, everywhere.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The start of a process.
    Start,
    /// The start of an event sub-process.
    EventSubProcess {
        /// `isInterrupting`
        interrupting: bool,
    },
    /// Within a process.
    Catch,
    /// On an activity.
    Boundary {
        /// `cancelActivity`
        interrupting: bool,
    },
}

impl Place {
    /// What stands around what can be thrown and caught: an activity, or the scope of an event sub-process.
    fn surrounds(self) -> bool {
        matches!(self, Place::EventSubProcess { .. } | Place::Boundary { .. })
    }

    fn words(self) -> &'static str {
        match self {
            Place::Start => "the start event of a process",
            Place::EventSubProcess { .. } => "the start event of an event sub-process",
            Place::Catch => "an intermediate catch event",
            Place::Boundary { .. } => "a boundary event",
        }
    }
}

/// Whether the event may wait for a customer record.
pub(super) fn reads_records(draft: &Draft<'_>, index: usize) -> bool {
    let definitions = draft.event_definitions(index);
    let is_message = |node: &NodeRef<'_>| node.bpmn() == Some("messageEventDefinition");
    match draft.node(index).kind {
        NodeKind::StartEvent => {
            let parent = draft.node(index).parent;
            parent.is_none_or(|parent| draft.is_event_sub_process(parent))
                && definitions.iter().all(is_message)
        }
        NodeKind::IntermediateCatchEvent | NodeKind::BoundaryEvent => {
            definitions.len() == 1 && definitions.iter().all(is_message)
        }
        _ => false,
    }
}

/// Whether the event waits for a duration, which may be counted in working time.
pub(super) fn counts_time(draft: &Draft<'_>, index: usize) -> bool {
    let definitions = draft.event_definitions(index);
    let mut definitions = definitions.iter();
    definitions.any(|definition| definition.bpmn_child("timeDuration").is_some())
}

pub(super) fn start(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    let is_marked = boolean(xml.attribute("isInterrupting")).unwrap_or(true);
    let place = match draft.node(index).parent {
        None => Place::Start,
        Some(parent) if draft.is_event_sub_process(parent) => Place::EventSubProcess {
            interrupting: is_marked,
        },
        Some(_) => return start_of_sub_process(draft, index, problems),
    };
    let trigger = trigger(draft, index, place, problems)?;
    let (trigger, interrupting) = match place {
        Place::EventSubProcess { .. } => {
            let trigger = waits(xml, trigger, "start", problems)?;
            // An error always ends the scope in which it is caught (10.5.6), whatever is marked.
            let catches_errors = trigger
                .parts()
                .iter()
                .any(|part| matches!(part, Trigger::Error(_)));
            (trigger, is_marked || catches_errors)
        }
        _ => (trigger, true),
    };
    Some(ElementKind::StartEvent {
        trigger,
        interrupting,
    })
}

fn start_of_sub_process(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    if !draft.event_definitions(index).is_empty() {
        problems.error(
            draft.xml(index),
            Code::TriggerNotAllowed,
            "The start event of an embedded sub-process can wait for nothing.",
            "Use a start event without a trigger, and put the waiting behind it.",
        );
        return None;
    }
    Some(ElementKind::StartEvent {
        trigger: Trigger::None,
        interrupting: true,
    })
}

pub(super) fn catch(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let trigger = trigger(draft, index, Place::Catch, problems)?;
    waits(draft.xml(index), trigger, "intermediate catch", problems).map(ElementKind::CatchEvent)
}

pub(super) fn boundary(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    let interrupting = boolean(xml.attribute("cancelActivity")).unwrap_or(true);
    let trigger = trigger(draft, index, Place::Boundary { interrupting }, problems)?;
    let trigger = waits(xml, trigger, "boundary", problems)?;
    let ends_its_host = |part: &Trigger| matches!(part, Trigger::Error(_) | Trigger::Cancel);
    if !interrupting && trigger.parts().iter().any(ends_its_host) {
        problems.error(
            xml,
            Code::TriggerNotAllowed,
            "An error or a cancellation always ends the activity in which it occurs.",
            "Make the boundary event interrupting.",
        );
        return None;
    }
    let attached_to = ElementIx(draft.attached_to[index]? as u32);
    Some(ElementKind::BoundaryEvent {
        attached_to,
        interrupting,
        trigger,
    })
}

fn waits(
    xml: NodeRef<'_>,
    trigger: Trigger,
    word: &str,
    problems: &mut Problems,
) -> Option<Trigger> {
    if !matches!(trigger, Trigger::None) {
        return Some(trigger);
    }
    problems.error(
        xml,
        Code::MissingTrigger,
        format!("The {word} event does not say what it waits for."),
        "Choose a timer or a message.",
    );
    None
}

/// The event definitions of an event; `None` when one that it refers to does not exist.
pub(super) fn definitions<'m>(
    draft: &Draft<'m>,
    index: usize,
    problems: &mut Problems,
) -> Option<Vec<NodeRef<'m>>> {
    let xml = draft.xml(index);
    let definitions = draft.event_definitions(index);
    let is_mentioned = |child: &NodeRef<'_>| {
        child
            .bpmn()
            .is_some_and(|name| name.ends_with("EventDefinition") || name == "eventDefinitionRef")
    };
    if definitions.len() < xml.children().filter(is_mentioned).count() {
        problems.error(
            xml,
            Code::UnknownReference,
            "The event refers to an event definition that does not exist.",
            "Define the event's trigger at the event itself.",
        );
        return None;
    }
    Some(definitions)
}

fn trigger(
    draft: &Draft<'_>,
    index: usize,
    place: Place,
    problems: &mut Problems,
) -> Option<Trigger> {
    let xml = draft.xml(index);
    if reads_records(draft, index) && redthread::is_record_trigger(xml) {
        return redthread::record_trigger(xml, problems).map(Trigger::Record);
    }
    let definitions = definitions(draft, index, problems)?;
    let begins = message::begins_process(draft, index);
    if let [definition] = definitions[..] {
        return single(draft, index, definition, (place, begins), problems);
    }
    let parts = definitions
        .into_iter()
        .map(|definition| single(draft, index, definition, (place, begins), problems));
    let parts = super::all(parts)?;
    if parts.is_empty() {
        return Some(Trigger::None);
    }
    let all_at_once = boolean(xml.attribute("parallelMultiple")).unwrap_or(false);
    let alone = |part: &Trigger| match part {
        Trigger::Link => Some("A link"),
        Trigger::Compensation => Some("Compensation"),
        Trigger::Error(_) if all_at_once => Some("An error"),
        Trigger::Escalation(_) if all_at_once => Some("An escalation"),
        Trigger::Cancel if all_at_once => Some("A cancellation"),
        _ => None,
    };
    if let Some(word) = parts.iter().find_map(alone) {
        problems.error(
            xml,
            Code::TriggerNotAllowed,
            format!("{word} cannot be waited for together with something else."),
            "Draw an event of its own for it.",
        );
        return None;
    }
    Some(match all_at_once {
        true => Trigger::ParallelMultiple(parts),
        false => Trigger::Multiple(parts),
    })
}

/// What one event definition waits for: BPMN's table of triggers (10.5.1).
fn single(
    draft: &Draft<'_>,
    index: usize,
    definition: NodeRef<'_>,
    (place, begins): (Place, bool),
    problems: &mut Problems,
) -> Option<Trigger> {
    let xml = draft.xml(index);
    let is_boundary = matches!(place, Place::Boundary { .. });
    match definition.bpmn().unwrap_or_default() {
        "timerEventDefinition" => {
            timer::build(xml, definition, place, problems).map(Trigger::Timer)
        }
        "messageEventDefinition" => message::caught(
            draft,
            index,
            definition.filled("messageRef"),
            begins,
            problems,
        )
        .map(Trigger::Message),
        "signalEventDefinition" => {
            signal::name(draft.model, xml, definition, problems).map(Trigger::Signal)
        }
        "conditionalEventDefinition" if begins => {
            problems.error(
                xml,
                Code::NotSupported,
                "A process that starts when a condition becomes true does not run yet.",
                "Start it when a record changes (redthread:on), by a signal or by a message.",
            );
            None
        }
        "conditionalEventDefinition" => {
            condition::build(definition, problems).map(Trigger::Condition)
        }
        "errorEventDefinition" if place.surrounds() => {
            error::caught(draft.model, xml, definition, problems).map(Trigger::Error)
        }
        "escalationEventDefinition" if place.surrounds() => {
            escalation::caught(draft.model, xml, definition, problems).map(Trigger::Escalation)
        }
        "compensateEventDefinition" if place.surrounds() => Some(Trigger::Compensation),
        "cancelEventDefinition" if is_boundary => Some(Trigger::Cancel),
        "linkEventDefinition" if place == Place::Catch => Some(Trigger::Link),
        name => {
            problems.error(
                xml,
                Code::TriggerNotAllowed,
                format!("BPMN allows no {name} on {}.", place.words()),
                "Choose a timer or a message.",
            );
            None
        }
    }
}
