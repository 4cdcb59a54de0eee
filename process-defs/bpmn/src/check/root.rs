//! The file is BPMN 2.0 (section 8.1).

use crate::model::Model;
use redthread_xml::Namespace;
use redthread_xml::{Code, Problems};

pub(super) fn check(model: &Model, problems: &mut Problems) {
    let root = model.tree().root();
    if !root.is(&Namespace::Bpmn, "definitions") {
        let found = match root.namespace() {
            Namespace::Other(address) => format!("“{}” of {address}", root.name()),
            _ => format!("“{}”", root.name()),
        };
        problems.error(
            root,
            Code::NotBpmn,
            format!("The file is XML, but not BPMN 2.0: its first element is {found}."),
            "Export the diagram as BPMN 2.0 (.bpmn).",
        );
    }
}
