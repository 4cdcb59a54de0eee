//! Text into tokens (DMN 1.5, 10.3.1.2). Which variables exist plays no part.

use crate::error::{SyntaxError, position};
use crate::value::{Number, Value};

/// Texts longer than this are no expressions.
const LONGEST: usize = 1024 * 1024;

/// Names (or their parts) of more bytes are none: messages repeat names.
const LONGEST_NAME: usize = 1000;
const NAME_WANTED: &str = "a name of at most 1000 bytes";

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Number(Number),
    String(String),
    /// `@"2026-01-05"`, already read.
    At(Value),
    /// A name or keyword.
    Name(String),
    /// A name in back-quotes: never a keyword.
    Quoted(String),
    /// Operators and brackets, by their text.
    Sign(&'static str),
    End,
}

#[derive(Clone, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Longer signs first. The apostrophe is for names only (`Mother's Maiden Name`).
const SIGNS: [&str; 27] = [
    "**", "..", "!=", "<=", ">=", "->", "==", "+", "-", "*", "/", "=", "<", ">", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", "?", "!", ";", "'",
];

/// Words that cannot be names unless in back-quotes.
pub(crate) const KEYWORDS: [&str; 19] = [
    "if",
    "then",
    "else",
    "for",
    "return",
    "in",
    "some",
    "every",
    "satisfies",
    "and",
    "or",
    "between",
    "instance",
    "of",
    "function",
    "external",
    "true",
    "false",
    "null",
];

/// Whether a name can stand without back-quotes or double quotes.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(starts_name) && chars.all(in_name) && !KEYWORDS.contains(&name)
}

/// What separates tokens (DMN 1.5, grammar rules 61 and 62), although some of it could be in a name.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{180E}' | '\u{200B}')
}

fn starts_name(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        c if c.is_ascii() => false,
        // DMN 1.5, grammar rule 28.
        '\u{C0}'..='\u{D6}'
        | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}' => !is_blank(c),
        _ => false,
    }
}

