//! One flow node: what all kinds have, and the way to the file of its kind.

use super::data::{self, Moves};
use super::{activity, association, event, gateway, refused, repetition, role, throw_event};
use super::{business_rule_task, call_activity, message_task};
use super::{script_task, service_task, sub_process, user_task};
use crate::dialect::{camunda, redthread, zeebe};
use crate::draft::Draft;
use crate::graph::{Element, ElementIx, ElementKind, FlowIx, IoMapping};
use crate::model::{NodeKind, boolean};
use redthread_xml::{Code, Problems};

/// Builds the element at `index`; `None` when a problem of it has been reported.
pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    moves: &Moves,
    problems: &mut Problems,
) -> Option<Element> {
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
    // What is refused as a whole needs no further words about its parts.
    if let Some((message, hint)) = refused::refusal(node.kind) {
        problems.error(xml, Code::NotSupported, message, hint);
        return None;
    }
    let mapping = zeebe::io_mapping(xml, problems);
    let mapping = association::add(draft, index, mapping, moves, problems);
    let quantities = activity::quantities(draft, index, problems);
    let repetition = repetition::build(draft, index, problems);
    if node.kind != NodeKind::UserTask {
        role::point_out_all(xml, problems);
    }
    let listeners = zeebe::listeners(xml, problems);
    let kind = kind(draft, index, &mapping, problems);
    gateway::check_default(draft, index, problems);
    let properties = zeebe::properties(xml);
    zeebe::audit(xml, Some(node.kind), problems);
    zeebe::audit_parts(xml, problems);
    camunda::audit(xml, problems);
    let reads = redthread::Reads {
        record_trigger: event::reads_records(draft, index),
        activation: node.kind == NodeKind::AdHocSubProcess,
        time: event::counts_time(draft, index),
    };
    redthread::audit(xml, &properties, reads, problems);
    let quantities = quantities?;
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
        data: data::declared(draft, Some(index), moves),
        repetition: repetition?,
        start_quantity: quantities.start,
        completion_quantity: quantities.completion,
        undone_by: draft
            .undone_by(index)
            .map(|activity| ElementIx(activity as u32)),
        for_compensation: draft.is_compensation_handler(index),
        instantiates: node.kind == NodeKind::ReceiveTask
            && boolean(xml.attribute("instantiate")) == Some(true),
        listeners: listeners?,
        mapping,
        properties,
        lane: node.lane,
    })
}

fn kind(
    draft: &Draft<'_>,
    index: usize,
    mapping: &IoMapping,
    problems: &mut Problems,
) -> Option<ElementKind> {
    use NodeKind::*;
    let node = draft.node(index);
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
        SendTask => message_task::send(draft, index, problems),
        ReceiveTask => message_task::receive(draft, index, problems),
        CallActivity => call_activity::build(draft, index, mapping, problems),
        SubProcess | Transaction | AdHocSubProcess => sub_process::build(draft, index, problems),
        ImplicitThrowEvent | ChoreographyTask | SubChoreography | CallChoreography => None,
    }
}
