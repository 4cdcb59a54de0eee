//! Names as XML allows them (Namespaces in XML 1.0 section 4): a malformed tag must not pass as an
//! odd element that nobody asks for.

/// `prefix` and local part of a qualified name; `None` when it is not one.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    match name.split_once(':') {
        None => is_ncname(name).then_some(("", name)),
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local)),
    }
}

fn is_ncname(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_character)
}

fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_character(character: char) -> bool {
    is_name_start(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_name_has_at_most_one_prefix() {
        assert_eq!(split("bpmn:userTask"), Some(("bpmn", "userTask")));
        assert_eq!(split("userTask"), Some(("", "userTask")));
        assert_eq!(split("задача-1.b"), Some(("", "задача-1.b")));
        for wrong in ["", ":a", "a:", "a:b:c", "1a", "-a", "a b", "a<b", "a:1"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }
}
