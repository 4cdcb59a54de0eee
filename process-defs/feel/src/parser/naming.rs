//! Names: where they are introduced, and which one stands at a place.

use super::{Parsed, Parser};
use crate::lexer::{KEYWORDS, Token};
use crate::names::may_be_part;
use std::sync::Arc;

/// Keywords that may stand within a name of several words where it is introduced (`date of birth`).
const WITHIN: [&str; 3] = ["of", "and", "or"];

impl Parser<'_> {
    /// A name where a variable, parameter or iterator is introduced; of several words only if what
    /// follows them is `ends`.
    pub(super) fn new_name(&mut self, what: &str, ends: fn(&Token) -> bool) -> Parsed<Arc<str>> {
        if let Some((name, tokens)) = self.declared()
            && ends(self.ahead(tokens))
        {
            self.at += tokens;
            return Ok(name);
        }
        let plain = matches!(self.token(), Token::Name(name) if !KEYWORDS.contains(&name.as_str()));
        let mut tokens = 1;
        while plain && !ends(self.ahead(tokens)) && self.continues_name(tokens) {
            tokens += 1;
        }
        if plain && tokens > 1 && ends(self.ahead(tokens)) {
            return Ok(self.joined(tokens).into());
        }
        self.single_name(what)
    }

    /// Whether the token so far ahead may belong to a name that is being introduced.
    fn continues_name(&self, by: usize) -> bool {
        let lexeme = &self.lexemes[(self.at + by).min(self.lexemes.len() - 1)];
        let keyword = matches!(&lexeme.token, Token::Name(word)
            if KEYWORDS.contains(&word.as_str()) && !WITHIN.contains(&word.as_str()));
        may_be_part(lexeme) && !keyword
    }

    /// A name of one token.
    pub(super) fn single_name(&mut self, what: &str) -> Parsed<Arc<str>> {
        let name: Arc<str> = match self.token() {
            Token::Name(name) if !KEYWORDS.contains(&name.as_str()) => name.as_str().into(),
            Token::Quoted(name) => name.as_str().into(),
            _ => return Err(self.error(what)),
        };
        self.advance();
        Ok(name)
    }

    /// The text of the next tokens, with single blanks where there are any; goes past them.
    pub(super) fn joined(&mut self, tokens: usize) -> String {
        let mut name = String::new();
        let mut end = self.offset();
        for _ in 0..tokens {
            let lexeme = &self.lexemes[self.at];
            if lexeme.start > end {
                name.push(' ');
            }
            name.push_str(&self.text[lexeme.start as usize..lexeme.end as usize]);
            end = lexeme.end;
            self.advance();
        }
        name
    }

    /// The longest name of several tokens that stands here, and how many they are.
    pub(super) fn declared(&self) -> Option<(Arc<str>, usize)> {
        let entries = (self.filters > 0).then_some(&self.entries);
        self.longest_of([Some(&self.locals), Some(self.names.table()), entries])
    }

    /// The same after a point, where entries are meant.
    pub(super) fn declared_entry(&self) -> Option<(Arc<str>, usize)> {
        self.longest_of([Some(&self.entries), Some(self.names.table()), None])
    }

    fn longest_of(&self, tables: [Option<&crate::names::Table>; 3]) -> Option<(Arc<str>, usize)> {
        let mut best: Option<(Arc<str>, usize)> = None;
        for table in tables.into_iter().flatten().filter(|t| !t.is_empty()) {
            if let Some(found) = table.longest_at(self.text, &self.lexemes[self.at..])
                && best.as_ref().is_none_or(|(_, tokens)| found.1 > *tokens)
            {
                best = Some(found);
            }
        }
        best
    }

    /// Brings a name into scope until `leave`.
    pub(super) fn introduce(&mut self, name: &Arc<str>) {
        if let Some(key) = self.locals.add(name) {
            self.scope.push(key);
        }
    }

    /// The scope as it is: what `leave` goes back to.
    pub(super) fn scope_mark(&self) -> usize {
        self.scope.len()
    }

    /// Takes the names out of scope that were introduced since the mark.
    pub(super) fn leave(&mut self, mark: usize) {
        while self.scope.len() > mark {
            if let Some(key) = self.scope.pop() {
                self.locals.remove(&key);
            }
        }
    }

    /// Notes the name of an entry of a context: filters and paths may mean it.
    pub(super) fn note_entry(&mut self, name: &Arc<str>) {
        self.entries.add(name);
    }
}
