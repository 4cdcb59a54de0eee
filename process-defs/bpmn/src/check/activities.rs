//! What an activity says of itself: quantities, loop markers, who does it, how a transaction is
//! done, in which language a script is (10.3).

use super::expressions::names_no_language;
use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        if !node.kind.is_activity() {
            continue;
        }
        let xml = draft.xml(index);
        quantities(xml, problems);
        loops(xml, problems);
        roles(xml, problems);
        match node.kind {
            NodeKind::Transaction => method(xml, problems),
            NodeKind::ScriptTask => script(draft, xml, problems),
            _ => {}
        }
    }
    roles(draft.model.at(draft.process.xml), problems);
}

/// Table 10.3: both quantities are 1 or more.
fn quantities(xml: NodeRef<'_>, problems: &mut Problems) {
    for attribute in ["startQuantity", "completionQuantity"] {
        if let Some(text) = xml.filled(attribute) {
            at_least_one(xml, text, attribute, problems);
        }
    }
    for part in xml.children() {
        match part.bpmn() {
            Some("standardLoopCharacteristics") => {
                if let Some(text) = part.filled("loopMaximum") {
                    at_least_one(part, text, "loopMaximum", problems);
                }
            }
            Some("multiInstanceLoopCharacteristics") => {
                if let Some(cardinality) = part.bpmn_child("loopCardinality") {
                    let text = cardinality.text();
                    let text = text.trim().trim_start_matches('=').trim();
                    // Anything but a number is an expression.
                    if text.parse::<f64>().is_ok() {
                        at_least_one(cardinality, text, "loopCardinality", problems);
                    }
                }
            }
            _ => {}
        }
    }
}

fn at_least_one(at: NodeRef<'_>, text: &str, what: &str, problems: &mut Problems) {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    // As long as it likes: only zero and what is no whole number is too small.
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole && digits.bytes().any(|byte| byte != b'0') {
        return;
    }
    problems.rule(
        at,
        Code::BadQuantity,
        format!("The value of {what} is “{text}”, but must be a whole number of 1 or more."),
        "Write 1 or a larger number, or remove it.",
    );
}

/// An activity has one loop marker at most (10.3.8).
fn loops(xml: NodeRef<'_>, problems: &mut Problems) {
    let is_marker = |part: &NodeRef<'_>| {
        part.bpmn()
            .is_some_and(|name| name.ends_with("LoopCharacteristics"))
    };
    if xml.children().filter(is_marker).count() > 1 {
        problems.rule(
            xml,
            Code::SeveralLoops,
            "The activity has more than one loop marker.",
            "Keep either the loop or the multi-instance marker.",
        );
    }
}

/// A performer is a resource, or an expression that finds one (table 10.5).
fn roles(xml: NodeRef<'_>, problems: &mut Problems) {
    for role in xml.children() {
        let is_role = matches!(
            role.bpmn(),
            Some("resourceRole" | "performer" | "humanPerformer" | "potentialOwner")
        );
        let has = |name| role.bpmn_child(name).is_some();
        if is_role && has("resourceRef") && has("resourceAssignmentExpression") {
            problems.rule(
                role,
                Code::BadResourceRole,
                "Who does it is given twice: by a resource and by an expression.",
                "Keep resourceRef or resourceAssignmentExpression.",
            );
        }
        if is_role && has("resourceParameterBinding") && !has("resourceRef") {
            problems.rule(
                role,
                Code::BadResourceRole,
                "Parameters are given for a resource that is not named.",
                "Name the resource (resourceRef), or remove the parameters.",
            );
        }
    }
}

/// How a transaction is done is one of BPMN's three ways or an address (10.3.5).
fn method(xml: NodeRef<'_>, problems: &mut Problems) {
    let Some(method) = xml.filled("method").map(str::trim) else {
        return;
    };
    let is_known = ["##Compensate", "##Image", "##Store"].contains(&method);
    if !is_known && !is_uri(method) {
        problems.rule(
            xml,
            Code::BadUri,
            format!("The transaction's method “{method}” is no address."),
            "Write ##Compensate, ##Store, ##Image or a URI.",
        );
    }
}

/// A URI reference by its characters (RFC 3986 section 2).
fn is_uri(text: &str) -> bool {
    let mut rest = text.chars();
    let mut fragments = 0;
    while let Some(character) = rest.next() {
        let is_right = match character {
            '%' => {
                let mut is_hex = || rest.next().is_some_and(|c| c.is_ascii_hexdigit());
                is_hex() && is_hex()
            }
            '#' => {
                fragments += 1;
                fragments == 1
            }
            // Beyond ASCII, it is an IRI.
            c if !c.is_ascii() => !c.is_control() && !c.is_whitespace(),
            c => c.is_ascii_alphanumeric() || "-._~:/?[]@!$&'()*+,;=".contains(c),
        };
        if !is_right {
            return false;
        }
    }
    true
}

/// A script says which language it is in (10.3.3), unless the file's language is the one we run.
fn script(draft: &Draft<'_>, xml: NodeRef<'_>, problems: &mut Problems) {
    let has_script = xml
        .bpmn_child("script")
        .is_some_and(|script| !script.text().trim().is_empty());
    match xml.filled("scriptFormat").map(str::trim) {
        Some(format) if has_script && !is_script_format(format) => problems.rule(
            xml,
            Code::BadMimeType,
            format!("The script's format “{format}” is no MIME type."),
            "Write feel, or a MIME type like text/javascript.",
        ),
        None if has_script && !names_no_language(draft.model) => problems.rule(
            xml,
            Code::MissingScriptFormat,
            "The script does not say which language it is in.",
            "Set its format (scriptFormat), for example to feel.",
        ),
        _ => {}
    }
}

/// Tools write the names of languages as well as their MIME types.
fn is_script_format(format: &str) -> bool {
    const NAMES: &[&str] = &[
        "bash",
        "clojure",
        "csharp",
        "drools",
        "dmn",
        "ecmascript",
        "feel",
        "freemarker",
        "go",
        "graaljs",
        "groovy",
        "java",
        "javascript",
        "jruby",
        "js",
        "juel",
        "julia",
        "jython",
        "kotlin",
        "lua",
        "mvel",
        "nashorn",
        "perl",
        "php",
        "powershell",
        "python",
        "r",
        "rhino",
        "ruby",
        "rust",
        "scala",
        "sh",
        "shell",
        "sql",
        "tcl",
        "typescript",
        "vb",
        "vbscript",
        "velocity",
        "xpath",
        "xquery",
        "xslt",
    ];
    is_mime_type(format)
        || NAMES.contains(&format.to_ascii_lowercase().as_str())
        || format.starts_with("http://")
        || format.starts_with("https://")
}

/// `type/subtype`, parameters allowed (RFC 2045 section 5.1).
pub(super) fn is_mime_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| {
        let is_right = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+*'`|~%".contains(c);
        !part.is_empty() && part.chars().all(is_right)
    };
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mime_types_have_two_parts() {
        for right in ["text/plain", "application/vnd.x+json; charset=utf-8"] {
            assert!(is_mime_type(right), "{right}");
        }
        for wrong in ["", "plain", "wrong_mime_type", "/x", "text/", "a b/c"] {
            assert!(!is_mime_type(wrong), "{wrong}");
        }
    }

    #[test]
    fn addresses_have_no_stray_characters() {
        for right in ["http://example.org/a?b=%20#c", "urn:x:y", "compensate"] {
            assert!(is_uri(right), "{right}");
        }
        for wrong in ["a b", "50%", "%zz", "<x>", "a#b#c"] {
            assert!(!is_uri(wrong), "{wrong}");
        }
    }
}
