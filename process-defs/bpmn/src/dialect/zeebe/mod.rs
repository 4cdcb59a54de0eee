//! Camunda 8's extension elements (`http://camunda.org/schema/zeebe/1.0`).
//!
//! An attribute here may be plain text; a leading `=` marks FEEL.

mod ad_hoc;
mod assignment_definition;
mod attributes;
mod audit;
mod binding;
mod called_decision;
mod called_element;
mod conditional_filter;
mod form_definition;
mod io_mapping;
mod listeners;
mod loop_characteristics;
mod priority_definition;
mod properties;
mod publish_message;
mod script;
mod subscription;
mod task_definition;
mod task_headers;
mod task_schedule;
mod user_task;
mod version_tag;

pub(crate) use ad_hoc::active_elements;
pub(crate) use assignment_definition::{assignment, has_assignment};
pub(crate) use audit::{audit, audit_parts};
pub(crate) use called_decision::called_decision;
pub(crate) use called_element::called_element;
pub(crate) use conditional_filter::conditional_filter;
pub(crate) use io_mapping::{io_mapping, is_name, path};
pub(crate) use listeners::listeners;
pub(crate) use loop_characteristics::{LoopCharacteristics, loop_characteristics};
pub(crate) use properties::properties;
pub(crate) use publish_message::publish_message;
pub(crate) use script::script;
pub(crate) use subscription::correlation_key;
pub(crate) use task_definition::{has_job, task_definition};
pub(crate) use user_task::user_task;
pub(crate) use version_tag::version_tag;

use redthread_xml::{Namespace, NodeRef};

/// The extension element of this name, if the element has it.
fn extension<'t>(node: NodeRef<'t>, name: &str) -> Option<NodeRef<'t>> {
    node.extensions()
        .find(|extension| extension.is(&Namespace::Zeebe, name))
}

/// The zeebe children of an extension element.
fn children<'t>(node: NodeRef<'t>, name: &'static str) -> impl Iterator<Item = NodeRef<'t>> {
    node.children()
        .filter(move |child| child.is(&Namespace::Zeebe, name))
}
