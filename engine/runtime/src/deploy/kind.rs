//! What a file is, told by its content and never by its ending. The one place that does.

/// What a file is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A BPMN diagram, or XML that is neither BPMN nor DMN: who reads it says so.
    Diagram,
    /// DMN decisions.
    Decisions,
    /// JSON: a form, or something else.
    Json,
}

impl FileKind {
    /// What these bytes are.
    pub fn of(bytes: &[u8]) -> FileKind {
        if looks_like_json(bytes) {
            FileKind::Json
        } else if is_dmn(bytes) {
            FileKind::Decisions
        } else {
            FileKind::Diagram
        }
    }
}

fn looks_like_json(bytes: &[u8]) -> bool {
    ascii(bytes)
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|byte| matches!(byte, b'{' | b'['))
}

/// Whether the root element is in one of DMN's namespaces. Only the text of its start tag is looked at: a BPMN diagram
/// may well mention DMN further down.
fn is_dmn(bytes: &[u8]) -> bool {
    let head: Vec<u8> = ascii(bytes).take(64 * 1024).collect();
    let head = String::from_utf8_lossy(&head);
    let Some(tag) = root_tag(&head) else {
        return false;
    };
    let name = tag
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | '>'))
        .next()
        .unwrap_or_default();
    let binding = match name.split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    let namespace = attribute(tag, &binding).unwrap_or_default();
    namespace.contains("omg.org/spec/DMN/")
}

/// The text of the first start tag, without its brackets.
fn root_tag(xml: &str) -> Option<&str> {
    let mut rest = xml;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")? + 3..];
        } else if rest.starts_with(['?', '!']) {
            rest = &rest[rest.find('>')? + 1..];
        } else {
            return Some(rest.find('>').map_or(rest, |end| &rest[..end]));
        }
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    for (at, _) in tag.match_indices(name) {
        let before = tag[..at].chars().next_back();
        let after = tag[at + name.len()..].trim_start();
        if let (Some(before), Some(value)) = (before, after.strip_prefix('='))
            && before.is_whitespace()
        {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value[1..].split(quote).next();
        }
    }
    None
}

/// The bytes without a byte order mark and the zero bytes of UTF-16: enough to recognise ASCII in any encoding that XML
/// files are found in.
fn ascii(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DMN: &str = r#"<?xml version="1.0"?><!-- a <comment> -->
        <definitions name="d" xmlns = "https://www.omg.org/spec/DMN/20191111/MODEL/"/>"#;

    #[test]
    fn files_are_told_apart_by_their_content() {
        let kind = |text: &str| FileKind::of(text.as_bytes());
        let bpmn = r#"<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:dmn="https://www.omg.org/spec/DMN/20191111/MODEL/"/>"#;
        assert_eq!(kind(bpmn), FileKind::Diagram);
        assert_eq!(kind(DMN), FileKind::Decisions);
        assert_eq!(kind(r#" {"id": "f", "components": []}"#), FileKind::Json);
        assert_eq!(kind("not XML"), FileKind::Diagram);
        assert_eq!(kind(""), FileKind::Diagram);
    }

    #[test]
    fn decisions_are_recognised_in_utf_16_too() {
        let bytes: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(DMN.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(FileKind::of(&bytes), FileKind::Decisions);
    }
}
