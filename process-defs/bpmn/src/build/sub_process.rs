//! Sub-processes (10.3.5): embedded, event, transaction and ad-hoc.

use super::expression;
use super::refused::is_known;
use crate::dialect::{redthread, zeebe};
use crate::draft::Draft;
use crate::graph::{Activates, AdHoc, ElementKind, SubProcess};
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    for part in xml.children() {
        if let Some(name) = part.bpmn().filter(|name| !is_known(name)) {
            problems.error(
                part,
                Code::UnknownElement,
                format!("BPMN has no element “{name}” in a sub-process."),
                "Check how it is written, or remove it.",
            );
        }
    }
    let sub_process = match draft.node(index).kind {
        NodeKind::Transaction => transaction(xml, problems),
        NodeKind::AdHocSubProcess => SubProcess::AdHoc(ad_hoc(xml, problems)?),
        _ if draft.is_event_sub_process(index) => SubProcess::Event,
        _ => SubProcess::Embedded,
    };
    Some(ElementKind::SubProcess(sub_process))
}

/// A transaction is undone by compensation; how its parts agree on their results is their own affair.
fn transaction(xml: NodeRef<'_>, problems: &mut Problems) -> SubProcess {
    if let Some(method) = xml.filled("method").map(str::trim)
        && !matches!(method, "##Compensate" | "compensate")
    {
        problems.warning(
            xml,
            Code::NotSupported,
            format!("The transaction's method “{method}” is not followed: what is undone is undone by compensation."),
            "Write ##Compensate, or remove it.",
        );
    }
    SubProcess::Transaction
}

fn ad_hoc(xml: NodeRef<'_>, problems: &mut Problems) -> Option<AdHoc> {
    let before = problems.errors();
    let sequential = match xml.filled("ordering").map_or("Parallel", str::trim) {
        "Parallel" => false,
        "Sequential" => true,
        other => {
            problems.error(
                xml,
                Code::BadValue,
                format!("“{other}” is not an ordering of an ad-hoc sub-process."),
                "Write Parallel or Sequential.",
            );
            false
        }
    };
    let completion = match xml.bpmn_child("completionCondition") {
        Some(at) if !at.text().trim().is_empty() => {
            expression::element(at, "The completion condition", problems)
        }
        _ => None,
    };
    if zeebe::has_job(xml) {
        problems.error(
            xml,
            Code::NotSupported,
            "An ad-hoc sub-process whose activities a job chooses does not run yet.",
            "Choose them by an expression (zeebe:adHoc) or by a person (redthread:activation).",
        );
    }
    let activates = activates(xml, completion.is_some(), problems);
    (problems.errors() == before).then_some(AdHoc {
        sequential,
        completion,
        cancels_remaining: boolean(xml.attribute("cancelRemainingInstances")).unwrap_or(true),
        activates: activates?,
    })
}

/// What begins with it: what an expression names, else what the property says; without both, nothing where a completion
/// condition waits for a person to choose, and everything where nothing else would begin it.
fn activates(xml: NodeRef<'_>, has_completion: bool, problems: &mut Problems) -> Option<Activates> {
    let by_expression = zeebe::active_elements(xml, problems);
    let by_property = redthread::activation(xml, problems)?;
    match (by_expression, by_property) {
        (Some(_), Some(_)) => {
            problems.error(
                xml,
                Code::BadValue,
                "The ad-hoc sub-process says twice what begins with it.",
                "Keep either activeElementsCollection or redthread:activation.",
            );
            None
        }
        (Some(collection), None) => collection.map(Activates::Collection),
        (None, Some(redthread::Activation::All)) => Some(Activates::All),
        (None, Some(redthread::Activation::Person)) => Some(Activates::Nothing),
        (None, None) if has_completion => Some(Activates::Nothing),
        (None, None) => Some(Activates::All),
    }
}
