//! `if`, `for`, `some`, `every` and function definitions.

use super::{Parsed, Parser};
use crate::ast::{Expr, Iterator, Kind, Parameter};
use crate::lexer::Token;

impl Parser<'_> {
    pub(super) fn if_form(&mut self) -> Parsed {
        // `else if` after `else if` is a chain, not a nesting: read one after another, put together
        // from the end.
        let mut steps = Vec::new();
        while self.is_word("if") {
            let at = self.offset();
            self.advance();
            let condition = self.expression()?;
            self.expect_word("then")?;
            let yes = self.expression()?;
            self.expect_word("else")?;
            steps.push((at, condition, yes));
        }
        let mut no = self.expression()?;
        for (at, condition, yes) in steps.into_iter().rev() {
            let below = condition.height.max(yes.height).max(no.height);
            let kind = Kind::If(Box::new(condition), Box::new(yes), Box::new(no));
            no = self.node(kind, at, below)?;
        }
        Ok(no)
    }

    pub(super) fn for_form(&mut self) -> Parsed {
        let at = self.offset();
        self.expect_word("for")?;
        let mark = self.scope_mark();
        let iterators = self.iterators()?;
        self.expect_word("return")?;
        let body = self.expression()?;
        self.leave(mark);
        let below = height(&iterators, &body);
        self.node(Kind::For(iterators, Box::new(body)), at, below)
    }

    pub(super) fn quantified(&mut self) -> Parsed {
        let at = self.offset();
        let every = self.is_word("every");
        self.advance();
        let mark = self.scope_mark();
        let iterators = self.iterators()?;
        self.expect_word("satisfies")?;
        let body = self.expression()?;
        self.leave(mark);
        let below = height(&iterators, &body);
        let body = Box::new(body);
        let kind = if every {
            Kind::Every(iterators, body)
        } else {
            Kind::Some(iterators, body)
        };
        self.node(kind, at, below)
    }

    fn iterators(&mut self) -> Parsed<Vec<Iterator>> {
        let mut iterators = Vec::new();
        loop {
            let name = self.new_name("a name for the items", is_in)?;
            self.expect_word("in")?;
            let over = self.expression()?;
            let end = if self.take("..") {
                Some(self.expression()?)
            } else {
                None
            };
            self.introduce(&name);
            iterators.push(Iterator { name, over, end });
            // A comma may be missing only in older texts (`some x in a y in b`); we want it.
            if !self.take(",") {
                return Ok(iterators);
            }
        }
    }

    pub(super) fn function(&mut self) -> Parsed {
        let at = self.offset();
        self.expect_word("function")?;
        self.expect("(")?;
        let mark = self.scope_mark();
        let mut parameters: Vec<Parameter> = Vec::new();
        if !self.take(")") {
            loop {
                let name = self.new_name("the name of a parameter", ends_parameter)?;
                let kind = if self.take(":") {
                    Some(self.type_name()?)
                } else {
                    None
                };
                self.introduce(&name);
                parameters.push(Parameter { name, kind });
                if !self.take(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        if self.is_word("external") {
            return Err(self.error("an expression (functions of other languages are not run)"));
        }
        let body = self.expression()?;
        self.leave(mark);
        let below = body.height;
        self.node(Kind::Function(parameters, Box::new(body)), at, below)
    }
}

fn is_in(token: &Token) -> bool {
    matches!(token, Token::Name(word) if word == "in")
}

fn ends_parameter(token: &Token) -> bool {
    matches!(token, Token::Sign(":" | "," | ")"))
}

fn height(iterators: &[Iterator], body: &Expr) -> u16 {
    iterators
        .iter()
        .flat_map(|i| [i.over.height, i.end.as_ref().map_or(0, |end| end.height)])
        .fold(body.height, u16::max)
}
