//! Names with blanks and operators in them (DMN 1.5, 10.3.1.2 rules 27 to 29, and 10.3.1.4).
//!
//! `Monthly Salary`, `Pre-bureau risk category`, `a/b`: which words belong together is said by the model
//! that declares them, or by the expression itself, never by the variables that an evaluation is given.
//! A name is compared token by token, so blanks between its parts play no part (`a - b` is the name `a-b`
//! where that is declared; `(a) - (b)` subtracts), and the longest one that stands at a place is meant.

use crate::lexer::{Lexeme, Token, is_plain_name, lex};
use crate::types::Type;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Names of more parts need back-quotes where they are used.
const LONGEST: usize = 32;

/// The names and types that a model declares, for reading expressions of that model.
///
/// ```
/// use redthread_feel::{Context, Env, Expression, Names, Value};
/// let names: Names = ["Monthly Salary", "Pre-bureau risk category"].into_iter().collect();
/// let expression = Expression::parse_with("Monthly  Salary * 12", &names).unwrap();
/// let scope: Context = [("Monthly Salary", Value::from(1000))].into_iter().collect();
/// # let env = Env::new(redthread_calendar::Timestamp::EPOCH, redthread_calendar::Zone::UTC);
/// assert_eq!(expression.evaluate(&scope, &env).value, Value::from(12_000));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Names {
    table: Table,
    types: BTreeMap<Arc<str>, Type>,
}

impl Names {
    /// No names: only plain ones and those of built-ins can be read.
    pub fn new() -> Names {
        Names::default()
    }

    /// Declares a name: of a variable, of a component of one, of a function. A plain one needs no
    /// declaration. One with signs that no FEEL name has is left for back-quotes to name.
    pub fn declare(&mut self, name: &str) {
        self.table.add(&name.into());
    }

    /// Declares a type of the model, for `instance of` and parameters.
    pub fn declare_type(&mut self, name: &str, kind: Type) {
        let name: Arc<str> = name.into();
        self.table.add(&name);
        self.types.insert(name, kind);
    }

    /// The declared type of this name.
    pub fn type_of(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }
}

impl<N: AsRef<str>> FromIterator<N> for Names {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Names {
        let mut declared = Names::new();
        for name in names {
            declared.declare(name.as_ref());
        }
        declared
    }
}

/// Names of several tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// By their tokens with single blanks between; how often it was added, as scopes come and go.
    names: HashMap<String, (Arc<str>, usize)>,
    /// The most tokens of a name, by its first.
    longest: HashMap<String, usize>,
}

impl Table {
    /// Whether it holds nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds a name, if it has several tokens; the key to take it out again.
    pub(crate) fn add(&mut self, name: &Arc<str>) -> Option<String> {
        if is_plain_name(name) {
            return None;
        }
        let lexemes = lex(name).ok()?;
        let tokens = &lexemes[..lexemes.len() - 1];
        let first = matches!(tokens.first()?.token, Token::Name(_));
        if !first || tokens.len() < 2 || tokens.len() > LONGEST || !tokens.iter().all(may_be_part) {
            return None;
        }
        let words: Vec<&str> = tokens.iter().map(|lexeme| source(name, lexeme)).collect();
        let key = words.join(" ");
        let longest = self.longest.entry(words[0].to_owned()).or_default();
        *longest = (*longest).max(words.len());
        self.names
            .entry(key.clone())
            .or_insert_with(|| (name.clone(), 0))
            .1 += 1;
        Some(key)
    }

