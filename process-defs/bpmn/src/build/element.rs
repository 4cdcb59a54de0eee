//! One flow node: what all kinds have, and the way to the file of its kind.

use super::{activity, event, gateway, refused, throw_event};
use super::{business_rule_task, script_task, service_task, sub_process, user_task};
use crate::dialect::{camunda, redthread, zeebe};
use crate::draft::Draft;
use crate::graph::{Element, ElementIx, ElementKind, FlowIx, Listeners};
use crate::model::NodeKind;
use redthread_xml::{Code, Problems};

/// Builds the element at `index`; `None` when a problem of it has been reported.
pub(super) fn build(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> Option<Element> {
    let node = draft.node(index);
    let xml = draft.xml(index);
    if node.id.is_none() {
        problems.error(
            xml,
            Code::MissingId,
            format!("The element has no id ({}).", node.kind),
            "Give it one: what happens is stored by the ids of elements.",
        );
    }
    let kind = kind(draft, index, problems);
    gateway::check_default(draft, index, problems);
    let properties = zeebe::properties(xml);
    // What is refused as a whole needs no further words about its parts.
    let mapping = match refused::is_refused(node.kind) {
        true => Default::default(),
        false => {
            zeebe::audit(xml, Some(node.kind), problems);
            camunda::audit(xml, problems);
            redthread::audit(
                xml,
                &properties,
                event::reads_records(draft, index),
                problems,
            );
            zeebe::io_mapping(xml, problems)
        }
    };
    let flows = |list: &[usize]| list.iter().map(|&flow| FlowIx(flow as u32)).collect();
    Some(Element {
        id: node.id.clone()?,
        name: node.name.clone(),
        documentation: node.documentation.clone(),
        kind: kind?,
        parent: node.parent.map(|parent| ElementIx(parent as u32)),
        incoming: flows(&draft.incoming[index]),
        outgoing: flows(&draft.outgoing[index]),
        default: gateway::default_flow(draft, index).map(|flow| FlowIx(flow as u32)),
        boundary: draft.boundary[index]
            .iter()
            .map(|&event| ElementIx(event as u32))
            .collect(),
        content: draft.content[index]
            .iter()
            .map(|&inner| ElementIx(inner as u32))
            .collect(),
        data: Vec::new(),
        repetition: None,
        start_quantity: 1,
        completion_quantity: 1,
        undone_by: draft
            .undone_by(index)
            .map(|activity| ElementIx(activity as u32)),
        for_compensation: draft.is_compensation_handler(index),
        instantiates: false,
        listeners: Listeners::default(),
        mapping,
        properties,
        lane: node.lane,
    })
}

fn kind(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> Option<ElementKind> {
    use NodeKind::*;
    let node = draft.node(index);
    if let Some((message, hint)) = refused::refusal(node.kind) {
        problems.error(draft.xml(index), Code::NotSupported, message, hint);
        return None;
    }
    if node.kind.is_activity() && !activity::check(draft, index, problems) {
        return None;
    }
    match node.kind {
        StartEvent => event::start(draft, index, problems),
        IntermediateCatchEvent => event::catch(draft, index, problems),
        IntermediateThrowEvent => throw_event::intermediate(draft, index, problems),
        BoundaryEvent => event::boundary(draft, index, problems),
        EndEvent => throw_event::end(draft, index, problems),
        Task => Some(ElementKind::UndefinedTask),
        ManualTask => Some(ElementKind::ManualTask),
        UserTask => Some(user_task::build(draft, index, problems)),
        ServiceTask => service_task::build(draft, index, problems),
        ScriptTask => script_task::build(draft, index, problems),
        BusinessRuleTask => business_rule_task::build(draft, index, problems),
        ExclusiveGateway => gateway::exclusive(draft, index, problems),
        ParallelGateway => Some(ElementKind::ParallelGateway),
        InclusiveGateway => Some(gateway::inclusive(draft, index, problems)),
        ComplexGateway => gateway::complex(draft, index, problems),
        EventBasedGateway => gateway::event_based(draft, index, problems),
        SubProcess => sub_process::build(draft, index, problems),
        ImplicitThrowEvent | SendTask | ReceiveTask | CallActivity | Transaction
        | AdHocSubProcess | ChoreographyTask | SubChoreography | CallChoreography => None,
    }
}
