//! Start, intermediate and boundary events (10.5.2, 10.5.4): what they wait for.

use super::{error, message, refused, timer};
use crate::dialect::redthread;
use crate::draft::Draft;
use crate::graph::{ElementIx, ElementKind, Throw, Trigger};
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Where an event stands: not every trigger is allowed, or means the same, everywhere.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The start of a process.
    Start,
    /// Within a process.
    Catch,
    /// On an activity.
    Boundary {
        /// `cancelActivity`
        interrupting: bool,
    },
}

/// Whether the event may wait for a customer record.
pub(super) fn reads_records(draft: &Draft<'_>, index: usize) -> bool {
    let definitions = draft.event_definitions(index);
    let is_message = |node: &NodeRef<'_>| node.bpmn() == Some("messageEventDefinition");
    match draft.node(index).kind {
        NodeKind::StartEvent => {
            draft.node(index).parent.is_none() && definitions.iter().all(is_message)
        }
        NodeKind::IntermediateCatchEvent | NodeKind::BoundaryEvent => {
            definitions.len() == 1 && definitions.iter().all(is_message)
        }
        _ => false,
    }
}

pub(super) fn start(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    if let Some(parent) = draft.node(index).parent {
        let has_trigger = !draft.event_definitions(index).is_empty();
        // The start of an event sub-process is refused with it.
        if has_trigger && !draft.is_event_sub_process(parent) {
            problems.error(
                xml,
                Code::TriggerNotAllowed,
                "The start event of an embedded sub-process can wait for nothing.",
                "Use a start event without a trigger, and put the waiting behind it.",
            );
        }
        return (!has_trigger).then_some(ElementKind::StartEvent {
            trigger: Trigger::None,
            interrupting: true,
        });
    }
    let trigger = trigger(draft, index, Place::Start, problems)?;
    Some(ElementKind::StartEvent {
        trigger,
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

pub(super) fn throw(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let Some(definition) = draft.event_definitions(index).into_iter().next() else {
        return Some(ElementKind::ThrowEvent(Throw::None));
    };
    match definition.bpmn().unwrap_or_default() {
        name @ ("timerEventDefinition"
        | "errorEventDefinition"
        | "terminateEventDefinition"
        | "cancelEventDefinition"
        | "conditionalEventDefinition") => problems.error(
            draft.xml(index),
            Code::TriggerNotAllowed,
            format!("An intermediate throw event cannot have a {name}."),
            "Draw an end event or a catch event.",
        ),
        name => refuse(draft.xml(index), name, "throw", problems),
    }
    None
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
    if !interrupting && matches!(trigger, Trigger::Error(_)) {
        problems.error(
            xml,
            Code::TriggerNotAllowed,
            "An error always ends the activity in which it occurs.",
            "Make the error boundary event interrupting.",
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
    if !super::element::is_none(&trigger) {
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
    let definitions = draft.event_definitions(index);
    let references = xml.bpmn_children("eventDefinitionRef").count();
    let own = xml.children().filter(|child| is_definition(*child)).count();
    if definitions.len() < references + own {
        problems.error(
            xml,
            Code::UnknownReference,
            "The event refers to an event definition that does not exist.",
            "Define the event's trigger at the event itself.",
        );
        return None;
    }
    let definition = match definitions[..] {
        [] => return Some(Trigger::None),
        [definition] => definition,
        _ => {
            problems.error(
                xml,
                Code::NotSupported,
                "Events with several triggers do not run yet.",
                "Draw an event for each trigger.",
            );
            return None;
        }
    };
    match definition.bpmn().unwrap_or_default() {
        "timerEventDefinition" => {
            timer::build(xml, definition, place, problems).map(Trigger::Timer)
        }
        "messageEventDefinition" => {
            message::build(draft.model, xml, definition, place, problems).map(Trigger::Message)
        }
        "errorEventDefinition" if matches!(place, Place::Boundary { .. }) => {
            error::caught(draft.model, definition, problems).map(Trigger::Error)
        }
        name => {
            unsupported(xml, name, place, problems);
            None
        }
    }
}

fn is_definition(node: NodeRef<'_>) -> bool {
    node.bpmn()
        .is_some_and(|name| name.ends_with("EventDefinition"))
}

/// BPMN's table of triggers (10.5.1): what may stand where.
fn unsupported(xml: NodeRef<'_>, name: &str, place: Place, problems: &mut Problems) {
    let is_allowed = match name {
        "signalEventDefinition" | "conditionalEventDefinition" => true,
        "linkEventDefinition" => place == Place::Catch,
        "escalationEventDefinition" | "compensateEventDefinition" | "cancelEventDefinition" => {
            matches!(place, Place::Boundary { .. })
        }
        _ => false,
    };
    if is_allowed {
        let word = match place {
            Place::Start => "start",
            Place::Catch => "catch",
            Place::Boundary { .. } => "boundary",
        };
        refuse(xml, name, word, problems);
        return;
    }
    let place = match place {
        Place::Start => "start event of a process",
        Place::Catch => "intermediate catch event",
        Place::Boundary { .. } => "boundary event",
    };
    problems.error(
        xml,
        Code::TriggerNotAllowed,
        format!("BPMN allows no {name} on a {place}."),
        "Choose a timer or a message.",
    );
}

/// Refuses an event by its definition.
pub(super) fn refuse(xml: NodeRef<'_>, name: &str, place: &str, problems: &mut Problems) {
    let (message, hint) = refused::event_definition(name, place);
    problems.error(xml, Code::NotSupported, message, hint);
}