    /// Takes a name out that was added so often that this undoes the last time.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Some((_, times)) = self.names.get_mut(key) {
            *times -= 1;
            if *times == 0 {
                self.names.remove(key);
            }
        }
    }

    /// The longest name at the beginning of these tokens, and how many of them it takes.
    pub(crate) fn longest_at(&self, text: &str, lexemes: &[Lexeme]) -> Option<(Arc<str>, usize)> {
        let first = lexemes.first()?;
        if self.names.is_empty() || !matches!(first.token, Token::Name(_)) {
            return None;
        }
        let mut key = source(text, first).to_owned();
        let most = *self.longest.get(&key)?;
        let mut best = None;
        for (i, lexeme) in lexemes.iter().enumerate().take(most).skip(1) {
            if !may_be_part(lexeme) {
                break;
            }
            key.push(' ');
            key.push_str(source(text, lexeme));
            if let Some((name, _)) = self.names.get(&key) {
                best = Some((name.clone(), i + 1));
            }
        }
        best
    }
}

/// Whether a token may be part of a name: words, digits and the additional name symbols.
pub(crate) fn may_be_part(lexeme: &Lexeme) -> bool {
    match lexeme.token {
        Token::Name(_) | Token::Number(_) => true,
        Token::Sign(sign) => matches!(sign, "." | "/" | "-" | "'" | "+" | "*" | "**" | "?"),
        _ => false,
    }
}

fn source<'t>(text: &'t str, lexeme: &Lexeme) -> &'t str {
    &text[lexeme.start as usize..lexeme.end as usize]
}

/// Whether a built-in has this name.
pub fn is_builtin(name: &str) -> bool {
    crate::builtin::find(name).is_some()
}

/// The candidate that somebody may have meant who wrote this name: the nearest by letters left out, put in,
/// changed or swapped, at most a third of them; upper and lower case count as the same.
///
/// ```
/// use redthread_feel::closest;
/// assert_eq!(closest("amout", ["status", "amount"]), Some("amount"));
/// assert_eq!(closest("colour", ["status", "amount"]), None);
/// ```
pub fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let letters = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_lowercase).collect() };
    let written = letters(name);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().filter(|c| *c != name) {
        let meant = letters(candidate);
        let most = written.len().max(meant.len()) / 3;
        // Names of novels' length are not what anybody mistypes.
        if meant.len().abs_diff(written.len()) > most || meant.len() > 100 || written.len() > 100 {
            continue;
        }
        let steps = steps_between(&written, &meant);
        if steps <= most && best.is_none_or(|(least, _)| steps < least) {
            best = Some((steps, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The distance of Damerau and Levenshtein, each place changed at most once.
fn steps_between(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let change = above[j] + usize::from(x != y);
            let mut least = change.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_was_meant_is_the_nearest_one() {
        let names = [
            "amount",
            "account",
            "status",
            "Monthly Salary",
            "string length",
        ];
        let meant = |name: &str| closest(name, names);
        assert_eq!(meant("amuont"), Some("amount"));
        assert_eq!(meant("Amount"), Some("amount"));
        assert_eq!(meant("acccount"), Some("account"));
        assert_eq!(meant("Monthly Salery"), Some("Monthly Salary"));
        assert_eq!(meant("stringlength"), Some("string length"));
        assert_eq!(meant("price"), None);
        assert_eq!(meant("x"), None);
    }

    #[test]
    fn the_names_of_an_expression_are_those_that_must_come_from_outside() {
        let names = |text: &str| -> Vec<String> {
            let expression = crate::Expression::parse(text).unwrap();
            expression.names().iter().map(|n| n.to_string()).collect()
        };
        assert_eq!(
            names("amount > limit and status = \"open\""),
            ["amount", "limit", "status"]
        );
        // A function that nobody defines is one of them, a built-in that is called is not.
        assert_eq!(names("discount(count(lines))"), ["discount", "lines"]);
        assert_eq!(names("for x in xs return x + partial[-1]"), ["xs"]);
        assert_eq!(names("{a: b, c: a}.c"), ["b"]);
        assert_eq!(names("(function(a) a + b)(1)"), ["b"]);
        assert_eq!(names("lines[price > 1]"), ["lines", "price"]);
        assert!(is_builtin("string length") && !is_builtin("discount"));
    }
}
