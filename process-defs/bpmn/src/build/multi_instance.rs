//! Multi-instance activities (10.3.8): how many instances, what each gets and gives, and which events occur.

use std::sync::Arc;

use super::{data, expression, throw_event};
use crate::dialect::zeebe::{self, LoopCharacteristics};
use crate::draft::Draft;
use crate::graph::{
    Behavior, Element, ElementKind, MultiInstance, Over, Repetition, Text, Throw, Trigger,
};
use crate::model::boolean;
use crate::node::BpmnNode;
use redthread_feel::Expression;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<MultiInstance> {
    let before = problems.errors();
    let zeebe = zeebe::loop_characteristics(marker, problems);
    let over = over(draft, index, marker, &zeebe, problems);
    let (output_collection, output_element) = output(draft, index, marker, zeebe);
    let completion = match marker.bpmn_child("completionCondition") {
        Some(at) if !at.text().trim().is_empty() => {
            expression::element(at, "The completion condition", problems)
        }
        _ => None,
    };
    let behavior = behavior(draft, index, marker, problems);
    let multi_instance = MultiInstance {
        sequential: boolean(marker.attribute("isSequential")).unwrap_or(false),
        over: over?,
        output_collection,
        output_element,
        completion,
        behavior: behavior?,
    };
    (problems.errors() == before).then_some(multi_instance)
}

/// How many: `zeebe:loopCharacteristics`, `loopCardinality` or `loopDataInputRef`.
fn over(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
    zeebe: &LoopCharacteristics,
    problems: &mut Problems,
) -> Option<Over> {
    let before = problems.errors();
    let cardinality = marker
        .bpmn_child("loopCardinality")
        .filter(|at| !at.text().trim().is_empty())
        .map(|at| {
            expression::element(at, "The number of instances", problems).map(Over::Cardinality)
        });
    let collection = match &zeebe.input_collection {
        Some(items) => Some(Over::Collection {
            items: items.clone(),
            element: zeebe.input_element.clone(),
        }),
        None => data::loop_input(draft, index, marker).map(|items| Over::Collection {
            items,
            element: item(marker, "inputDataItem").or_else(|| zeebe.input_element.clone()),
        }),
    };
    match (collection, cardinality) {
        (Some(_), Some(_)) => problems.error(
            marker,
            Code::BadValue,
            "The multi-instance activity says twice how many instances it has.",
            "Keep either the collection or the number.",
        ),
        (Some(collection), None) => return Some(collection),
        (None, Some(cardinality)) => return cardinality,
        // It names what cannot be looped over.
        (None, None) if marker.bpmn_child("loopDataInputRef").is_some() => problems.error(
            marker,
            Code::UnknownReference,
            "What the multi-instance activity loops over does not exist.",
            "Name data of the activity, or a collection (zeebe:loopCharacteristics).",
        ),
        (None, None) if problems.errors() == before => problems.error(
            marker,
            Code::MissingExpression,
            "The multi-instance activity does not say how many instances it has.",
            "Name a collection (zeebe:loopCharacteristics) or write a number (loopCardinality).",
        ),
        (None, None) => {}
    }
    None
}

/// What becomes of the results: `zeebe:loopCharacteristics`, or `loopDataOutputRef` and `outputDataItem`.
fn output(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
    zeebe: LoopCharacteristics,
) -> (Option<Arc<str>>, Option<Expression>) {
    if zeebe.output_collection.is_some() {
        return (zeebe.output_collection, zeebe.output_element);
    }
    let collection = data::loop_output(draft, index, marker);
    let element = item(marker, "outputDataItem").and_then(|name| data::read(&name));
    match element {
        Some(element) => (collection, Some(element)),
        // A list of results needs to know what a result is.
        None => (None, None),
    }
}

/// The variable of one item of the collection.
fn item(marker: NodeRef<'_>, name: &'static str) -> Option<Arc<str>> {
    marker.bpmn_child(name).and_then(data::variable)
}

