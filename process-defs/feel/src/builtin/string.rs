//! Texts (DMN 1.5, 10.3.4.3; Camunda). Positions count characters from 1, or from the end if negative.

use super::{Args, Builtin, pattern};
use crate::evaluate::{Machine, Outcome, null};
use crate::value::{Number, Value, to_text};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "substring",
        signatures: &[&["string", "start position", "length?"]],
        about: "The part of a text from a position on, of a length if one is given.",
        examples: &[
            (r#"substring("foobar", 3)"#, r#""obar""#),
            (r#"substring("foobar", -2, 1)"#, r#""a""#),
        ],
        run: substring,
    },
    Builtin {
        name: "string length",
        signatures: &[&["string"]],
        about: "The number of characters.",
        examples: &[(r#"string length("Grüße")"#, "5")],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len() / 64)?;
            Ok(Value::Number(Number::from(text.chars().count())))
        },
    },
    Builtin {
        name: "upper case",
        signatures: &[&["string"]],
        about: "The text in upper case.",
        examples: &[(r#"upper case("aBc4")"#, r#""ABC4""#)],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len() / 8)?;
            machine.build(text.len())?;
            machine.string(text.to_uppercase())
        },
    },
    Builtin {
        name: "lower case",
        signatures: &[&["string"]],
        about: "The text in lower case.",
        examples: &[(r#"lower case("aBc4")"#, r#""abc4""#)],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len() / 8)?;
            machine.build(text.len())?;
            machine.string(text.to_lowercase())
        },
    },
    Builtin {
        name: "substring before",
        signatures: &[&["string", "match"]],
        about: "What stands before the first match; empty if there is none.",
        examples: &[(r#"substring before("foobar", "bar")"#, r#""foo""#)],
        run: |machine, args| {
            let (text, found) = (args.string(0)?, args.string(1)?);
            machine.work(text.len() / 64)?;
            machine.string(text.find(found).map_or("", |at| &text[..at]))
        },
    },
    Builtin {
        name: "substring after",
        signatures: &[&["string", "match"]],
        about: "What stands after the first match; empty if there is none.",
        examples: &[(r#"substring after("foobar", "ob")"#, r#""ar""#)],
        run: |machine, args| {
            let (text, found) = (args.string(0)?, args.string(1)?);
            machine.work(text.len() / 64)?;
            machine.string(text.find(found).map_or("", |at| &text[at + found.len()..]))
        },
    },
    Builtin {
        name: "contains",
        signatures: &[&["string", "match"]],
        about: "Whether a text contains another.",
        examples: &[(r#"contains("foobar", "ob")"#, "true")],
        run: |machine, args| {
            let (text, found) = (args.string(0)?, args.string(1)?);
            machine.work(text.len() / 64)?;
            Ok(Value::Boolean(text.contains(found)))
        },
    },
    Builtin {
        name: "starts with",
        signatures: &[&["string", "match"]],
        about: "Whether a text starts with another.",
        examples: &[(r#"starts with("foobar", "fo")"#, "true")],
        run: |machine, args| {
            let (text, start) = (args.string(0)?, args.string(1)?);
            machine.work(start.len() / 64)?;
            Ok(Value::Boolean(text.starts_with(start)))
        },
    },
    Builtin {
        name: "ends with",
        signatures: &[&["string", "match"]],
        about: "Whether a text ends with another.",
        examples: &[(r#"ends with("foobar", "r")"#, "true")],
        run: |machine, args| {
            let (text, end) = (args.string(0)?, args.string(1)?);
            machine.work(end.len() / 64)?;
            Ok(Value::Boolean(text.ends_with(end)))
        },
    },
    Builtin {
        name: "matches",
        signatures: &[&["input", "pattern", "flags?"]],
        about: "Whether a regular expression is found in a text; the flags are i, s, m, x and q.",
        examples: &[
            (r#"matches("foobar", "^fo*b")"#, "true"),
            (r#"matches("FOO", "foo", "i")"#, "true"),
        ],
        run: pattern::matches,
    },
    Builtin {
        name: "replace",
        signatures: &[&["input", "pattern", "replacement", "flags?"]],
        about: "The text with each match of a regular expression replaced; $1 is the first group.",
        examples: &[(
            r#"replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")"#,
            r#""[1=ab][2=]cd""#,
        )],
        run: pattern::replace,
    },
    Builtin {
        name: "split",
        signatures: &[&["string", "delimiter"]],
        about: "The parts of a text between the matches of a regular expression.",
        examples: &[(r#"split("John Doe", "\s")"#, r#"["John", "Doe"]"#)],
        run: pattern::split,
    },
    Builtin {
        name: "extract",
        signatures: &[&["string", "pattern"]],
        about: "All matches of a regular expression in a text.",
        examples: &[(
            r#"extract("this is 1234 and 5", "[0-9]+")"#,
            r#"["1234", "5"]"#,
        )],
        run: pattern::extract,
    },
    Builtin {
        name: "string join",
        signatures: &[
            &["list", "delimiter?"],
            &["list", "delimiter", "prefix", "suffix"],
        ],
        about: "The texts of a list joined into one; nulls are left out.",
        examples: &[
            (r#"string join(["a", null, "c"], ", ")"#, r#""a, c""#),
            (r#"string join(["a", "b"], ", ", "[", "]")"#, r#""[a, b]""#),
        ],
        run: string_join,
    },
    Builtin {
        name: "trim",
        signatures: &[&["string"]],
        about: "The text without blanks at its ends.",
        examples: &[(r#"trim("  a b ")"#, r#""a b""#)],
        run: |machine, args| machine.string(args.string(0)?.trim()),
    },
    Builtin {
        name: "is blank",
        signatures: &[&["string"]],
        about: "Whether the text is empty or has nothing but blanks.",
        examples: &[(r#"is blank(" ")"#, "true")],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len() / 64)?;
            Ok(Value::Boolean(text.trim().is_empty()))
        },
    },
    Builtin {
        name: "to base64",
        signatures: &[&["value"]],
        about: "The text in base64 (RFC 4648).",
        examples: &[(r#"to base64("FEEL")"#, r#""RkVFTA==""#)],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len() / 8)?;
            machine.string(to_base64(text.as_bytes()))
        },
    },
    Builtin {
        name: "from base64",
        signatures: &[&["value"]],
        about: "The text that a base64 text holds.",
        examples: &[(r#"from base64("RkVFTA==")"#, r#""FEEL""#)],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len() / 2)?;
            match from_base64(text).and_then(|bytes| String::from_utf8(bytes).ok()) {
                Some(text) => machine.string(text),
                None => args.fail("the text is not base64 of a text"),
            }
        },
    },
    Builtin {
        name: "uuid",
        signatures: &[&[]],
        about: "A random UUID (RFC 9562, version 4) from the seed of the evaluation.",
        examples: &[("string length(uuid())", "36")],
        run: |machine, _| {
            machine.work(10)?;
            let bits = (u128::from(machine.random()) << 64) | u128::from(machine.random());
            // Version 4, variant 10.
            let bits = (bits & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
            let hex = format!("{bits:032x}");
            machine.string(format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            ))
        },
    },
];

fn substring(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let text = args.string(0)?;
    let start = args.integer(1)?;
    machine.work(text.len() / 16)?;
    let length = text.chars().count() as i64;
    let from = match start {
        0 => return args.fail("positions count from 1"),
        1.. => start - 1,
        _ => length + start,
    };
    if from < 0 {
        return args.fail("the start lies before the text");
    }
    let wanted = match args.given(2) {
        None => length,
        Some(_) => args.integer(2)?,
    };
    if wanted < 1 && args.given(2).is_some() {
        return args.fail("the length is less than 1");
    }
    let part: String = text
        .chars()
        .skip(from as usize)
        .take(wanted as usize)
        .collect();
    machine.string(part)
}

fn string_join(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let optional = |at: usize| match args.given(at) {
        None => Ok(""),
        Some(_) => args.string(at),
    };
    let (delimiter, prefix, suffix) = (optional(1)?, optional(2)?, optional(3)?);
    let mut joined = String::from(prefix);
    let mut first = true;
    for item in args.list(machine, 0)? {
        match item {
            Value::Null => continue,
            Value::String(text) => {
                if !first {
                    joined.push_str(delimiter);
                }
                machine.build(text.len() + delimiter.len())?;
                joined.push_str(text);
                first = false;
            }
            other => {
                return null(format!(
                    "\"string join\" needs texts, but there is a {}: {}.",
                    other.type_name(),
                    super::conversion::shortened(&to_text_of_plain(other))
                ));
            }
        }
    }
    joined.push_str(suffix);
    machine.string(joined)
}

/// A plain value for a message; of nested ones only the type.
fn to_text_of_plain(value: &Value) -> String {
    match value {
        Value::List(_) | Value::Context(_) | Value::Range(_) | Value::Function(_) => {
            "...".to_owned()
        }
        plain => to_text(plain),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0u32, |n, b| (n << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(char::from(
                    ALPHABET[(bits >> (18 - 6 * place)) as usize & 63],
                ));
            } else {
                out.push('=');
            }
        }
    }
    out
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let padding = digits.iter().rev().take_while(|b| **b == b'=').count();
    if padding > 2 {
        return None;
    }
    let digits = &digits[..digits.len() - padding];
    let mut out = Vec::with_capacity(digits.len());
    for chunk in digits.chunks(4) {
        let mut bits = 0u32;
        for digit in chunk {
            bits = (bits << 6) | ALPHABET.iter().position(|a| a == digit)? as u32;
        }
        bits <<= 6 * (4 - chunk.len());
        out.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    Some(out)
}
