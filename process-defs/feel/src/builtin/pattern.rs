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
const LARGEST: usize = 1 << 18;

/// Nor are they to have more places, once counted repetitions are written out.
const PLACES: usize = 5000;

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

/// A compiled pattern, and what looking for it can cost at worst.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Arc<Regex>,
    /// At how many places of the pattern a match can be at once: each byte is looked at so often.
    places: usize,
    /// Whether a match can be found only after the text far behind it has been looked at: then finding
    /// all of them can look at the rest of the text for each.
    far: bool,
}

impl Pattern {
    /// Counts looking through so many bytes once.
    fn count(&self, machine: &mut Machine<'_>, bytes: usize) -> Result<(), Trouble> {
        machine.work(bytes.saturating_mul(self.places) / 16 + bytes / 16)?;
        Ok(())
    }

    /// Counts what follows a match.
    fn count_rest(&self, machine: &mut Machine<'_>, rest: usize) -> Result<(), Trouble> {
        machine.work(6 + self.places / 4)?;
        if self.far {
            self.count(machine, rest)
        } else {
            Ok(())
        }
    }
}

/// The places of a pattern (a bound on how many there are once counted repetitions are written out), and
/// whether it has both something without end and a choice.
fn weight(pattern: &str) -> (usize, bool) {
    let (mut stack, mut sum, mut last) = (Vec::new(), 1usize, 1usize);
    let (mut endless, mut choice, mut class) = (false, false, 0usize);
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
                if class == 0 {
                    last = 1;
                    sum = sum.saturating_add(1);
                }
            }
            '[' => {
                class += 1;
                if class == 1 {
                    last = 1;
                    sum = sum.saturating_add(1);
                }
            }
            ']' if class > 0 => class -= 1,
            _ if class > 0 => {}
            '(' => {
                choice = true;
                stack.push(sum);
                sum = 0;
            }
            ')' => {
                last = sum.max(1);
                sum = stack.pop().unwrap_or(1).saturating_add(last);
            }
            '*' | '+' => endless = true,
            '?' => {}
            '|' => choice = true,
            '{' => {
                let mut inner = String::new();
                for c in chars.by_ref() {
                    if c == '}' {
                        break;
                    }
                    inner.push(c);
                }
                endless |= inner.ends_with(',');
                let times = inner
                    .split(',')
                    .filter_map(|n| n.trim().parse::<usize>().ok())
                    .max()
                    .unwrap_or(1)
                    .max(1);
                sum = sum.saturating_add(last.saturating_mul(times - 1));
                last = last.saturating_mul(times);
            }
            _ => {
                last = 1;
                sum = sum.saturating_add(1);
            }
        }
    }
    (sum, endless && choice)
}

/// The pattern at one place and the flags at another, compiled.
fn compiled(
    machine: &mut Machine<'_>,
    args: &Args,
    at: usize,
    flags: Option<usize>,
) -> Result<Pattern, Trouble> {
    let pattern = args.string(at)?;
    let flags = match flags.and_then(|at| args.given(at).map(|_| at)) {
        Some(at) => args.string(at)?,
        None => "",
    };
    let key = format!("{flags}/{pattern}");
    machine.work(1 + pattern.len() / 64)?;
    if let Some((_, known)) = machine
        .evaluator
        .patterns()
        .iter()
        .find(|(known, _)| *known == key)
    {
        return Ok(known.clone());
    }
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
                return args.fail(
                    "the regular expression is not one of XPath, or it refers back to a group, which is not supported",
                );
            }
        }
    };
    let (places, far) = if has('q') {
        (1, false)
    } else {
        weight(&translated)
    };
    // Compiling costs far more than looking at a text, most of all for classes of Unicode.
    let letters = [r"\p", r"\P", r"\w", r"\W"];
    let place = if letters.iter().any(|class| translated.contains(class)) {
        2000
    } else if translated.contains(['\\', '[', '.']) {
        600
    } else {
        20
    };
    machine.work(2000 + translated.len() * 20 + places.min(PLACES) * place)?;
    if places > PLACES {
        return args.fail("the regular expression is too large");
    }
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
            let pattern = Pattern {
                regex: Arc::new(regex),
                places,
                far,
            };
            if machine.evaluator.patterns().len() == PATTERNS {
                machine.evaluator.patterns().remove(0);
            }
            machine.evaluator.patterns().push((key, pattern.clone()));
            Ok(pattern)
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
    let pattern = compiled(machine, args, 1, Some(2))?;
    pattern.count(machine, text.len())?;
    Ok(Value::Boolean(pattern.regex.is_match(text)))
}

pub(super) fn replace(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let (text, replacement) = (args.string(0)?, args.string(2)?);
    let pattern = compiled(machine, args, 1, Some(3))?;
    let regex = &pattern.regex;
    let literal = args
        .given(3)
        .and_then(Value::as_str)
        .is_some_and(|flags| flags.contains('q'));
    // Groups are kept track of at every place.
    for _ in 0..regex.captures_len() {
        pattern.count(machine, text.len())?;
    }
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
        // Counted before it is written: a replacement can be long and name a long group often.
        for _ in 0..regex.captures_len() {
            pattern.count_rest(machine, text.len() - whole.end())?;
        }
        machine.build(whole.start() - last)?;
        out.push_str(&text[last..whole.start()]);
        for part in &parts {
            match part {
                Part::Text(text) => {
                    machine.build(text.len())?;
                    out.push_str(text);
                }
                Part::Group(number) => {
                    // `$12` is group 1 and a 2 when there is no group 12.
                    let (mut group, mut digits) = (*number, String::new());
                    while group >= regex.captures_len() && group > 9 {
                        digits.insert(0, char::from(b'0' + (group % 10) as u8));
                        group /= 10;
                    }
                    let group = found.get(group).map_or("", |m| m.as_str());
                    machine.build(group.len() + digits.len())?;
                    out.push_str(group);
                    out.push_str(&digits);
                }
            }
        }
        last = whole.end();
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
    let pattern = compiled(machine, args, 1, None)?;
    pattern.count(machine, text.len())?;
    let mut parts = Vec::new();
    let mut rest = text.len();
    for part in pattern.regex.split(text) {
        rest = rest.saturating_sub(part.len());
        pattern.count_rest(machine, rest)?;
        parts.push(machine.string(part)?);
    }
    Ok(machine.list(parts)?)
}

pub(super) fn extract(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let text = args.string(0)?;
    let pattern = compiled(machine, args, 1, None)?;
    pattern.count(machine, text.len())?;
    let mut found = Vec::new();
    for part in pattern.regex.find_iter(text) {
        pattern.count_rest(machine, text.len() - part.end())?;
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
