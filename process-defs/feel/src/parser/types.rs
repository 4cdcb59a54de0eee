//! The types of `instance of` and of parameters.

use super::{Parsed, Parser};
use crate::ast::Type;
use crate::lexer::Token;

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
            ("list", true) => Ok(Type::List(Box::new(self.one_parameter()?))),
            ("range", true) => Ok(Type::Range(Box::new(self.one_parameter()?))),
            ("context", true) => self.context_type(),
            ("function", true) => self.function_type(),
            _ => self.plain_type(name),
        }
    }

    fn plain_type(&mut self, first: String) -> Parsed<Type> {
        for name in SEVERAL_WORDS {
            let words: Vec<&str> = name.split(' ').collect();
            let here = |i: usize| matches!(self.ahead(i), Token::Name(word) if word == words[i]);
            if (0..words.len()).all(here) {
                for _ in 0..words.len() {
                    self.advance();
                }
                let name = match name {
                    "day time duration" => "days and time duration",
                    "year month duration" => "years and months duration",
                    name => name,
                };
                return Ok(Type::Plain(name.into()));
            }
        }
        self.advance();
        let mut name = first;
        // A qualified name of a type of the model: `people.Person`.
        while self.is(".") {
            self.advance();
            let part = self.new_name("the name of a type")?;
            name.push('.');
            name.push_str(&part);
        }
        Ok(Type::Plain(name.into()))
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
                let name = self.new_name("the name of an entry")?;
                self.expect(":")?;
                entries.push((name, self.type_name()?));
                if !self.take(",") {
                    break;
                }
            }
        }
        self.expect(">")?;
        Ok(Type::Context(entries))
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
        Ok(Type::Function(parameters, Box::new(self.type_name()?)))
    }
}
