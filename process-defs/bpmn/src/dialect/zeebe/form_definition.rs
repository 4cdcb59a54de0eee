//! `zeebe:formDefinition`: the form of a user task.

use std::sync::Arc;

use super::extension;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// The id of the form: `formId`, else `formKey`.
pub(super) fn form(node: NodeRef<'_>, problems: &mut Problems) -> Option<Arc<str>> {
    let definition = extension(node, "formDefinition")?;
    if definition.filled("externalReference").is_some() {
        problems.error(
            definition,
            Code::NotSupported,
            "Forms that stand elsewhere (externalReference) are not shown yet.",
            "Deploy the form as a file of its own and name its id.",
        );
    }
    if let Some(binding) = definition.filled("bindingType")
        && binding.trim() != "latest"
    {
        problems.warning(
            definition,
            Code::NotSupported,
            format!(
                "The form's binding “{}” is not followed yet: the latest form is shown.",
                binding.trim()
            ),
            "Choose the binding “latest”, or give the form's next version another id.",
        );
    }
    if let Some(id) = definition.filled("formId") {
        return Some(id.trim().into());
    }
    let key = definition.filled("formKey")?.trim();
    if key.starts_with("camunda-forms:bpmn:") {
        problems.error(
            definition,
            Code::NotSupported,
            "Forms inside of the diagram (userTaskForm) are not shown yet.",
            "Save the form as a file of its own, deploy it, and name its id (formId).",
        );
    }
    Some(key.into())
}