fn in_name(c: char) -> bool {
    starts_name(c)
        || c.is_ascii_digit()
        || matches!(c, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// All tokens of a text, the last one `End`.
pub(crate) fn lex(text: &str) -> Result<Vec<Lexeme>, SyntaxError> {
    let mut lexer = Lexer { text, at: 0 };
    if text.len() > LONGEST {
        return Err(lexer.error(0, "an expression of at most 1 MiB", "a longer text"));
    }
    let mut lexemes = Vec::with_capacity(text.len() / 4 + 2);
    loop {
        lexer.skip_blank()?;
        let start = lexer.at;
        let token = lexer.next()?;
        let done = token == Token::End;
        lexemes.push(Lexeme {
            token,
            start: start as u32,
            end: lexer.at as u32,
        });
        if done {
            return Ok(lexemes);
        }
    }
}

impl Lexer<'_> {
    fn error(&self, at: usize, expected: &str, found: &str) -> SyntaxError {
        let (line, column) = position(self.text, at);
        SyntaxError {
            line,
            column,
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_blank(&mut self) -> Result<(), SyntaxError> {
        loop {
            let rest = self.rest();
            let blank: usize = rest
                .chars()
                .take_while(|c| is_blank(*c))
                .map(char::len_utf8)
                .sum();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => self.at += end + 2,
                    None => {
                        return Err(self.error(
                            self.at,
                            "\"*/\" at the end of the comment",
                            "the end",
                        ));
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<Token, SyntaxError> {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            return Ok(Token::End);
        };
        let second = rest.as_bytes().get(1).copied().unwrap_or(0);
        if first.is_ascii_digit() || (first == '.' && second.is_ascii_digit()) {
            return self.number();
        }
        if starts_name(first) {
            let length: usize = rest
                .chars()
                .take_while(|c| in_name(*c))
                .map(char::len_utf8)
                .sum();
            if length > LONGEST_NAME {
                return Err(self.error(self.at, NAME_WANTED, "a longer one"));
            }
            self.at += length;
            return Ok(Token::Name(rest[..length].to_owned()));
        }
        match first {
            '"' => self.string().map(Token::String),
            '`' => {
                let end = rest[1..]
                    .find('`')
                    .filter(|end| *end > 0)
                    .ok_or_else(|| self.error(self.at, "a name in back-quotes", "\"`\""))?;
                if end > LONGEST_NAME {
                    return Err(self.error(self.at, NAME_WANTED, "a longer one"));
                }
                self.at += end + 2;
                Ok(Token::Quoted(rest[1..=end].to_owned()))
            }
            '@' => self.at_literal(),
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => {
                    self.at += sign.len();
                    Ok(Token::Sign(sign))
                }
                None => Err(self.error(self.at, "an expression", &format!("\"{first}\""))),
            },
        }
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let mut length = digits(0);
        if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
            length += 1 + digits(length + 1);
        }
        if let Some(b'e' | b'E') = bytes.get(length) {
            let signed = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            let exponent = bytes
                .get(length + 1 + signed)
                .map_or(0, |_| digits(length + 1 + signed));
            if exponent > 0 {
                length += 1 + signed + exponent;
            }
        }
        let text = &self.rest()[..length];
        match text.parse() {
            Ok(number) => {
                self.at += length;
                Ok(Token::Number(number))
            }
            Err(_) => Err(self.error(self.at, "a number up to 10 to the power of 6144", text)),
        }
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let start = self.at;
        let mut out = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else {
                return Err(self.error(start, "a closing double quote", "the end of the text"));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out),
                '\\' => self.escape(&mut out)?,
                c => out.push(c),
            }
        }
    }

    /// After a backslash. What is no escape keeps its backslash, so regular expressions can be written
    /// plainly (`"\d+"`), as the conformance kit expects.
    fn escape(&mut self, out: &mut String) -> Result<(), SyntaxError> {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else {
            return Ok(());
        };
        let plain = match c {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            '"' | '\\' | '\'' => Some(c),
            _ => None,
        };
        if let Some(plain) = plain {
            self.at += 1;
            out.push(plain);
            return Ok(());
        }
        let wanted = match c {
            'u' => 4,
            'U' => 6,
            _ => {
                out.push('\\');
                return Ok(());
            }
        };
        let Some(mut code) = hexadecimal(rest, 1, wanted) else {
            out.push('\\');
            return Ok(());
        };
        let mut length = 1 + wanted;
        if (0xD800..0xDC00).contains(&code)
            && rest[length..].starts_with("\\u")
            && let Some(low) =
                hexadecimal(rest, length + 2, 4).filter(|n| (0xDC00..0xE000).contains(n))
        {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            length += 6;
        }
        let Some(c) = char::from_u32(code) else {
            return Err(self.error(
                self.at - 1,
                "a Unicode character",
                &format!("\"\\{}\"", &rest[..length]),
            ));
        };
        self.at += length;
        out.push(c);
        Ok(())
    }

    fn at_literal(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += 1;
        self.skip_blank()?;
        if !self.rest().starts_with('"') {
            return Err(self.error(
                start,
                "a date, time or duration like @\"2026-01-05\"",
                "\"@\"",
            ));
        }
        let text = self.string()?;
        match crate::builtin::temporal_from_text(&text) {
            Some(value) => Ok(Token::At(value)),
            None => Err(self.error(
                start,
                "a date, time, date and time or duration like @\"2026-01-05\"",
                &format!("@\"{text}\""),
            )),
        }
    }
}

/// The number that `count` hexadecimal digits make at byte `from`.
fn hexadecimal(text: &str, from: usize, count: usize) -> Option<u32> {
    let digits = text.get(from..from + count)?;
    digits
        .bytes()
        .all(|b| b.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        lex(text)
            .unwrap()
            .into_iter()
            .map(|lexeme| lexeme.token)
            .collect()
    }

    fn string(text: &str) -> String {
        match &tokens(text)[0] {
            Token::String(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_range_of_numbers_is_not_a_number_with_two_points() {
        let one = Token::Number(Number::ONE);
        assert_eq!(
            tokens("1..1"),
            [one.clone(), Token::Sign(".."), one, Token::End]
        );
    }

    #[test]
    fn escapes_are_read_and_other_backslashes_kept() {
        assert_eq!(
            string(r#""a\n\t\"\\\u00e9\U01F40E""#),
            "a\n\t\"\\é\u{1F40E}"
        );
        assert_eq!(string(r#""\ud83d\udc0e""#), "\u{1F40E}");
        assert_eq!(string(r#""\d+\p{Lu}""#), r"\d+\p{Lu}");
    }

    #[test]
    fn comments_are_blank() {
        assert_eq!(
            tokens("/* a */ 1 // b"),
            [Token::Number(Number::ONE), Token::End]
        );
    }

    #[test]
    fn an_unfinished_text_says_where_it_began() {
        let error = lex("1 +\n  \"abc").unwrap_err();
        assert_eq!((error.line, error.column), (2, 3));
    }
}