/// Which events occur as instances complete.
fn behavior(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Behavior> {
    let mut referred = |attribute| referred_event(draft, index, marker, attribute, problems);
    match marker.filled("behavior").map_or("All", str::trim) {
        "All" => Some(Behavior::All),
        "None" => referred("noneBehaviorEventRef").map(Behavior::Each),
        "One" => referred("oneBehaviorEventRef").map(Behavior::First),
        "Complex" => {
            let definitions = marker.bpmn_children("complexBehaviorDefinition");
            // One without an event says nothing: it is read for what is wrong with it, and left out.
            let events = definitions.map(|definition| complex(draft, index, definition, problems));
            let events: Vec<_> = super::all(events)?;
            Some(Behavior::Complex(events.into_iter().flatten().collect()))
        }
        other => {
            problems.error(
                marker,
                Code::BadValue,
                format!("“{other}” is not a behavior of a multi-instance activity."),
                "Write All, None, One or Complex.",
            );
            None
        }
    }
}

fn referred_event(
    draft: &Draft<'_>,
    index: usize,
    marker: NodeRef<'_>,
    attribute: &str,
    problems: &mut Problems,
) -> Option<Throw> {
    let Some(reference) = marker.filled(attribute) else {
        problems.error(
            marker,
            Code::MissingTrigger,
            "The multi-instance activity does not say which event occurs when an instance completes.",
            format!("Name an event definition ({attribute}), or set the behavior to All."),
        );
        return None;
    };
    let definition = draft.model.find(reference).filter(|found| {
        found
            .bpmn()
            .is_some_and(|name| name.ends_with("EventDefinition"))
    });
    let Some(definition) = definition else {
        problems.error(
            marker,
            Code::UnknownReference,
            format!("There is no event definition “{}”.", reference.trim()),
            "Choose the event of the multi-instance activity again.",
        );
        return None;
    };
    throw_event::implicit(draft, index, marker, definition, problems)
}

fn complex(
    draft: &Draft<'_>,
    index: usize,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<(Expression, Throw)>> {
    let Some(condition) = definition.bpmn_child("condition") else {
        problems.error(
            definition,
            Code::MissingExpression,
            "An event of the multi-instance activity has no condition.",
            "Write when it occurs (condition).",
        );
        return None;
    };
    let condition = expression::element(condition, "The event's condition", problems);
    let Some(event) = definition.bpmn_child("event") else {
        return condition.map(|_| None);
    };
    let throws = draft.definitions_in(event);
    let throws = throws
        .into_iter()
        .map(|definition| throw_event::implicit(draft, index, event, definition, problems));
    let mut throws = super::all(throws)?;
    let throw = match throws.len() {
        0 => return condition.map(|_| None),
        1 => throws.remove(0),
        _ => Throw::Multiple(throws),
    };
    condition.map(|condition| Some((condition, throw)))
}

/// The boundary events that catch an event of their own activity's behavior and do not say `cancelActivity`: they leave the
/// other instances at work. XSD's default is `true`, but then the behaviors None and One could not differ: what occurs says that
/// an instance is about to complete, not that the others are to end (10.3.8).
pub(super) fn tell_only(draft: &Draft<'_>, elements: &[Element]) -> Vec<usize> {
    let is_one = |&(index, element): &(usize, &Element)| {
        let ElementKind::BoundaryEvent {
            attached_to,
            trigger,
            ..
        } = &element.kind
        else {
            return false;
        };
        let host = &elements[attached_to.0 as usize];
        let Some(Repetition::MultiInstance(marker)) = &host.repetition else {
            return false;
        };
        let thrown: Vec<&Throw> = match &marker.behavior {
            Behavior::All => Vec::new(),
            Behavior::Each(throw) | Behavior::First(throw) => throw.parts().iter().collect(),
            Behavior::Complex(definitions) => definitions
                .iter()
                .flat_map(|(_, throw)| throw.parts())
                .collect(),
        };
        let mut parts = trigger.parts().iter();
        draft.xml(index).attribute("cancelActivity").is_none()
            && parts.any(|part| thrown.iter().any(|throw| catches(part, throw)))
    };
    let boundary = elements.iter().enumerate().filter(is_one);
    boundary.map(|(index, _)| index).collect()
}

fn catches(trigger: &Trigger, throw: &Throw) -> bool {
    match (trigger, throw) {
        (Trigger::Signal(awaited), Throw::Signal(sent)) => awaited == sent,
        (Trigger::Message(awaited), Throw::Message(sent)) => awaited.name == sent.name,
        (Trigger::Escalation(caught), Throw::Escalation(thrown)) => {
            match (&caught.code, &thrown.code) {
                (Some(caught), Text::Literal(thrown)) => caught == thrown,
                (caught, _) => caught.is_none(),
            }
        }
        _ => false,
    }
}
