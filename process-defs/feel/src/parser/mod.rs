//! Tokens into a syntax tree: by precedence (DMN 1.5, 10.3.1.2 and 10.3.1.3), never by what is in scope.
//!
//! From weak to strong: `or`, `and`, comparisons with `between`, `in` and `instance of`, `+ -`, `* /`,
//! `**`, the minus sign, then paths, filters and calls. `if`, `for`, `some`, `every` and `function` reach
//! as far to the right as they can.

mod cells;
mod forms;
mod naming;
mod primary;
mod types;

use crate::ast::{Arithmetic, Comparison, Expr, Kind};
use crate::error::{SyntaxError, position};
use crate::lexer::{Lexeme, Token, lex};
use crate::names::{Names, Table};
use crate::types::Type;

/// How high a syntax tree may be, chains of operators (`a + b + c`) included. What walks one recurses so
/// deep at most.
const HIGHEST: u16 = 200;

/// How deeply brackets and forms may be nested: the parser recurses so deep at most, and that must fit
/// a stack of 512 KiB in a build without optimisation, too.
const DEEPEST: u16 = 50;

const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const ADDITION: u8 = 4;
const MULTIPLICATION: u8 = 5;
const POWER: u8 = 6;

pub(crate) struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Lexeme>,
    at: usize,
    depth: u16,
    /// What the model declares.
    names: &'a Names,
    /// What the expression itself declares, where it is in scope; and the entries of all contexts so
    /// far, which filters and paths may mean.
    locals: Table,
    scope: Vec<String>,
    entries: Table,
    filters: u16,
}

type Parsed<T = Expr> = Result<T, SyntaxError>;

/// A whole expression.
pub(crate) fn parse(text: &str, names: &Names) -> Parsed {
    whole(text, names, Parser::outermost)
}

/// The cell of a decision table: `-`, tests with commas between, or `not(` tests `)`.
pub(crate) fn parse_unary_tests(text: &str, names: &Names) -> Parsed {
    whole(text, names, Parser::unary_tests)
}

/// The name of a type.
pub(crate) fn parse_type(text: &str, names: &Names) -> Parsed<Type> {
    whole(text, names, Parser::type_name)
}

