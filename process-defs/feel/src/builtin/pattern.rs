//! Regular expressions (XPath 3.1, 5.6, which DMN refers to) on the `regex` crate.
//!
//! It matches in linear time, so that a pattern from a stranger cannot hang an evaluation; the price is
//! that back-references in patterns are refused. What XPath writes differently is translated.

use super::Args;
use crate::evaluate::{Machine, Outcome, Trouble};
use crate::value::Value;
use regex::{Regex, RegexBuilder};
use std::sync::Arc;

/// Compiled patterns are not to be larger than this.
const LARGEST: usize = 1 << 20;

/// So many compiled patterns are kept during an evaluation.
const PATTERNS: usize = 8;

/// Blocks of Unicode that patterns name as `\p{IsBasicLatin}`, by their characters.
const BLOCKS: [(&str, &str); 8] = [
    ("IsBasicLatin", r"\x{0}-\x{7F}"),
    ("IsLatin-1Supplement", r"\x{80}-\x{FF}"),
    ("IsLatinExtended-A", r"\x{100}-\x{17F}"),
    ("IsLatinExtended-B", r"\x{180}-\x{24F}"),
    ("IsGreek", r"\x{370}-\x{3FF}"),
    ("IsCyrillic", r"\x{400}-\x{4FF}"),
    ("IsHebrew", r"\x{590}-\x{5FF}"),
    ("IsArabic", r"\x{600}-\x{6FF}"),
];

/// The pattern at one place and the flags at another, compiled.
fn compiled(
    machine: &mut Machine<'_>,
    args: &Args,
    at: usize,
    flags: Option<usize>,
) -> Result<Arc<Regex>, Trouble> {
    let pattern = args.string(at)?;
    let flags = match flags.and_then(|at| args.given(at).map(|_| at)) {
        Some(at) => args.string(at)?,
        None => "",
    };
    let key = format!("{flags}/{pattern}");
    machine.work(1 + pattern.len() / 64)?;
    if let Some((_, regex)) = machine
        .evaluator
        .patterns()
        .iter()
        .find(|(known, _)| *known == key)
    {
        return Ok(regex.clone());
    }
    // Compiling costs far more than looking at a text.
    machine.work(2000 + pattern.len() * 50)?;
    let has = |flag: char| flags.contains(flag);
    if flags.chars().any(|flag| !"smixq".contains(flag)) {
        return args.fail("the flags are s, m, i, x and q");
    }
    let translated = if has('q') {
        regex::escape(pattern)
    } else {
        match translate(pattern, has('x'), has('s')) {
            Some(translated) => translated,
            None => {
                return args.fail("the regular expression is not one, or refers back to a group");
            }
        }
    };
    let built = RegexBuilder::new(&translated)
        .case_insensitive(has('i'))
        .dot_matches_new_line(has('s'))
        .multi_line(has('m'))
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .nest_limit(100)
        .build();
    match built {
        Ok(regex) => {
            // Shared, not cloned: each clone of a `Regex` would warm up its own scratch space.
            let regex = Arc::new(regex);
            if machine.evaluator.patterns().len() == PATTERNS {
                machine.evaluator.patterns().remove(0);
            }
            machine.evaluator.patterns().push((key, regex.clone()));
            Ok(regex)
        }
        Err(regex::Error::CompiledTooBig(_)) => args.fail("the regular expression is too large"),
        Err(_) => args.fail("the regular expression is not one"),
    }
}

