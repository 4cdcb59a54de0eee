//! `zeebe:loopCharacteristics`: what a multi-instance activity loops over, and what becomes of its results.

use std::sync::Arc;

use redthread_feel::Expression;

use super::{extension, io_mapping::is_name};
use crate::build::expression::expression;
use redthread_xml::{Code, NodeRef, Problems};

/// What it says; everything is open without it.
#[derive(Default)]
pub(crate) struct LoopCharacteristics {
    pub(crate) input_collection: Option<Expression>,
    pub(crate) input_element: Option<Arc<str>>,
    pub(crate) output_collection: Option<Arc<str>>,
    pub(crate) output_element: Option<Expression>,
}

/// Reads the extension of a loop marker.
pub(crate) fn loop_characteristics(
    marker: NodeRef<'_>,
    problems: &mut Problems,
) -> LoopCharacteristics {
    let Some(found) = extension(marker, "loopCharacteristics") else {
        return LoopCharacteristics::default();
    };
    let mut feel = |attribute, what| {
        let source = found.filled(attribute)?;
        expression(found, source, what, problems)
    };
    let input_collection = feel("inputCollection", "The input collection");
    let output_element = feel("outputElement", "The output element");
    let mut name = |attribute: &str| {
        let name = found.filled(attribute)?.trim();
        if !is_name(name) {
            problems.error(
                found,
                Code::BadValue,
                format!("“{name}” ({attribute}) is not the name of a variable."),
                "Name a variable with letters, digits and _, without =.",
            );
            return None;
        }
        Some(name.into())
    };
    let input_element = name("inputElement");
    let output_collection = name("outputCollection");
    let filled = |attribute| found.filled(attribute).is_some();
    if filled("outputCollection") != filled("outputElement") {
        problems.error(
            found,
            Code::BadValue,
            "The results of the multi-instance activity need both a collection and an element.",
            "Set both outputCollection and outputElement, or neither.",
        );
    }
    LoopCharacteristics {
        input_collection,
        input_element,
        output_collection,
        output_element,
    }
}
