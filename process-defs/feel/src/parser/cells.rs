//! Tests: after `in`, in the cells of decision tables, and comparisons without their left side.

use super::{COMPARISON, Parsed, Parser};
use crate::ast::{Expr, Kind};
use crate::lexer::Token;

impl Parser<'_> {
    /// Tests after `in`: one, or several in parentheses.
    pub(super) fn in_tests(&mut self) -> Parsed<Vec<Expr>> {
        if self.comparison().is_some() {
            return Ok(vec![self.test()?]);
        }
        if !self.is("(") {
            return Ok(vec![self.binary(COMPARISON)?]);
        }
        // `(1..5]` is one range; `(1, 5, > 9)` are three tests; `(1 + 2) * 3` is one value. Read once,
        // decided afterwards: going back would double the work with every nested `in`.
        let at = self.offset();
        self.advance();
        let first = self.test()?;
        if self.is("..") {
            return Ok(vec![self.range(first, false, at)?]);
        }
        let mut tests = vec![first];
        while self.take(",") {
            tests.push(self.test()?);
        }
        self.expect(")")?;
        if tests.len() == 1 {
            let mut value = self.followers(tests.remove(0), false)?;
            while let Some(operator) = self.operator().filter(|o| o.strength() > COMPARISON) {
                value = self.apply(operator, value)?;
            }
            tests.push(value);
        }
        Ok(tests)
    }

    fn test_list(&mut self) -> Parsed<Vec<Expr>> {
        let mut tests = vec![self.test()?];
        while self.take(",") {
            tests.push(self.test()?);
        }
        Ok(tests)
    }

    /// `> 5`, or any expression.
    pub(super) fn test(&mut self) -> Parsed {
        self.test_or(0)
    }

    /// `> 5`, or an expression of operators that bind more strongly than `weakest`.
    pub(super) fn test_or(&mut self, weakest: u8) -> Parsed {
        let at = self.offset();
        let Some(comparison) = self.comparison() else {
            return self.binary(weakest);
        };
        self.advance();
        let value = self.binary(COMPARISON)?;
        let below = value.height;
        self.node(Kind::Test(comparison, Box::new(value)), at, below)
    }

    pub(super) fn unary_tests(&mut self) -> Parsed {
        let at = self.offset();
        if self.is("-") && *self.ahead(1) == Token::End {
            self.advance();
            return Ok(self.leaf(
                Kind::UnaryTests {
                    negated: false,
                    tests: Vec::new(),
                },
                at,
            ));
        }
        let start = self.at;
        if self.is_word("not") && matches!(self.ahead(1), Token::Sign("(")) {
            self.advance();
            self.advance();
            if let Ok(tests) = self.test_list()
                && self.take(")")
                && *self.token() == Token::End
            {
                let below = tests.iter().map(|t| t.height).fold(0, u16::max);
                return self.node(
                    Kind::UnaryTests {
                        negated: true,
                        tests,
                    },
                    at,
                    below,
                );
            }
            self.at = start;
            self.depth = 0;
            self.filters = 0;
            self.leave(0);
        }
        let tests = self.test_list()?;
        let below = tests.iter().map(|t| t.height).fold(0, u16::max);
        self.node(
            Kind::UnaryTests {
                negated: false,
                tests,
            },
            at,
            below,
        )
    }
}
