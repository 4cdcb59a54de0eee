//! Pools and the messages between them (BPMN 2.0 section 9). In a file that only draws, most of it
//! does no harm; where something runs, a message flow says who is sent what.

use std::collections::HashMap;

use super::expressions::names_no_language;
use super::walk::{local, runs};
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeIx, NodeRef, Problems};

pub(super) fn check(model: &Model, problems: &mut Problems) {
    let pools = Pools::new(model);
    for node in model.tree().root().children() {
        match node.bpmn() {
            Some("collaboration") => closed(model, node, problems),
            Some("globalConversation") => conversation(node, problems),
            Some("choreography") => {}
            _ => continue,
        }
        for participant in node.bpmn_children("participant") {
            multiplicity(participant, problems);
        }
        for flow in node.bpmn_children("messageFlow") {
            message_flow(model, &pools, flow, problems);
        }
    }
}

/// Table 9.5: at least none, at most one or more, and not less at most than at least.
fn multiplicity(participant: NodeRef<'_>, problems: &mut Problems) {
    let Some(xml) = participant.bpmn_child("participantMultiplicity") else {
        return;
    };
    let number = |name, default: i64| match xml.filled(name) {
        Some(text) => text.trim().parse::<i64>().ok(),
        None => Some(default),
    };
    let (minimum, maximum) = (number("minimum", 0), number("maximum", 1));
    let message = match (minimum, maximum) {
        (Some(minimum), _) if minimum < 0 => "The least number of participants is negative.",
        (_, Some(maximum)) if maximum < 1 => "There may be no participant at all.",
        (Some(minimum), Some(maximum)) if minimum > maximum => {
            "The least number of participants is larger than the greatest."
        }
        (None, _) | (_, None) => "The number of participants is no whole number.",
        _ => return,
    };
    problems.rule(
        xml,
        Code::BadMultiplicity,
        message,
        "Set minimum to 0 or more, and maximum to 1 or more and to no less than minimum.",
    );
}

/// Table 9.2 and 9.5: a collaboration is closed exactly if its choreography is.
fn closed(model: &Model, collaboration: NodeRef<'_>, problems: &mut Problems) {
    let is_closed = |node| super::walk::is_true(node, "isClosed");
    for reference in collaboration.bpmn_children("choreographyRef") {
        let choreography = model.find(&reference.text());
        if choreography.is_some_and(|node| is_closed(node) != is_closed(collaboration)) {
            problems.rule(
                collaboration,
                Code::ClosedMismatch,
                "The collaboration and its choreography disagree on whether other messages may be sent.",
                "Set isClosed to the same in both.",
            );
        }
    }
}

/// A global conversation is to be called and has no content but its participants, message flows and
/// correlation keys (9.5.4).
fn conversation(conversation: NodeRef<'_>, problems: &mut Problems) {
    for part in conversation.children() {
        let Some(
            name @ ("conversation"
            | "subConversation"
            | "callConversation"
            | "conversationLink"
            | "participantAssociation"
            | "messageFlowAssociation"
            | "conversationAssociation"
            | "association"
            | "group"
            | "textAnnotation"),
        ) = part.bpmn()
        else {
            continue;
        };
        problems.rule(
            part,
            Code::NotAllowedHere,
            format!("A global conversation contains no {name}."),
            "Draw it in a collaboration, or remove it.",
        );
    }
}

/// In which pool each end of a message flow lies.
struct Pools<'m> {
    /// The participant of each process, by the process's id.
    of_process: HashMap<&'m str, NodeIx>,
    /// The process of each flow node, by the node's id.
    process_of: HashMap<&'m str, (NodeIx, Option<&'m str>, bool)>,
}

impl<'m> Pools<'m> {
    fn new(model: &'m Model) -> Self {
        let mut of_process = HashMap::new();
        let participants = model.tree().root().children();
        let participants = participants.flat_map(|node| node.bpmn_children("participant"));
        for participant in participants {
            if let Some(process) = participant.filled("processRef") {
                of_process.insert(local(process), participant.ix());
            }
        }
        let mut process_of = HashMap::new();
        for process in &model.processes {
            for node in &process.flow_nodes {
                if let Some(id) = node.id.as_deref() {
                    process_of.insert(id, (process.xml, process.id.as_deref(), process.executable));
                }
            }
        }
        Pools {
            of_process,
            process_of,
        }
    }

    /// The pool of a participant or flow node: the participant, or the process if none shows it.
    fn of(&self, end: NodeRef<'_>) -> Option<NodeIx> {
        if end.bpmn() == Some("participant") {
            return Some(end.ix());
        }
        let &(process, id, _) = self.process_of.get(end.id()?)?;
        let pool = id.and_then(|id| self.of_process.get(id)).copied();
        Some(pool.unwrap_or(process))
    }

    fn runs(&self, end: NodeRef<'_>) -> bool {
        let process = end.id().and_then(|id| self.process_of.get(id));
        process.is_some_and(|&(.., executable)| executable)
    }
}

