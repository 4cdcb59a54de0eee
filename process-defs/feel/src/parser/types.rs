//! The types of `instance of` and of parameters.

use super::{Parsed, Parser};
use crate::lexer::Token;
use crate::types::Type;
use std::sync::Arc;

/// Types whose name has several words.
const SEVERAL_WORDS: [&str; 5] = [
    "date and time",
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
];

impl Parser<'_> {
    pub(super) fn type_name(&mut self) -> Parsed<Type> {
        self.deeper()?;
        let kind = self.any_type();
        self.depth -= 1;
        kind
    }

    fn any_type(&mut self) -> Parsed<Type> {
        let (name, generic) = match self.token() {
            Token::Name(name) => (name.clone(), matches!(self.ahead(1), Token::Sign("<"))),
            Token::Quoted(name) => (name.clone(), false),
            _ => return Err(self.error("the name of a type")),
        };
        match (name.as_str(), generic) {
            ("list", true) => Ok(Type::list(self.one_parameter()?)),
            ("range", true) => Ok(Type::range(self.one_parameter()?)),
            ("context", true) => self.context_type(),
            ("function", true) => self.function_type(),
            _ => self.plain_type(name),
        }
    }

    fn plain_type(&mut self, first: String) -> Parsed<Type> {
        if let Some((name, tokens)) = self.declared()
            && self.names.type_of(&name).is_some()
        {
            self.at += tokens;
            return Ok(self.type_of(name));
        }
        for name in SEVERAL_WORDS {
            let words: Vec<&str> = name.split(' ').collect();
            let here = |i: usize| matches!(self.ahead(i), Token::Name(word) if word == words[i]);
            if (0..words.len()).all(here) {
                for _ in 0..words.len() {
                    self.advance();
                }
                return Ok(Type::named(name).unwrap_or(Type::Any));
            }
        }
        self.advance();
        let mut name = first;
        // A qualified name of a type of the model: `people.Person`.
        while self.is(".") {
            self.advance();
            let part = self.single_name("the name of a type")?;
            name.push('.');
            name.push_str(&part);
        }
        Ok(self.type_of(name.into()))
    }

    /// What a name means: a type of the model, or one of FEEL.
    fn type_of(&self, name: Arc<str>) -> Type {
        match self.names.type_of(&name) {
            Some(kind) => kind.clone(),
            None => Type::named(&name).unwrap_or(Type::Unknown(name)),
        }
    }

    /// `list<number>`: the part in angle brackets.
    fn one_parameter(&mut self) -> Parsed<Type> {
        self.advance();
        self.expect("<")?;
        let kind = self.type_name()?;
        self.expect(">")?;
        Ok(kind)
    }

    fn context_type(&mut self) -> Parsed<Type> {
        self.advance();
        self.expect("<")?;
        let mut entries = Vec::new();
        if !self.is(">") {
            loop {
                let name = self.new_name("the name of an entry", ends_entry)?;
                self.expect(":")?;
                entries.push((name, self.type_name()?));
                if !self.take(",") {
                    break;
                }
            }
        }
        self.expect(">")?;
        Ok(Type::Context(entries.into()))
    }

    fn function_type(&mut self) -> Parsed<Type> {
        self.advance();
        self.expect("<")?;
        let mut parameters = Vec::new();
        if !self.is(">") {
            loop {
                parameters.push(self.type_name()?);
                if !self.take(",") {
                    break;
                }
            }
        }
        self.expect(">")?;
        self.expect("->")?;
        Ok(Type::function(parameters, self.type_name()?))
    }
}

fn ends_entry(token: &Token) -> bool {
    matches!(token, Token::Sign(":"))
}
