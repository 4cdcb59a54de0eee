//! The collections of multi-instance activities (10.3.8): what is looped over is data of the
//! activity, and each item is one of its items.

use super::items;
use super::walk::{is_true, reference};
use crate::draft::Draft;
use crate::model::Model;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// The words of one side of a loop.
const SIDES: [(&str, &str, &str); 2] = [
    ("loopDataInputRef", "dataInput", "inputDataItem"),
    ("loopDataOutputRef", "dataOutput", "outputDataItem"),
];

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        let activity = draft.xml(index);
        let Some(marker) = activity.bpmn_child("multiInstanceLoopCharacteristics") else {
            continue;
        };
        for (collection, data, item) in SIDES {
            let Some(id) = reference(marker, collection) else {
                continue;
            };
            // A sub-process has no data of its own: it loops over the data objects around it.
            let found = draft.model.find(&id).filter(|found| {
                let own = found.parent().and_then(NodeRef::parent);
                let is_own = own.is_some_and(|own| own.ix() == activity.ix());
                match node.kind.is_container() {
                    true => found.bpmn().is_some_and(is_data),
                    false => found.bpmn() == Some(data) && is_own,
                }
            });
            let Some(found) = found else {
                problems.rule(
                    marker,
                    Code::UnknownReference,
                    format!("The loop's {collection} is “{id}”, which is no data of the activity."),
                    format!("Name a {data} of the activity's ioSpecification."),
                );
                continue;
            };
            let item = marker.bpmn_child(item);
            if let Some(item) = item {
                scalar(draft.model, marker, found, item, problems);
            }
        }
    }
}

fn is_data(name: &str) -> bool {
    matches!(
        name,
        "dataObject"
            | "dataObjectReference"
            | "dataInput"
            | "dataOutput"
            | "property"
            | "dataStoreReference"
    )
}

/// One item is of the structure of the collection, and no collection itself.
fn scalar(
    model: &Model,
    marker: NodeRef<'_>,
    collection: NodeRef<'_>,
    item: NodeRef<'_>,
    problems: &mut Problems,
) {
    let (Some(of_all), Some(of_one)) = (
        items::of_data(model, model.at(collection.ix())),
        items::of_data(model, model.at(item.ix())),
    ) else {
        return;
    };
    let is_scalar = is_true(of_all, "isCollection") && !is_true(of_one, "isCollection");
    if !is_scalar || !items::same_structure(of_all, of_one) {
        let message = format!(
            "“{}” is no single item of the collection “{}”.",
            items::name(of_one),
            items::name(of_all)
        );
        items::differ(model, marker, message, problems);
    }
}
