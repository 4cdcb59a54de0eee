//! What may start, be waited for, stop and end where: BPMN's table of event definitions (10.5.1,
//! tables 10.84 to 10.97), whether an event has one of them or several, its own or referred to.

use super::expressions::names_no_language;
use super::walk::{is_true, reference};
use crate::dialect::redthread::is_record_trigger;
use crate::draft::Draft;
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::{Code, Namespace, NodeRef, Problems};

/// Where an event stands, as far as its definitions go.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Place {
    Start,
    SubProcessStart,
    EventSubProcessStart,
    Catch,
    Throw,
    Boundary,
    NonInterruptingBoundary,
    End,
    TransactionEnd,
}

impl Place {
    fn of(draft: &Draft<'_>, index: usize) -> Option<Place> {
        let node = draft.node(index);
        Some(match node.kind {
            NodeKind::StartEvent => match node.parent {
                None => Place::Start,
                Some(parent) if draft.is_event_sub_process(parent) => Place::EventSubProcessStart,
                Some(_) => Place::SubProcessStart,
            },
            NodeKind::IntermediateCatchEvent => Place::Catch,
            NodeKind::IntermediateThrowEvent | NodeKind::ImplicitThrowEvent => Place::Throw,
            NodeKind::BoundaryEvent => {
                match boolean(draft.xml(index).attribute("cancelActivity")) {
                    Some(false) => Place::NonInterruptingBoundary,
                    _ => Place::Boundary,
                }
            }
            NodeKind::EndEvent if in_transaction(draft, index) => Place::TransactionEnd,
            NodeKind::EndEvent => Place::End,
            _ => return None,
        })
    }

    /// The event definitions that may stand there, without `EventDefinition`.
    fn allowed(self) -> &'static [&'static str] {
        match self {
            Place::Start => &["message", "timer", "conditional", "signal"],
            Place::SubProcessStart => &[],
            Place::EventSubProcessStart => &[
                "message",
                "timer",
                "escalation",
                "error",
                "compensate",
                "conditional",
                "signal",
            ],
            Place::Catch => &["message", "timer", "conditional", "link", "signal"],
            Place::Throw => &["message", "escalation", "compensate", "link", "signal"],
            Place::Boundary => &[
                "message",
                "timer",
                "escalation",
                "error",
                "cancel",
                "compensate",
                "conditional",
                "signal",
            ],
            Place::NonInterruptingBoundary => {
                &["message", "timer", "escalation", "conditional", "signal"]
            }
            Place::End => &[
                "message",
                "escalation",
                "error",
                "compensate",
                "signal",
                "terminate",
            ],
            Place::TransactionEnd => &[
                "message",
                "escalation",
                "error",
                "compensate",
                "signal",
                "terminate",
                "cancel",
            ],
        }
    }

    fn words(self) -> &'static str {
        match self {
            Place::Start => "a start event of a process",
            Place::SubProcessStart => "the start event of an embedded sub-process",
            Place::EventSubProcessStart => "the start event of an event sub-process",
            Place::Catch => "an intermediate catch event",
            Place::Throw => "an intermediate throw event",
            Place::Boundary => "a boundary event",
            Place::NonInterruptingBoundary => "a non-interrupting boundary event",
            Place::End => "an end event outside of a transaction",
            Place::TransactionEnd => "an end event",
        }
    }

    /// Whether an event there waits for something, so that it must say for what.
    fn must_wait(self) -> bool {
        use Place::*;
        matches!(
            self,
            EventSubProcessStart | Catch | Boundary | NonInterruptingBoundary
        )
    }
}

/// The transaction may be further out: what is cancelled is the innermost around (10.3.5).
fn in_transaction(draft: &Draft<'_>, index: usize) -> bool {
    let mut around = draft.node(index).parent;
    while let Some(parent) = around {
        if draft.node(parent).kind == NodeKind::Transaction {
            return true;
        }
        around = draft.node(parent).parent;
    }
    false
}

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, _) in draft.nodes() {
        let Some(place) = Place::of(draft, index) else {
            continue;
        };
        let xml = draft.xml(index);
        let definitions = draft.event_definitions(index);
        let mentioned = xml.children().filter_map(BpmnNode::bpmn);
        let mentioned = mentioned.filter(|name| name.contains("ventDefinition"));
        if place.must_wait() && mentioned.count() == 0 && !is_record_trigger(xml) {
            problems.rule(
                xml,
                Code::MissingTrigger,
                format!("{} must say what it waits for.", capital(place.words())),
                "Choose what it waits for: a message, a timer, a signal, a condition ...",
            );
        }
        allowed(xml, place, &definitions, problems);
        for definition in definitions {
            content(draft, index, definition, problems);
        }
    }
}