fn message_flow(model: &Model, pools: &Pools<'_>, flow: NodeRef<'_>, problems: &mut Problems) {
    let find = |name| flow.filled(name).and_then(|id| model.find(id));
    let (source, target) = (find("sourceRef"), find("targetRef"));
    let is_circle = source.is_some_and(|source| {
        source.bpmn() == Some("participant")
            && target.is_some_and(|target| target.ix() == source.ix())
    });
    if is_circle {
        return same_pool(flow, problems);
    }
    if !runs(model) {
        return;
    }
    let mut is_right = true;
    for (name, end, is_source) in [("sourceRef", source, true), ("targetRef", target, false)] {
        is_right &= match end {
            Some(end) => may_exchange(flow, end, is_source, problems),
            None => dangling(flow, name, problems),
        };
    }
    let (Some(source), Some(target)) = (source, target) else {
        return;
    };
    if is_right && pools.of(source).is_some() && pools.of(source) == pools.of(target) {
        same_pool(flow, problems);
    }
    for (end, is_source) in [(source, true), (target, false)] {
        if pools.runs(end) {
            handles_messages(model, flow, end, is_source, problems);
        }
    }
}

fn same_pool(flow: NodeRef<'_>, problems: &mut Problems) {
    problems.rule(
        flow,
        Code::MessageFlowNotAllowed,
        "The message flow stays within one pool.",
        "Use a sequence flow within a pool; message flows connect different pools.",
    );
}

fn dangling(flow: NodeRef<'_>, name: &str, problems: &mut Problems) -> bool {
    problems.rule(
        flow,
        Code::UnknownReference,
        match flow.filled(name) {
            Some(id) => format!(
                "The message flow's {name} is “{}”, which does not exist.",
                id.trim()
            ),
            None => format!("The message flow has no {name}."),
        },
        "Connect both of its ends, or delete it.",
    );
    false
}

/// Message flows connect pools, activities and events (9.3), and not every event both ways (10.5.2,
/// 10.5.3, 10.5.4).
fn may_exchange(
    flow: NodeRef<'_>,
    end: NodeRef<'_>,
    is_source: bool,
    problems: &mut Problems,
) -> bool {
    let name = end.bpmn().unwrap_or_default();
    let id = end.id().unwrap_or_default();
    let verb = if is_source { "comes from" } else { "leads to" };
    let mut refuse = |message: String, hint: &str| {
        problems.rule(flow, Code::MessageFlowNotAllowed, message, hint);
        false
    };
    match NodeKind::from_name(name) {
        Some(NodeKind::StartEvent | NodeKind::IntermediateCatchEvent | NodeKind::BoundaryEvent)
            if is_source =>
        {
            refuse(
                format!("The message flow comes from “{id}”, which only receives ({name})."),
                "Let it come from a throwing event, an end event, an activity or a pool.",
            )
        }
        Some(NodeKind::EndEvent | NodeKind::IntermediateThrowEvent) if !is_source => refuse(
            format!("The message flow leads to “{id}”, which only sends ({name})."),
            "Lead it to a start event, a catching event, an activity or a pool.",
        ),
        Some(kind) => {
            let is_gateway = name.ends_with("Gateway");
            if is_gateway {
                return refuse(
                    format!("The message flow {verb} “{id}”, which is a gateway ({kind})."),
                    "Connect it to an event, an activity or a pool.",
                );
            }
            true
        }
        None if matches!(
            name,
            "participant" | "conversation" | "subConversation" | "callConversation"
        ) =>
        {
            true
        }
        None => refuse(
            format!(
                "The message flow {verb} “{id}”, which is no pool, activity or event ({name})."
            ),
            "Connect it to an event, an activity or a pool.",
        ),
    }
}

/// An event at the end of a message flow is a message event (10.5.2, 10.5.3). Modelers let people
/// draw the arrow to plain events too, and there it shows who is talking to whom; only a file that
/// is formal enough to name the language of its expressions is taken by the letter.
fn handles_messages(
    model: &Model,
    flow: NodeRef<'_>,
    end: NodeRef<'_>,
    is_source: bool,
    problems: &mut Problems,
) {
    if names_no_language(model) {
        return;
    }
    let is_event = end.bpmn().is_some_and(|name| name.ends_with("Event"));
    let is_message = |node: NodeRef<'_>| node.bpmn() == Some("messageEventDefinition");
    let referred = end.bpmn_children("eventDefinitionRef");
    let handles = end.children().any(is_message)
        || referred
            .filter_map(|reference| model.find(&reference.text()))
            .any(is_message);
    if is_event && !handles {
        let verb = if is_source { "comes from" } else { "leads to" };
        problems.rule(
            flow,
            Code::MissingMessageEvent,
            format!(
                "The message flow {verb} “{}”, which is no message event.",
                end.id().unwrap_or_default()
            ),
            "Make it a message event, or delete the message flow.",
        );
    }
}
