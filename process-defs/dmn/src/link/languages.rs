//! Expression languages: FEEL runs, everything else is refused by name (DMN 1.5, 6.3.2 and 7.3.7).

use redthread_xml::{Code, NodeIx};

use super::Sink;
use crate::model::Model;

/// Whether an expression is FEEL; if not, the file has a problem.
pub(super) fn is_feel(
    model: &Model,
    language: Option<&str>,
    at: NodeIx,
    file: usize,
    sink: &mut Sink<'_>,
) -> bool {
    let Some(other) = other_language(model, language) else {
        return true;
    };
    sink.error(
        file,
        at,
        Code::NotSupported,
        format!("Expressions in “{other}” do not run."),
        "Write the expression in FEEL and take the expression language off.",
    );
    false
}

/// The language of an expression if it is not FEEL.
pub(super) fn other_language<'m>(model: &'m Model, language: Option<&'m str>) -> Option<&'m str> {
    let language = language.or(model.expression_language.as_deref())?.trim();
    let is_feel = language.is_empty()
        || language.eq_ignore_ascii_case("feel")
        || (language.contains("omg.org/spec/") && language.to_ascii_lowercase().contains("feel"))
        || language.eq_ignore_ascii_case("camunda-feel")
        || language.contains("omg.org/spec/DMN/") && language.contains("MODEL");
    (!is_feel).then_some(language)
}
