//! What operators stand between: literals, names, brackets, and the paths, filters and calls after them.

use super::{Parsed, Parser};
use crate::ast::{Arguments, Expr, Kind};
use crate::lexer::{KEYWORDS, Token};
use crate::names::may_be_part;
use std::sync::Arc;

impl Parser<'_> {
    /// A primary with everything that follows it directly.
    pub(super) fn postfix(&mut self) -> Parsed {
        let expr = self.primary()?;
        self.followers(expr, false)
    }

    /// `range_end`: a `[` may close a range here (`]1..5[`).
    pub(super) fn followers(&mut self, mut expr: Expr, range_end: bool) -> Parsed {
        loop {
            let at = self.offset();
            if self.is(".") {
                self.advance();
                let name = self.member()?;
                let below = expr.height;
                expr = self.node(Kind::Path(Box::new(expr), name), at, below)?;
            } else if self.is("[") && !(range_end && self.closes_range()) {
                self.advance();
                self.filters += 1;
                let filter = self.expression()?;
                self.filters -= 1;
                self.expect("]")?;
                let below = expr.height.max(filter.height);
                expr = self.node(Kind::Filter(Box::new(expr), Box::new(filter)), at, below)?;
            } else if self.is("(") {
                let arguments = self.arguments()?;
                let heights = match &arguments {
                    Arguments::Positional(list) => list.iter().map(|e| e.height).max(),
                    Arguments::Named(list) => list.iter().map(|(_, e)| e.height).max(),
                };
                let below = expr.height.max(heights.unwrap_or(0));
                let at = expr.at;
                expr = self.node(Kind::Call(Box::new(expr), arguments), at, below)?;
            } else {
                return Ok(expr);
            }
        }
    }

    /// Whether the `[` here closes a range instead of opening a filter: it does unless it has a partner
    /// that is itself followed by a bracket that can close the range.
    fn closes_range(&self) -> bool {
        let mut open = 0usize;
        let mut at = self.at;
        loop {
            match &self.lexemes[at].token {
                Token::Sign("[" | "(" | "{") => open += 1,
                Token::Sign("]" | ")" | "}") => {
                    open -= 1;
                    if open == 0 {
                        let closer = matches!(self.lexemes[at].token, Token::Sign("]"));
                        let next = &self.lexemes[(at + 1).min(self.lexemes.len() - 1)].token;
                        return !(closer && matches!(next, Token::Sign("]" | ")" | "[" | ".")));
                    }
                }
                Token::End => return true,
                _ => {}
            }
            at += 1;
        }
    }

    /// The name after a point; may have blanks (`.time offset`), and keywords are names there.
    fn member(&mut self) -> Parsed<Arc<str>> {
        match self.token() {
            Token::Quoted(name) => {
                let name = name.as_str().into();
                self.advance();
                Ok(name)
            }
            Token::Name(_) => {
                let mut words = 1;
                while matches!(self.ahead(words), Token::Name(next) if !KEYWORDS.contains(&next.as_str()))
                {
                    words += 1;
                }
                match self.declared_entry() {
                    Some((name, tokens)) if tokens >= words => {
                        self.at += tokens;
                        Ok(name)
                    }
                    _ => Ok(self.joined(words).into()),
                }
            }
            _ => Err(self.error("a name after the point")),
        }
    }

    fn primary(&mut self) -> Parsed {
        let at = self.offset();
        match self.token() {
            Token::Number(number) => {
                let kind = Kind::Number(*number);
                self.advance();
                Ok(self.leaf(kind, at))
            }
            Token::String(text) => {
                let kind = Kind::String(text.as_str().into());
                self.advance();
                Ok(self.leaf(kind, at))
            }
            Token::At(value) => {
                let kind = Kind::Temporal(value.clone());
                self.advance();
                Ok(self.leaf(kind, at))
            }
            Token::Quoted(name) => {
                let kind = Kind::Name(name.as_str().into());
                self.advance();
                Ok(self.leaf(kind, at))
            }
            Token::Name(_) => self.name_or_form(),
            Token::Sign("?") => {
                self.advance();
                Ok(self.leaf(Kind::Input, at))
            }
            Token::Sign("(") => self.parenthesis(),
            Token::Sign("[") => self.list_or_range(),
            Token::Sign("]") => {
                self.advance();
                let start = self.expression()?;
                self.range(start, false, at)
            }
            Token::Sign("{") => self.context(),
            _ => Err(self.error("a value, name or bracket")),
        }
    }

    fn name_or_form(&mut self) -> Parsed {
        let at = self.offset();
        let Token::Name(name) = self.token() else {
            return Err(self.error("a name"));
        };
        let builtin = self.builtin_of_several_words();
        if let Some((name, tokens)) = self.declared()
            && builtin.is_none_or(|(_, words)| tokens >= words)
        {
            self.at += tokens;
            return Ok(self.leaf(Kind::Name(name), at));
        }
        let literal = match name.as_str() {
            "true" => Some(Kind::Boolean(true)),
            "false" => Some(Kind::Boolean(false)),
            "null" => Some(Kind::Null),
            _ => None,
        };
        if let Some(kind) = literal {
            self.advance();
            return Ok(self.leaf(kind, at));
        }
        match name.as_str() {
            "if" => return self.if_form(),
            "for" => return self.for_form(),
            "some" | "every" => return self.quantified(),
            "function" => return self.function(),
            _ => {}
        }
        if let Some((name, words)) = builtin {
            for _ in 0..words {
                self.advance();
            }
            return Ok(self.leaf(Kind::Name(name.into()), at));
        }
        if KEYWORDS.contains(&name.as_str()) {
            return Err(self.error("a value, name or bracket"));
        }
        let kind = Kind::Name(name.as_str().into());
        self.advance();
        Ok(self.leaf(kind, at))
    }

    /// The longest built-in whose name has several words and stands here. A name with a keyword in it
    /// (`date and time`) is meant only where it is called.
    fn builtin_of_several_words(&self) -> Option<(&'static str, usize)> {
        let Token::Name(first) = self.token() else {
            return None;
        };
        // Only names that two words in a row can begin are worth the search.
        if !matches!(self.ahead(1), Token::Name(_)) {
            return None;
        }
        let mut best: Option<(&'static str, usize)> = None;
        for name in crate::builtin::names_of_several_words(first) {
            let mut words = 0;
            let matches = name.split(' ').all(|word| {
                let same = matches!(self.ahead(words), Token::Name(here) if here == word);
                words += 1;
                same
            });
            let called = matches!(self.ahead(words), Token::Sign("("));
            let plain = !name.split(' ').any(|word| KEYWORDS.contains(&word));
            if matches && (called || plain) && best.is_none_or(|(_, longest)| words > longest) {
                best = Some((name, words));
            }
        }
        best
    }

    /// `(a)`, `(a..b]`, or a test as a value: `(> 5)`.
    fn parenthesis(&mut self) -> Parsed {
        let at = self.offset();
        self.advance();
        if self.comparison().is_some() {
            let test = self.test()?;
            self.expect(")")?;
            return Ok(test);
        }
        let inner = self.expression()?;
        if self.is("..") {
            return self.range(inner, false, at);
        }
        self.expect(")")?;
        Ok(inner)
    }

    fn list_or_range(&mut self) -> Parsed {
        let at = self.offset();
        self.advance();
        if self.take("]") {
            return Ok(self.leaf(Kind::List(Vec::new()), at));
        }
        let first = self.test()?;
        if self.is("..") {
            return self.range(first, true, at);
        }
        let mut below = first.height;
        let mut items = vec![first];
        while self.take(",") {
            let item = self.test()?;
            below = below.max(item.height);
            items.push(item);
        }
        self.expect("]")?;
        self.node(Kind::List(items), at, below)
    }

    /// From the `..` on.
    pub(super) fn range(&mut self, start: Expr, start_included: bool, at: u32) -> Parsed {
        self.expect("..")?;
        let end = self.range_end()?;
        let end_included = match self.token() {
            Token::Sign("]") => true,
            Token::Sign(")" | "[") => false,
            _ => return Err(self.error("\"]\" or \")\" at the end of the range")),
        };
        self.advance();
        let below = start.height.max(end.height);
        let (start, end) = (Box::new(start), Box::new(end));
        self.node(
            Kind::Range {
                start,
                start_included,
                end,
                end_included,
            },
            at,
            below,
        )
    }

    /// As DMN has it, an end is a value with paths and calls, not an operation unless in parentheses;
    /// we also take what binds as strongly as `+`.
    fn range_end(&mut self) -> Parsed {
        let at = self.offset();
        self.deeper()?;
        let negative = self.take("-");
        let primary = self.primary()?;
        let mut expr = self.followers(primary, true)?;
        if negative {
            let below = expr.height;
            expr = self.node(Kind::Negate(Box::new(expr)), at, below)?;
        }
        while let Some(operator) = self.operator().filter(|o| o.strength() >= super::ADDITION) {
            expr = self.apply(operator, expr)?;
        }
        self.depth -= 1;
        Ok(expr)
    }

    fn context(&mut self) -> Parsed {
        let at = self.offset();
        self.advance();
        let mut entries: Vec<(Arc<str>, Expr)> = Vec::new();
        let mut below = 0;
        let mark = self.scope_mark();
        if !self.take("}") {
            loop {
                let name = self.key()?;
                self.expect(":")?;
                let value = self.expression()?;
                below = below.max(value.height);
                self.introduce(&name);
                self.note_entry(&name);
                entries.push((name, value));
                if !self.take(",") {
                    break;
                }
            }
            self.expect("}")?;
        }
        self.leave(mark);
        self.node(Kind::Context(entries), at, below)
    }

    /// The key of an entry: a text, or everything up to the colon (`foo bar`, `foo+bar`).
    fn key(&mut self) -> Parsed<Arc<str>> {
        match self.token() {
            Token::String(name) | Token::Quoted(name) => {
                let name = name.as_str().into();
                self.advance();
                Ok(name)
            }
            Token::Name(_) => {
                if let Some((name, tokens)) = self.declared_entry()
                    && matches!(self.ahead(tokens), Token::Sign(":"))
                {
                    self.at += tokens;
                    return Ok(name);
                }
                let mut tokens = 1;
                while !matches!(self.ahead(tokens), Token::Sign(":")) {
                    let at = (self.at + tokens).min(self.lexemes.len() - 1);
                    if !may_be_part(&self.lexemes[at]) {
                        return Err(self.error_at(at, "\":\" after the name of the entry"));
                    }
                    tokens += 1;
                }
                Ok(self.joined(tokens).into())
            }
            _ => Err(self.error("the name of an entry or \"}\"")),
        }
    }

    fn arguments(&mut self) -> Parsed<Arguments> {
        self.expect("(")?;
        if self.take(")") {
            return Ok(Arguments::Positional(Vec::new()));
        }
        if self.named_argument_ahead() {
            let mut arguments = Vec::new();
            loop {
                let name = self.key()?;
                self.expect(":")?;
                arguments.push((name, self.expression()?));
                if !self.take(",") {
                    break;
                }
            }
            self.expect(")")?;
            return Ok(Arguments::Named(arguments));
        }
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.test()?);
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(Arguments::Positional(arguments))
    }

    /// A name, of whatever parts, or one text, followed by a colon.
    fn named_argument_ahead(&self) -> bool {
        let mut by = 0;
        match self.token() {
            Token::String(_) | Token::Quoted(_) => by = 1,
            Token::Name(_) => {
                while may_be_part(&self.lexemes[(self.at + by).min(self.lexemes.len() - 1)]) {
                    by += 1;
                }
            }
            _ => {}
        }
        by > 0 && matches!(self.ahead(by), Token::Sign(":"))
    }
}
