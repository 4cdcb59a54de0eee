//! The attributes of Camunda 8's extension elements: one that nothing reads is a slip of the pen, or newer than this
//! reader, and is pointed out.

use redthread_xml::{Code, Namespace, NodeRef, Problems};

/// By extension element, what is read of it, or refused by name where it is read.
const READ: &[(&str, &[&str])] = &[
    (
        "adHoc",
        &[
            "activeElementsCollection",
            "outputCollection",
            "outputElement",
        ],
    ),
    (
        "assignmentDefinition",
        &["assignee", "candidateGroups", "candidateUsers"],
    ),
    (
        "calledDecision",
        &["decisionId", "resultVariable", "bindingType", "versionTag"],
    ),
    (
        "calledElement",
        &[
            "processId",
            "processIdExpression",
            "propagateAllChildVariables",
            "propagateAllParentVariables",
            "bindingType",
            "versionTag",
            "businessId",
        ],
    ),
    ("conditionalFilter", &["variableNames", "variableEvents"]),
    ("executionListener", &["eventType", "type", "retries"]),
    (
        "formDefinition",
        &[
            "formId",
            "formKey",
            "externalReference",
            "bindingType",
            "versionTag",
        ],
    ),
    ("header", &["id", "key", "value"]),
    ("input", &["source", "target"]),
    (
        "loopCharacteristics",
        &[
            "inputCollection",
            "inputElement",
            "outputCollection",
            "outputElement",
        ],
    ),
    ("output", &["source", "target"]),
    ("priorityDefinition", &["priority"]),
    ("property", &["id", "name", "value"]),
    (
        "publishMessage",
        &["correlationKey", "messageId", "timeToLive"],
    ),
    ("script", &["expression", "resultVariable"]),
    ("subscription", &["correlationKey"]),
    ("taskDefinition", &["type", "retries"]),
    ("taskListener", &["eventType", "type", "retries"]),
    ("taskSchedule", &["dueDate", "followUpDate"]),
    ("versionTag", &["value"]),
];

/// Attributes of templates: they say from where an element was made, not how it runs.
const OF_TEMPLATES: &[&str] = &[
    "modelerTemplate",
    "modelerTemplateVersion",
    "modelerTemplateIcon",
    "modelerConfigurationTemplate",
    "modelerConfigurationName",
];

/// Reports the attributes of `node`'s extensions, and its own of Camunda's namespace, that nothing reads.
pub(super) fn audit(node: NodeRef<'_>, problems: &mut Problems) {
    for attribute in node.attributes() {
        let is_ours = attribute.namespace == Namespace::Zeebe;
        if is_ours && !OF_TEMPLATES.contains(&&*attribute.name) {
            unread(node, &attribute.name, "the element", problems);
        }
    }
    // A stack of our own: extensions may be nested as deep as XML may.
    let mut open: Vec<NodeRef<'_>> = node.extensions().collect();
    while let Some(extension) = open.pop() {
        if *extension.namespace() != Namespace::Zeebe {
            continue;
        }
        open.extend(extension.children());
        let name = extension.name();
        let Some((_, read)) = READ.iter().find(|(known, _)| *known == name) else {
            continue; // Refused as a whole, or one that has no attributes.
        };
        for attribute in extension.attributes() {
            let known =
                read.contains(&&*attribute.name) || OF_TEMPLATES.contains(&&*attribute.name);
            if attribute.namespace == Namespace::None && !known {
                unread(
                    extension,
                    &attribute.name,
                    &format!("zeebe:{name}"),
                    problems,
                );
            }
        }
    }
}

fn unread(at: NodeRef<'_>, attribute: &str, of: &str, problems: &mut Problems) {
    problems.warning(
        at,
        Code::UnexpectedExtension,
        format!("The attribute “{attribute}” of {of} is not known, and nothing reads it."),
        "Check how it is written, or remove it.",
    );
}
