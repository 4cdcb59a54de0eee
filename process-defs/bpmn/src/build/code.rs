//! Errors and escalations of a file: what an event refers to, and the code by which it is caught (10.5.5.3, 10.5.5.4).

use std::sync::Arc;

use crate::model::Model;
use redthread_xml::{Code, NodeRef, Problems};

/// What can be thrown and caught by a code.
#[derive(Copy, Clone)]
pub(super) struct Coded {
    /// The element, and the word for it: `error`.
    pub name: &'static str,
    /// The attribute of an event definition that refers to it: `errorRef`.
    pub reference: &'static str,
    /// The attribute that holds its code: `errorCode`.
    pub code: &'static str,
}

impl Coded {
    /// What a definition refers to; the outer `None`: to something that does not exist.
    pub(super) fn referred<'m>(
        self,
        model: &'m Model,
        event: NodeRef<'_>,
        definition: NodeRef<'_>,
        problems: &mut Problems,
    ) -> Option<Option<NodeRef<'m>>> {
        let Some(reference) = definition.filled(self.reference) else {
            return Some(None);
        };
        let found = model.find_named(reference, self.name);
        if found.is_none() {
            problems.error(
                event,
                Code::UnknownReference,
                format!("There is no {} “{}”.", self.name, reference.trim()),
                format!("Choose the event's {} again.", self.name),
            );
            return None;
        }
        Some(found)
    }

    /// The code that an event catches: without a reference, or with one that has no code, any.
    pub(super) fn caught(
        self,
        model: &Model,
        event: NodeRef<'_>,
        definition: NodeRef<'_>,
        problems: &mut Problems,
    ) -> Option<Option<Arc<str>>> {
        let found = self.referred(model, event, definition, problems)?;
        let code = found
            .and_then(|found| found.filled(self.code))
            .map(str::trim);
        if code.is_some_and(|code| code.starts_with('=')) {
            problems.error(
                event,
                Code::NotSupported,
                format!("An event can only catch a fixed {} code.", self.name),
                format!(
                    "Write the code itself, without =, or catch every {} and decide behind it.",
                    self.name
                ),
            );
            return None;
        }
        Some(code.map(Into::into))
    }
}