/// The pattern without the blanks outside classes, which the flag `x` leaves out before anything is read:
/// `a\ s` is `a\s`.
fn without_blanks(pattern: &str) -> String {
    let (mut classes, mut escaped) = (0usize, false);
    let mut out = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        if classes == 0 && matches!(c, ' ' | '\t' | '\n' | '\r') {
            continue;
        }
        match c {
            '[' if !escaped => classes += 1,
            ']' if !escaped => classes = classes.saturating_sub(1),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// From XPath's notation to that of the crate: Unicode blocks, subtraction in classes, `\i` and `\c`,
/// a point that leaves out line ends. `None` for what XPath does not allow.
fn translate(pattern: &str, ignore_blanks: bool, point_takes_all: bool) -> Option<String> {
    let pattern = if ignore_blanks {
        without_blanks(pattern)
    } else {
        pattern.to_owned()
    };
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut classes = 0usize;
    while let Some(c) = chars.next() {
        match c {
            '.' if classes == 0 && !point_takes_all => out.push_str(r"[^\n\r]"),
            '\\' => {
                let escaped = chars.next()?;
                match escaped {
                    'p' | 'P' => {
                        let mut name = String::new();
                        if chars.next()? != '{' {
                            return None;
                        }
                        loop {
                            match chars.next()? {
                                '}' => break,
                                c => name.push(c),
                            }
                        }
                        let negated = escaped == 'P';
                        match BLOCKS.iter().find(|(block, _)| *block == name) {
                            Some((_, range)) => {
                                out.push_str(if negated { "[^" } else { "[" });
                                out.push_str(range);
                                out.push(']');
                            }
                            None => {
                                out.push('\\');
                                out.push(escaped);
                                out.push('{');
                                out.push_str(&name);
                                out.push('}');
                            }
                        }
                    }
                    'i' => out.push_str(r"[\p{L}_:]"),
                    'c' => out.push_str(r"[\p{L}\p{N}_:.\-\x{B7}]"),
                    'I' => out.push_str(r"[^\p{L}_:]"),
                    'C' => out.push_str(r"[^\p{L}\p{N}_:.\-\x{B7}]"),
                    // References back, and assertions that XPath does not have.
                    '0'..='9'
                    | 'b'
                    | 'B'
                    | 'A'
                    | 'z'
                    | 'Z'
                    | 'G'
                    | 'k'
                    | 'x'
                    | 'u'
                    | 'a'
                    | 'v'
                    | 'f' => {
                        return None;
                    }
                    'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'n' | 'r' | 't' => {
                        out.push('\\');
                        out.push(escaped);
                    }
                    other if other.is_ascii_punctuation() => {
                        out.push('\\');
                        out.push(other);
                    }
                    _ => return None,
                }
            }
            '[' => {
                classes += 1;
                out.push('[');
                if classes == 1 && chars.peek() == Some(&'^') {
                    chars.next();
                    out.push('^');
                }
            }
            ']' if classes > 0 => {
                classes -= 1;
                out.push(']');
            }
            // `[a-z-[aeiou]]`
            '-' if classes > 0 && chars.peek() == Some(&'[') => out.push_str("--"),
            '&' | '~' if classes > 0 => {
                out.push('\\');
                out.push(c);
            }
            // Groups that XPath does not have.
            '(' if classes == 0 && chars.peek() == Some(&'?') => {
                chars.next();
                if chars.next()? != ':' {
                    return None;
                }
                out.push_str("(?:");
            }
            c => out.push(c),
        }
    }
    Some(out)
}

pub(super) fn matches(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let text = args.string(0)?;
    let regex = compiled(machine, args, 1, Some(2))?;
    machine.work(text.len() / 16)?;
    Ok(Value::Boolean(regex.is_match(text)))
}

pub(super) fn replace(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let (text, replacement) = (args.string(0)?, args.string(2)?);
    let regex = compiled(machine, args, 1, Some(3))?;
    let literal = args
        .given(3)
        .and_then(Value::as_str)
        .is_some_and(|flags| flags.contains('q'));
    machine.work(text.len() / 16)?;
    let Some(parts) = (if literal {
        Some(vec![Part::Text(replacement)])
    } else {
        parts(replacement)
    }) else {
        return args.fail(
            "a \"$\" in the replacement needs the number of a group, or a backslash before it",
        );
    };
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for found in regex.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let before = out.len();
        out.push_str(&text[last..whole.start()]);
        for part in &parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(number) => {
                    // `$12` is group 1 and a 2 when there is no group 12.
                    let (mut group, mut digits) = (*number, String::new());
                    while group >= regex.captures_len() && group > 9 {
                        digits.insert(0, char::from(b'0' + (group % 10) as u8));
                        group /= 10;
                    }
                    out.push_str(found.get(group).map_or("", |m| m.as_str()));
                    out.push_str(&digits);
                }
            }
        }
        last = whole.end();
        machine.work(1)?;
        machine.build(out.len() - before)?;
    }
    out.push_str(&text[last..]);
    machine.string(out)
}

/// A part of a replacement.
enum Part<'a> {
    Text(&'a str),
    Group(usize),
}

fn parts(replacement: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some(at) = rest.find(['$', '\\']) {
        parts.push(Part::Text(&rest[..at]));
        let after = &rest[at + 1..];
        if rest.as_bytes()[at] == b'\\' {
            match after.chars().next()? {
                '$' | '\\' => parts.push(Part::Text(&after[..1])),
                _ => return None,
            }
            rest = &after[1..];
            continue;
        }
        let digits = after.bytes().take_while(u8::is_ascii_digit).count().min(3);
        parts.push(Part::Group(after[..digits].parse().ok()?));
        rest = &after[digits..];
    }
    parts.push(Part::Text(rest));
    Some(parts)
}

pub(super) fn split(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let text = args.string(0)?;
    let regex = compiled(machine, args, 1, None)?;
    machine.work(text.len() / 16)?;
    let mut parts = Vec::new();
    for part in regex.split(text) {
        machine.work(1)?;
        parts.push(machine.string(part)?);
    }
    Ok(machine.list(parts)?)
}

pub(super) fn extract(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let text = args.string(0)?;
    let regex = compiled(machine, args, 1, None)?;
    machine.work(text.len() / 16)?;
    let mut found = Vec::new();
    for part in regex.find_iter(text) {
        machine.work(1)?;
        found.push(machine.string(part.as_str())?);
    }
    Ok(machine.list(found)?)
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn what_xpath_writes_differently_is_translated() {
        assert_eq!(
            translate("[a-z-[aeiou]]", false, false).unwrap(),
            "[a-z--[aeiou]]"
        );
        assert_eq!(
            translate(r"\p{ IsBasicLatin}+", true, false).unwrap(),
            r"[\x{0}-\x{7F}]+"
        );
        assert_eq!(translate("hello world", true, false).unwrap(), "helloworld");
        assert_eq!(translate(r"(a)\1", false, false), None);
    }
}
