//! References lead somewhere, and to what they are meant for. A reference to what another file
//! defines cannot be followed; it is known by its prefix and the import.

use super::walk::{runs, within};
use crate::draft::Draft;
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// Where a reference stands.
#[derive(Copy, Clone)]
enum Place {
    Attribute(&'static str),
    Child(&'static str),
}

/// What it must lead to.
#[derive(Copy, Clone)]
enum Kind {
    /// An element of this name.
    Named(&'static str),
    /// An event definition beside the processes, to be shared by events (10.5.1).
    EventDefinition,
    /// An activity.
    Activity,
    /// A flow node.
    FlowNode,
    /// Anything at all.
    Anything,
}

/// What happens when nothing is there. To lead to the wrong thing is always an error.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Missing {
    /// The process would run otherwise.
    Error,
    /// It describes, and nothing depends on it.
    Warning,
}

use Kind::*;
use Missing::*;
use Place::*;

/// The references that stand on elements of one name (empty: of any).
#[rustfmt::skip] // One line a reference.
const REFERENCES: &[(&str, Place, Kind, Missing)] = &[
    ("messageEventDefinition", Attribute("messageRef"), Named("message"), Error),
    ("messageEventDefinition", Child("operationRef"), Named("operation"), Error),
    ("signalEventDefinition", Attribute("signalRef"), Named("signal"), Error),
    ("errorEventDefinition", Attribute("errorRef"), Named("error"), Error),
    ("escalationEventDefinition", Attribute("escalationRef"), Named("escalation"), Error),
    ("compensateEventDefinition", Attribute("activityRef"), Activity, Error),
    ("linkEventDefinition", Child("source"), Named("linkEventDefinition"), Error),
    ("linkEventDefinition", Child("target"), Named("linkEventDefinition"), Error),
    ("", Child("eventDefinitionRef"), EventDefinition, Error),
    ("multiInstanceLoopCharacteristics", Attribute("oneBehaviorEventRef"), EventDefinition, Error),
    ("multiInstanceLoopCharacteristics", Attribute("noneBehaviorEventRef"), EventDefinition, Error),
    ("serviceTask", Attribute("operationRef"), Named("operation"), Error),
    ("sendTask", Attribute("operationRef"), Named("operation"), Error),
    ("sendTask", Attribute("messageRef"), Named("message"), Error),
    ("receiveTask", Attribute("operationRef"), Named("operation"), Error),
    ("receiveTask", Attribute("messageRef"), Named("message"), Error),
    ("dataObjectReference", Attribute("dataObjectRef"), Named("dataObject"), Error),
    ("dataStoreReference", Attribute("dataStoreRef"), Named("dataStore"), Warning),
    ("", Attribute("itemSubjectRef"), Named("itemDefinition"), Warning),
    ("message", Attribute("itemRef"), Named("itemDefinition"), Warning),
    ("signal", Attribute("structureRef"), Named("itemDefinition"), Warning),
    ("error", Attribute("structureRef"), Named("itemDefinition"), Warning),
    ("escalation", Attribute("structureRef"), Named("itemDefinition"), Warning),
    ("operation", Child("inMessageRef"), Named("message"), Error),
    ("operation", Child("outMessageRef"), Named("message"), Error),
    ("operation", Child("errorRef"), Named("error"), Error),
    ("ioBinding", Attribute("operationRef"), Named("operation"), Error),
    ("", Child("supportedInterfaceRef"), Named("interface"), Error),
    ("participant", Attribute("processRef"), Named("process"), Error),
    ("participant", Child("interfaceRef"), Named("interface"), Error),
    ("messageFlow", Attribute("messageRef"), Named("message"), Error),
    ("correlationKey", Child("correlationPropertyRef"), Named("correlationProperty"), Error),
    ("correlationPropertyRetrievalExpression", Attribute("messageRef"), Named("message"), Error),
    ("correlationSubscription", Attribute("correlationKeyRef"), Named("correlationKey"), Error),
    ("correlationPropertyBinding", Attribute("correlationPropertyRef"), Named("correlationProperty"), Error),
    ("", Child("resourceRef"), Named("resource"), Warning),
    ("resourceParameterBinding", Attribute("parameterRef"), Named("resourceParameter"), Warning),
    ("group", Attribute("categoryValueRef"), Named("categoryValue"), Warning),
    ("lane", Child("flowNodeRef"), FlowNode, Warning),
    ("collaboration", Child("choreographyRef"), Named("choreography"), Error),
    ("process", Attribute("definitionalCollaborationRef"), Named("collaboration"), Warning),
    ("formalExpression", Attribute("evaluatesToTypeRef"), Named("itemDefinition"), Warning),
    ("partnerEntity", Child("participantRef"), Named("participant"), Warning),
    ("partnerRole", Child("participantRef"), Named("participant"), Warning),
    ("association", Attribute("sourceRef"), Anything, Warning),
    ("association", Attribute("targetRef"), Anything, Warning),
    ("conversationLink", Attribute("sourceRef"), Anything, Warning),
    ("conversationLink", Attribute("targetRef"), Anything, Warning),
];

/// The references within a process that runs.
pub(super) fn process(draft: &Draft<'_>, problems: &mut Problems) {
    let imports = imports(draft.model);
    let root = draft.model.at(draft.process.xml);
    check(draft.model, root, imports, problems);
    for node in within(root) {
        check(draft.model, node, imports, problems);
    }
}

/// The references of what stands beside processes, if any of them runs.
pub(super) fn file(model: &Model, problems: &mut Problems) {
    if !runs(model) {
        return;
    }
    let imports = imports(model);
    let root = model.tree().root();
    let beside = root
        .children()
        .filter(|node| node.bpmn() != Some("process"));
    for node in beside {
        check(model, node, imports, problems);
        for inner in within(node) {
            check(model, inner, imports, problems);
        }
    }
}

/// Whether the file refers to others.
fn imports(model: &Model) -> bool {
    let root = model.tree().root();
    root.bpmn_children("import").next().is_some()
}

fn check(model: &Model, node: NodeRef<'_>, imports: bool, problems: &mut Problems) {
    let Some(name) = node.bpmn() else { return };
    for &(on, place, kind, missing) in REFERENCES {
        if !on.is_empty() && on != name {
            continue;
        }
        match place {
            Attribute(attribute) => {
                if let Some(id) = node.filled(attribute) {
                    follow(
                        model,
                        node,
                        imports,
                        (attribute, id),
                        (kind, missing),
                        problems,
                    );
                }
            }
            Child(child) => {
                for reference in node.bpmn_children(child) {
                    let id = reference.text();
                    if !id.trim().is_empty() {
                        follow(
                            model,
                            node,
                            imports,
                            (child, &id),
                            (kind, missing),
                            problems,
                        );
                    }
                }
            }
        }
    }
}

fn follow(
    model: &Model,
    node: NodeRef<'_>,
    imports: bool,
    (what, id): (&str, &str),
    (kind, missing): (Kind, Missing),
    problems: &mut Problems,
) {
    let id = id.trim();
    let hint = format!("Choose {} again, or remove {what}.", words(kind));
    let Some(found) = model.find(id) else {
        let is_elsewhere = imports && id.contains(':');
        let message = format!("There is no {} “{id}” ({what}).", noun(kind));
        match missing {
            _ if is_elsewhere => {}
            Error => problems.rule(node, Code::UnknownReference, message, hint),
            Warning => problems.warning(node, Code::UnknownReference, message, hint),
        }
        return;
    };
    let name = found.bpmn().unwrap_or_default();
    let is_right = match kind {
        Named(expected) => name == expected,
        EventDefinition => {
            name.ends_with("EventDefinition")
                && found.parent().and_then(BpmnNode::bpmn) == Some("definitions")
        }
        Activity => NodeKind::from_name(name).is_some_and(NodeKind::is_activity),
        FlowNode => NodeKind::from_name(name).is_some(),
        Anything => true,
    };
    if is_right {
        return;
    }
    let message = match kind {
        EventDefinition if name.ends_with("EventDefinition") => {
            format!("Its {what} leads to “{id}”, which belongs to one event and is not for others.")
        }
        _ => format!(
            "Its {what} leads to “{id}”, which is no {}, but of the kind {name}.",
            noun(kind)
        ),
    };
    problems.rule(node, Code::UnknownReference, message, hint);
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Named(name) => name,
        EventDefinition => "event definition",
        Activity => "activity",
        FlowNode => "event, activity or gateway",
        Anything => "element",
    }
}

fn words(kind: Kind) -> String {
    match kind {
        EventDefinition => "an event definition that stands beside the processes".to_owned(),
        kind => format!("the {}", noun(kind)),
    }
}
