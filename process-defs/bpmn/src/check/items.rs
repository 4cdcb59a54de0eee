//! Item definitions: what data and messages are made of (BPMN 2.0 sections 8.4.10, 10.4.1).

use super::expressions::names_no_language;
use super::walk::{is_true, within};
use crate::model::Model;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// Data below `root` is a collection exactly if its item definition is one (10.4.1).
pub(super) fn check(model: &Model, root: NodeRef<'_>, problems: &mut Problems) {
    for data in within(root) {
        let name = data.bpmn().unwrap_or_default();
        // Of an item of a loop's collection, the loop says more.
        if !matches!(name, "dataInput" | "dataOutput" | "dataObject") {
            continue;
        }
        let Some(item) = defined(model, data, "itemSubjectRef") else {
            continue;
        };
        let (is, should_be) = (is_true(data, "isCollection"), is_true(item, "isCollection"));
        if is != should_be {
            let word = |is| if is { "a collection" } else { "no collection" };
            let message = format!(
                "The data is {}, but its item definition “{}” is {}.",
                word(is),
                item.id().unwrap_or_default(),
                word(should_be)
            );
            let hint = "Set isCollection to the same in both.";
            problems.rule(data, Code::CollectionMismatch, message, hint);
        }
    }
}

/// The item definition that an attribute of `node` leads to, if there is one in the file.
pub(super) fn defined<'m>(
    model: &'m Model,
    node: NodeRef<'_>,
    attribute: &str,
) -> Option<NodeRef<'m>> {
    model.find_named(node.filled(attribute)?, "itemDefinition")
}

/// The item definition of what a message carries.
pub(super) fn of_message<'m>(model: &'m Model, message: &str) -> Option<NodeRef<'m>> {
    defined(model, model.find_named(message, "message")?, "itemRef")
}

/// The item definition of data: its own, or that of the data object or store it refers to.
pub(super) fn of_data<'m>(model: &'m Model, data: NodeRef<'m>) -> Option<NodeRef<'m>> {
    let referred = |attribute| data.filled(attribute).and_then(|id| model.find(id));
    defined(model, data, "itemSubjectRef").or_else(|| {
        let target = referred("dataObjectRef").or_else(|| referred("dataStoreRef"))?;
        defined(model, target, "itemSubjectRef")
    })
}

/// Whether two item definitions are equivalent: the same, or of the same structure.
pub(super) fn same(one: NodeRef<'_>, other: NodeRef<'_>) -> bool {
    one.ix() == other.ix()
        || same_structure(one, other)
            && is_true(one, "isCollection") == is_true(other, "isCollection")
}

/// Whether two item definitions name the same structure.
pub(super) fn same_structure(one: NodeRef<'_>, other: NodeRef<'_>) -> bool {
    let structure = |node: NodeRef<'_>| {
        node.filled("structureRef")
            .map(|name| name.trim().to_owned())
    };
    structure(one).is_some() && structure(one) == structure(other)
}

/// How a message names an item definition.
pub(super) fn name(item: NodeRef<'_>) -> &str {
    item.id().unwrap_or("without id")
}

/// Reports that what is passed on is another item than what takes it. Where the file's language is
/// FEEL, values are what they are: item definitions are labels, and the process runs without them.
pub(super) fn differ(model: &Model, at: NodeRef<'_>, message: String, problems: &mut Problems) {
    let hint = "Let both refer to item definitions of the same structure.";
    let language = model.expression_language.as_deref().unwrap_or_default();
    match language.trim().is_empty() || !names_no_language(model) {
        true => problems.rule(at, Code::ItemMismatch, message, hint),
        false => problems.warning(at, Code::ItemMismatch, message, hint),
    }
}
