//! What a file is, told by its content and never by its ending.

use redthread_bpmn::{Diagram, Limits, Unreadable};
use redthread_dmn::DecisionModel;
use redthread_runtime::FileKind;

use super::form::{self, Form};

/// A file that was read.
pub enum Content {
    /// A BPMN diagram.
    Bpmn(Box<Diagram>),
    /// DMN decisions.
    Dmn(Box<DecisionModel>),
    /// A form-js form.
    Form(Form, serde_json::Value),
    /// JSON that is no form.
    OtherJson,
    /// Neither XML nor JSON.
    Unreadable {
        /// Where reading stopped.
        line: Option<u32>,
        /// Why.
        message: String,
    },
}

impl Content {
    /// Reads `bytes` as what they are.
    pub fn of(bytes: &[u8]) -> Content {
        match FileKind::of(bytes) {
            FileKind::Json => json(bytes),
            FileKind::Decisions => redthread_dmn::read(bytes, &Limits::default())
                .map_or_else(unreadable, |model| Content::Dmn(Box::new(model))),
            FileKind::Diagram => match redthread_bpmn::read(bytes, &Limits::default()) {
                Ok(mut diagram) => {
                    diagram
                        .problems
                        .extend(redthread_connectors::review(&diagram));
                    Content::Bpmn(Box::new(diagram))
                }
                Err(error) => unreadable(error),
            },
        }
    }
}

fn unreadable(error: Unreadable) -> Content {
    Content::Unreadable {
        line: error.line,
        message: error.message,
    }
}

fn json(bytes: &[u8]) -> Content {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(value) => match form::read(&value) {
            Some(form) => Content::Form(form, value),
            None => Content::OtherJson,
        },
        Err(error) => Content::Unreadable {
            line: u32::try_from(error.line()).ok(),
            message: format!("The file is not readable JSON: {error}."),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_what_they_are() {
        let kind = |text: &str| match Content::of(text.as_bytes()) {
            Content::Bpmn(_) => "bpmn",
            Content::Dmn(_) => "dmn",
            Content::Form(..) => "form",
            Content::OtherJson => "other json",
            Content::Unreadable { .. } => "unreadable",
        };
        let bpmn = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>"#;
        let dmn = r#"<definitions name="d" xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>"#;
        assert_eq!(kind(bpmn), "bpmn");
        assert_eq!(kind(dmn), "dmn");
        assert_eq!(kind(r#" {"id": "f", "components": []}"#), "form");
        assert_eq!(kind(r#"{"id": "f"}"#), "other json");
        assert_eq!(kind("{\"id\": "), "unreadable");
        assert_eq!(kind("not XML"), "unreadable");
        assert_eq!(kind(""), "unreadable");
    }
}