fn whole<'a, T>(
    text: &'a str,
    names: &'a Names,
    read: fn(&mut Parser<'a>) -> Parsed<T>,
) -> Parsed<T> {
    let mut parser = Parser {
        text,
        lexemes: lex(text)?,
        at: 0,
        depth: 0,
        names,
        locals: Table::default(),
        scope: Vec::new(),
        entries: Table::default(),
        filters: 0,
    };
    let read = read(&mut parser)?;
    parser.end()?;
    Ok(read)
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        &self.lexemes[self.at].token
    }

    fn ahead(&self, by: usize) -> &Token {
        &self.lexemes[(self.at + by).min(self.lexemes.len() - 1)].token
    }

    fn offset(&self) -> u32 {
        self.lexemes[self.at].start
    }

    /// Where the token before this one ended.
    fn last_end(&self) -> u32 {
        self.at
            .checked_sub(1)
            .map_or(0, |before| self.lexemes[before].end)
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token(), Token::Sign(s) if *s == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.token(), Token::Name(name) if name == word)
    }

    /// Goes past a sign if it stands here.
    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        if found {
            self.advance();
        }
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.error(&format!("\"{sign}\"")))
        }
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) {
            Ok(())
        } else {
            Err(self.error(&format!("\"{word}\"")))
        }
    }

    fn end(&self) -> Parsed<()> {
        match self.token() {
            Token::End => Ok(()),
            Token::Sign("==") => Err(self.error("\"=\" to compare")),
            _ => Err(self.error("an operator or the end")),
        }
    }

    fn error(&self, expected: &str) -> SyntaxError {
        self.error_at(self.at, expected)
    }

    fn error_at(&self, at: usize, expected: &str) -> SyntaxError {
        let lexeme = &self.lexemes[at];
        let (line, column) = position(self.text, lexeme.start as usize);
        let found = match &lexeme.token {
            Token::End => "the end".to_owned(),
            _ => {
                let source = &self.text[lexeme.start as usize..lexeme.end as usize];
                let short: String = source.chars().take(40).collect();
                if source.starts_with('"') {
                    short
                } else {
                    format!("\"{short}\"")
                }
            }
        };
        SyntaxError {
            line,
            column,
            expected: expected.to_owned(),
            found,
        }
    }

    fn too_deep(&self, at: u32) -> SyntaxError {
        let (line, column) = position(self.text, at as usize);
        SyntaxError {
            line,
            column,
            expected: format!(
                "at most {DEEPEST} levels of nesting and {HIGHEST} operators in a row"
            ),
            found: "more".to_owned(),
        }
    }

    /// One level of nesting more; whoever calls this takes it back at its end.
    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            Err(self.too_deep(self.offset()))
        } else {
            Ok(())
        }
    }

    /// A node above others of the given height.
    fn node(&self, kind: Kind, at: u32, below: u16) -> Parsed {
        let height = below + 1;
        if height > HIGHEST {
            Err(self.too_deep(at))
        } else {
            Ok(Expr {
                kind,
                at,
                end: self.last_end(),
                height,
            })
        }
    }

    fn leaf(&self, kind: Kind, at: u32) -> Expr {
        Expr {
            kind,
            at,
            end: self.last_end(),
            height: 1,
        }
    }

    /// Any expression within another. A comparison without its left side is one (DMN 1.5, 10.3.1.2, rule 2).
    fn expression(&mut self) -> Parsed {
        self.test()
    }

    /// A whole text. There `> 5` is rather a condition whose left side was forgotten.
    fn outermost(&mut self) -> Parsed {
        self.binary(0)
    }

    /// An expression of operators that bind more strongly than `weakest`.
    fn binary(&mut self, weakest: u8) -> Parsed {
        self.deeper()?;
        let mut left = self.unary()?;
        while let Some(operator) = self
            .operator()
            .filter(|operator| operator.strength() > weakest)
        {
            left = self.apply(operator, left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The operator that stands here, if any.
    fn operator(&self) -> Option<Operator> {
        Some(match self.token() {
            Token::Sign(sign) => match *sign {
                "+" => Operator::Arithmetic(Arithmetic::Add),
                "-" => Operator::Arithmetic(Arithmetic::Subtract),
                "*" => Operator::Arithmetic(Arithmetic::Multiply),
                "/" => Operator::Arithmetic(Arithmetic::Divide),
                "**" => Operator::Arithmetic(Arithmetic::Power),
                _ => Operator::Compare(self.comparison()?),
            },
            Token::Name(name) => match name.as_str() {
                "and" => Operator::And,
                "or" => Operator::Or,
                "between" => Operator::Between,
                "in" => Operator::In,
                "instance" => Operator::InstanceOf,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn comparison(&self) -> Option<Comparison> {
        Some(match self.token() {
            Token::Sign("=") => Comparison::Equal,
            Token::Sign("!=") => Comparison::NotEqual,
            Token::Sign("<") => Comparison::Less,
            Token::Sign("<=") => Comparison::LessOrEqual,
            Token::Sign(">") => Comparison::Greater,
            Token::Sign(">=") => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    fn apply(&mut self, operator: Operator, left: Expr) -> Parsed {
        let at = self.offset();
        self.advance();
        match operator {
            Operator::And | Operator::Or => self.chain(operator, left, at),
            Operator::Arithmetic(arithmetic) => {
                let right = self.binary(operator.strength())?;
                let below = left.height.max(right.height);
                self.node(
                    Kind::Arithmetic(arithmetic, Box::new(left), Box::new(right)),
                    at,
                    below,
                )
            }
            Operator::Compare(comparison) => {
                let right = match comparison {
                    // `range = >= 2`
                    Comparison::Equal | Comparison::NotEqual => self.test_or(COMPARISON)?,
                    _ => self.binary(COMPARISON)?,
                };
                let below = left.height.max(right.height);
                self.node(
                    Kind::Compare(comparison, Box::new(left), Box::new(right)),
                    at,
                    below,
                )
            }
            Operator::Between => {
                let low = self.binary(COMPARISON)?;
                self.expect_word("and")?;
                let high = self.binary(COMPARISON)?;
                let below = left.height.max(low.height).max(high.height);
                self.node(
                    Kind::Between(Box::new(left), Box::new(low), Box::new(high)),
                    at,
                    below,
                )
            }
            Operator::In => {
                let tests = self.in_tests()?;
                let below = tests.iter().map(|t| t.height).fold(left.height, u16::max);
                self.node(Kind::In(Box::new(left), tests), at, below)
            }
            Operator::InstanceOf => {
                self.expect_word("of")?;
                let kind = self.type_name()?;
                let below = left.height;
                self.node(Kind::InstanceOf(Box::new(left), kind), at, below)
            }
        }
    }

    /// `a and b and c` as one node.
    fn chain(&mut self, operator: Operator, left: Expr, at: u32) -> Parsed {
        let (word, strength) = if matches!(operator, Operator::And) {
            ("and", AND)
        } else {
            ("or", OR)
        };
        let mut below = left.height;
        let mut parts = vec![left];
        loop {
            let part = self.binary(strength)?;
            below = below.max(part.height);
            parts.push(part);
            if !self.take_word(word) {
                break;
            }
        }
        self.node(
            if word == "and" {
                Kind::And(parts)
            } else {
                Kind::Or(parts)
            },
            at,
            below,
        )
    }

    /// A minus sign (which binds more strongly than `**`: `-5 ** 2` is 25), or no sign.
    fn unary(&mut self) -> Parsed {
        let at = self.offset();
        let mut signs = 0u16;
        while self.take("-") {
            signs += 1;
            if signs > HIGHEST {
                return Err(self.too_deep(at));
            }
        }
        let mut expr = self.postfix()?;
        for _ in 0..signs {
            let below = expr.height;
            expr = self.node(Kind::Negate(Box::new(expr)), at, below)?;
        }
        Ok(expr)
    }
}

#[derive(Clone, Copy)]
enum Operator {
    Or,
    And,
    Compare(Comparison),
    Between,
    In,
    InstanceOf,
    Arithmetic(Arithmetic),
}

impl Operator {
    fn strength(self) -> u8 {
        match self {
            Operator::Or => OR,
            Operator::And => AND,
            Operator::Compare(_) | Operator::Between | Operator::In | Operator::InstanceOf => {
                COMPARISON
            }
            Operator::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => ADDITION,
            Operator::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide) => MULTIPLICATION,
            Operator::Arithmetic(Arithmetic::Power) => POWER,
        }
    }
}
