//! Texts that are FEEL, or may be.

use redthread_feel::Expression;

use crate::graph::Text;
use redthread_xml::{Code, Problems};
use redthread_xml::{Namespace, NodeRef};

/// Compiles a text that must be FEEL, with or without a leading `=`. `what` names it in a problem:
/// "The condition".
pub(crate) fn expression(
    at: NodeRef<'_>,
    source: &str,
    what: &str,
    problems: &mut Problems,
) -> Option<Expression> {
    let source = source.trim();
    let source = source.strip_prefix('=').unwrap_or(source).trim();
    if source.is_empty() {
        let hint = "Write a FEEL expression.";
        problems.error(at, Code::BadExpression, format!("{what} is empty."), hint);
        return None;
    }
    match Expression::parse(source) {
        Ok(expression) => Some(expression),
        Err(error) => {
            let (aside, hint) = advice(at, source);
            let message = format!("{what} is not FEEL{aside}. {}", sentence(&error));
            problems.error(at, Code::BadExpression, message, hint);
            None
        }
    }
}

/// Compiles the text of an element that must be FEEL.
pub(crate) fn element(at: NodeRef<'_>, what: &str, problems: &mut Problems) -> Option<Expression> {
    let source = at.text();
    if source.trim().is_empty() {
        let hint = "Write a FEEL expression.";
        problems.error(
            at,
            Code::MissingExpression,
            format!("{what} is empty."),
            hint,
        );
        return None;
    }
    expression(at, &source, what, problems)
}

/// Reads a text that is FEEL only with a leading `=`.
pub(crate) fn text(
    at: NodeRef<'_>,
    source: &str,
    what: &str,
    problems: &mut Problems,
) -> Option<Text> {
    let source = source.trim();
    if source.starts_with('=') {
        return expression(at, source, what, problems).map(Text::Expression);
    }
    if is_juel(source) {
        problems.error(
            at,
            Code::BadExpression,
            format!("{what} “{source}” is an expression of Camunda 7."),
            "Write it in FEEL with a leading =, without ${ }: =order.total.",
        );
        return None;
    }
    Some(Text::Literal(source.into()))
}

/// The [`text`] of an attribute that is there and not blank.
pub(crate) fn filled_text(
    at: NodeRef<'_>,
    attribute: &str,
    what: &str,
    problems: &mut Problems,
) -> Option<Text> {
    text(at, at.filled(attribute)?, what, problems)
}

fn is_juel(source: &str) -> bool {
    (source.contains("${") || source.contains("#{")) && source.contains('}')
}

/// What to add when FEEL was not meant at all.
fn advice(at: NodeRef<'_>, source: &str) -> (String, &'static str) {
    if is_juel(source) {
        return (
            String::new(),
            "Write it in FEEL, without ${ }: amount > 1000.",
        );
    }
    let hint = "Write it in FEEL, for example: amount > 1000 and status = \"open\".";
    match language(at) {
        Some(language) => (format!(", and {language} is not run"), hint),
        None => (String::new(), hint),
    }
}

/// The language that the expression or the file says it is in, if that is not FEEL.
pub(super) fn language(at: NodeRef<'_>) -> Option<&str> {
    let mut root = at;
    while let Some(parent) = root.parent() {
        root = parent;
    }
    let own = (*at.namespace() == Namespace::Bpmn)
        .then(|| at.filled("language"))
        .flatten();
    let language = own.or_else(|| root.filled("expressionLanguage"))?.trim();
    (!is_feel(language)).then_some(language)
}

/// Whether the name of a language means FEEL: `feel`, `application/feel`, OMG's addresses of it.
pub(super) fn is_feel(language: &str) -> bool {
    let language = language.trim().to_ascii_lowercase();
    language == "feel"
        || language.ends_with("/feel")
        || language.ends_with("/feel/")
        || language.ends_with("+feel")
        || language.ends_with("x-feel")
        || language.contains("omg.org/spec/feel/")
}

/// An error's text as a sentence.
pub(crate) fn sentence(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return text;
    };
    let mut sentence: String = first.to_uppercase().chain(characters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feel_has_many_names() {
        for name in [
            "feel",
            "FEEL",
            "application/feel",
            "https://www.omg.org/spec/DMN/20191111/FEEL/",
            "http://www.omg.org/spec/FEEL/20140401/FEEL",
            "http://www.omg.org/spec/FEEL/20140401",
        ] {
            assert!(is_feel(name), "{name}");
        }
        for name in ["http://www.w3.org/1999/XPath", "groovy", "javascript"] {
            assert!(!is_feel(name), "{name}");
        }
    }

    #[test]
    fn errors_become_sentences() {
        assert_eq!(sentence(&"expected a number"), "Expected a number.");
        assert_eq!(sentence(&"Done."), "Done.");
    }
}
