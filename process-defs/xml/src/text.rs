//! Character data: line ends, the five entities, character references, and which characters XML
//! allows at all (XML 1.0 sections 2.2, 2.11, 3.3.3, 4.6).

use std::borrow::Cow;

/// What is wrong with a piece of text, as a sentence.
pub(super) type Fault = String;

/// Whether XML 1.0 allows this character.
pub(super) fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..)
}

/// The first character that XML does not allow, and where it stands.
pub(super) fn forbidden(text: &str) -> Option<(usize, char)> {
    text.char_indices()
        .find(|&(_, character)| !is_allowed(character))
}

/// What `&name;` stands for.
pub(super) fn reference(name: &str) -> Result<char, Fault> {
    match name {
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "amp" => return Ok('&'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => {}
    }
    let Some(number) = name.strip_prefix('#') else {
        return Err(format!(
            "“&{};” is not defined. Write the character itself, or & as &amp;.",
            shorten(name)
        ));
    };
    let code = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16).ok()
        }
        None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
        _ => None,
    };
    code.and_then(char::from_u32)
        .filter(|&character| is_allowed(character))
        .ok_or_else(|| format!("“&{};” is not a character that XML allows.", shorten(name)))
}

/// The value of an attribute: references resolved, line ends and tabs turned into blanks.
pub(super) fn attribute(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if raw.contains('<') {
        return Err("An attribute holds “<”. Write it as &lt;.".to_owned());
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        value.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('&') {
            let (name, after) = after
                .split_once(';')
                .ok_or("An attribute holds “&” alone. Write it as &amp;.")?;
            value.push(reference(name)?);
            rest = after;
        } else {
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
            value.push(' ');
        }
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

/// Text between tags: line ends become `\n`.
pub(super) fn content(raw: &str) -> Cow<'_, str> {
    if raw.contains('\r') {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// At most 40 characters, for messages.
pub(super) fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(40) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_resolve_references_and_fold_line_ends() {
        assert_eq!(
            attribute("a &lt; b &amp;&#10;\r\nc\td &#x416;").as_deref(),
            Ok("a < b &\n c d Ж")
        );
    }

    #[test]
    fn only_the_five_entities_are_known() {
        assert_eq!(reference("quot"), Ok('"'));
        assert!(reference("nbsp").unwrap_err().contains("&nbsp;"));
        for wrong in ["#", "#x", "#0", "#x1", "#xD800", "#+1", "#99999999999", ""] {
            assert!(reference(wrong).is_err(), "{wrong}");
        }
        assert!(attribute("fish & chips").is_err());
        assert!(attribute("a < b").is_err());
    }

    #[test]
    fn line_ends_of_text_become_one_kind() {
        assert_eq!(content("a\r\nb\rc\n"), "a\nb\nc\n");
    }
}