fn allowed(xml: NodeRef<'_>, place: Place, definitions: &[NodeRef<'_>], problems: &mut Problems) {
    for definition in definitions {
        let name = definition.bpmn().unwrap_or_default();
        let kind = name.strip_suffix("EventDefinition").unwrap_or(name);
        if place.allowed().contains(&kind) {
            continue;
        }
        let hint = match place.allowed() {
            [] => "Use a start event without a trigger, and put the waiting behind it.".to_owned(),
            allowed => format!("Use one of these instead: {}.", allowed.join(", ")),
        };
        let message = format!("BPMN allows no {name} on {}.", place.words());
        problems.rule(xml, Code::TriggerNotAllowed, message, hint);
        return;
    }
}

/// What a definition itself must say.
fn content(draft: &Draft<'_>, index: usize, definition: NodeRef<'_>, problems: &mut Problems) {
    let xml = draft.xml(index);
    match definition.bpmn() {
        Some("timerEventDefinition") => timer(draft, xml, definition, problems),
        Some("messageEventDefinition") => message(draft, index, definition, problems),
        Some("conditionalEventDefinition") if definition.bpmn_child("condition").is_none() => {
            problems.rule(
                definition,
                Code::MissingExpression,
                "The conditional event has no condition.",
                "Write the condition that it waits for.",
            );
        }
        _ => {}
    }
}

/// A timer has exactly one of date, duration and cycle (10.5.5.11).
fn timer(draft: &Draft<'_>, event: NodeRef<'_>, definition: NodeRef<'_>, problems: &mut Problems) {
    let times: Vec<NodeRef<'_>> = definition
        .children()
        .filter(|part| matches!(part.bpmn(), Some("timeDate" | "timeDuration" | "timeCycle")))
        .collect();
    let hint = "Set one of date, duration and cycle.";
    match times[..] {
        [] => problems.rule(event, Code::BadTimer, "The timer does not say when.", hint),
        [time] => {
            let text = time.text();
            let text = text.trim();
            // Where expressions are FEEL, a plain word is a variable; in a file of another language
            // it can only be a time that somebody mistyped.
            if !names_no_language(draft.model) && is_word(text) && !looks_like_duration(text) {
                problems.rule(
                    event,
                    Code::BadTimer,
                    format!("“{text}” is not a time."),
                    format!("Write ={text} if a variable is meant, or a time like PT30M or 2026-01-05T09:00:00Z."),
                );
            }
        }
        _ => problems.rule(
            event,
            Code::BadTimer,
            "The timer says more than once when.",
            hint,
        ),
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A duration in letters and digits alone (`PT1S`): whether it is right is looked at where timers
/// are read.
fn looks_like_duration(text: &str) -> bool {
    text.starts_with('P') && text.contains(|c: char| c.is_ascii_digit())
}

/// A message event of a process that runs says which message, and, where messages are described by
/// interfaces, by which operation it comes or goes (table 10.93).
fn message(draft: &Draft<'_>, index: usize, definition: NodeRef<'_>, problems: &mut Problems) {
    let xml = draft.xml(index);
    let throws = matches!(
        draft.node(index).kind,
        NodeKind::IntermediateThrowEvent | NodeKind::EndEvent | NodeKind::ImplicitThrowEvent
    );
    // Engines bind messages in their own ways: a job that sends, a change of a record.
    if is_record_trigger(xml) || throws && (is_bound(xml) || is_bound(definition)) {
        return;
    }
    let Some(name) = definition.filled("messageRef") else {
        let verb = if throws { "sends" } else { "waits for" };
        problems.rule(
            xml,
            Code::MissingMessageName,
            format!("The message event does not say which message it {verb}."),
            "Choose or create a message.",
        );
        return;
    };
    let Some(message) = draft.model.find_named(name, "message") else {
        return; // Reported with the references.
    };
    let is_described = message.filled("itemRef").is_some() && !is_bound(message);
    if is_described && reference(definition, "operationRef").is_none() {
        problems.rule(
            xml,
            Code::MissingOperation,
            "The message event does not say by which operation its message comes or goes.",
            "Set its operationRef to an operation of an interface.",
        );
    }
}

/// Whether an engine's extensions say more about it.
fn is_bound(node: NodeRef<'_>) -> bool {
    let is_engine =
        |namespace: &Namespace| matches!(namespace, Namespace::Zeebe | Namespace::Camunda);
    node.extensions().any(|part| is_engine(part.namespace()))
        || node
            .attributes()
            .iter()
            .any(|attribute| is_engine(&attribute.namespace))
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

/// Whether an element starts a process by itself when something arrives (10.3.3, 10.6.6).
pub(super) fn instantiates(draft: &Draft<'_>, index: usize) -> bool {
    matches!(
        draft.node(index).kind,
        NodeKind::ReceiveTask | NodeKind::EventBasedGateway
    ) && is_true(draft.xml(index), "instantiate")
}
