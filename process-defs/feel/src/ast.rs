//! The syntax tree, and writing it as text again.

use crate::types::Type;
use crate::value::{Number, Value, quote};
use std::fmt;
use std::sync::Arc;

/// A node: what it is, where it stood in the text (bytes), how high the tree below it is.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: Kind,
    /// Where its own sign or first word stood.
    pub(crate) at: u32,
    /// Where the last token before whatever came next ended.
    pub(crate) end: u32,
    pub(crate) height: u16,
}

impl PartialEq for Expr {
    /// By structure, wherever it stood.
    fn eq(&self, other: &Expr) -> bool {
        self.kind == other.kind
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

/// An operator that compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    Number(Number),
    String(Arc<str>),
    /// `@"..."`
    Temporal(Value),
    Name(Arc<str>),
    /// `?`, the value that unary tests test.
    Input,
    Negate(Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Chains are flat, so that they can be long.
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    InstanceOf(Box<Expr>, Type),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    For(Vec<Iterator>, Box<Expr>),
    Some(Vec<Iterator>, Box<Expr>),
    Every(Vec<Iterator>, Box<Expr>),
    Path(Box<Expr>, Arc<str>),
    Filter(Box<Expr>, Box<Expr>),
    Call(Box<Expr>, Arguments),
    List(Vec<Expr>),
    Context(Vec<(Arc<str>, Expr)>),
    Range {
        start: Box<Expr>,
        start_included: bool,
        end: Box<Expr>,
        end_included: bool,
    },
    /// `> 5` where a value or a test stands.
    Test(Comparison, Box<Expr>),
    Function(Vec<Parameter>, Box<Expr>),
    /// A whole cell: any of the tests, or none of them; no tests (`-`) let everything through.
    UnaryTests {
        negated: bool,
        tests: Vec<Expr>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Iterator {
    pub(crate) name: Arc<str>,
    pub(crate) over: Expr,
    /// `in over..end`
    pub(crate) end: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arguments {
    Positional(Vec<Expr>),
    Named(Vec<(Arc<str>, Expr)>),
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Arc<str>,
    /// What it takes; anything where this is left out.
    pub kind: Option<Type>,
}

impl Arithmetic {
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Power => "**",
        }
    }
}

impl Comparison {
    /// The operator as it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}

struct Joined<'a, T>(&'a [T], &'a str);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(self.1)?;
            }
            write!(f, "{item}")?;
        }
        Ok(())
    }
}

/// A name as an expression may write it.
pub(crate) struct Named<'a>(pub(crate) &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::lexer::is_plain_name(self.0) || crate::builtin::find(self.0).is_some() {
            f.write_str(self.0)
        } else {
            write!(f, "`{}`", self.0)
        }
    }
}

/// A name as the key of a context or of a named argument may be written.
struct Key<'a>(&'a str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::lexer::is_plain_name(self.0) {
            f.write_str(self.0)
        } else {
            f.write_str(&quote(self.0))
        }
    }
}

impl fmt::Display for Expr {
    /// Every operation in parentheses: plain to read back, whatever the precedence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Null => f.write_str("null"),
            Kind::Boolean(truth) => write!(f, "{truth}"),
            Kind::Number(number) => write!(f, "{number}"),
            Kind::String(text) => f.write_str(&quote(text)),
            Kind::Temporal(value) => f.write_str(&value.to_feel()),
            Kind::Name(name) => write!(f, "{}", Named(name)),
            Kind::Input => f.write_str("?"),
            Kind::Negate(inner) => write!(f, "(-{inner})"),
            Kind::Arithmetic(operator, a, b) => write!(f, "({a} {} {b})", operator.sign()),
            Kind::Compare(operator, a, b) => write!(f, "({a} {} {b})", operator.sign()),
            Kind::And(parts) => write!(f, "({})", Joined(parts, " and ")),
            Kind::Or(parts) => write!(f, "({})", Joined(parts, " or ")),
            Kind::Between(value, low, high) => write!(f, "({value} between {low} and {high})"),
            Kind::In(value, tests) => write!(f, "({value} in ({}))", Joined(tests, ", ")),
            Kind::InstanceOf(value, kind) => write!(f, "({value} instance of {kind})"),
            Kind::If(condition, yes, no) => write!(f, "(if {condition} then {yes} else {no})"),
            Kind::For(iterators, body) => {
                write!(f, "(for {} return {body})", Joined(iterators, ", "))
            }
            Kind::Some(iterators, body) => {
                write!(f, "(some {} satisfies {body})", Joined(iterators, ", "))
            }
            Kind::Every(iterators, body) => {
                write!(f, "(every {} satisfies {body})", Joined(iterators, ", "))
            }
            Kind::Path(value, name) => match value.kind {
                Kind::Number(_) => write!(f, "({value}).{}", Member(name)),
                _ => write!(f, "{value}.{}", Member(name)),
            },
            Kind::Filter(value, filter) => write!(f, "{value}[{filter}]"),
            Kind::Call(function, Arguments::Positional(arguments)) => {
                write!(f, "{function}({})", Joined(arguments, ", "))
            }
            Kind::Call(function, Arguments::Named(arguments)) => {
                write!(f, "{function}(")?;
                entries(f, arguments)?;
                f.write_str(")")
            }
            Kind::List(items) => write!(f, "[{}]", Joined(items, ", ")),
            Kind::Context(context) => {
                f.write_str("{")?;
                entries(f, context)?;
                f.write_str("}")
            }
            Kind::Range {
                start,
                start_included,
                end,
                end_included,
            } => {
                let (open, close) = (
                    if *start_included { "[" } else { "(" },
                    if *end_included { "]" } else { ")" },
                );
                write!(f, "{open}{start}..{end}{close}")
            }
            Kind::Test(operator, value) => write!(f, "({} {value})", operator.sign()),
            Kind::Function(parameters, body) => {
                write!(f, "(function({}) {body})", Joined(parameters, ", "))
            }
            Kind::UnaryTests {
                negated: false,
                tests,
            } if tests.is_empty() => f.write_str("-"),
            Kind::UnaryTests {
                negated: true,
                tests,
            } => write!(f, "not({})", Joined(tests, ", ")),
            Kind::UnaryTests { tests, .. } => write!(f, "{}", Joined(tests, ", ")),
        }
    }
}

/// A name after a point: words that are keywords elsewhere are names there.
struct Member<'a>(&'a str);

impl fmt::Display for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::lexer::is_plain_name(self.0) {
            f.write_str(self.0)
        } else {
            write!(f, "`{}`", self.0)
        }
    }
}

fn entries(f: &mut fmt::Formatter<'_>, entries: &[(Arc<str>, Expr)]) -> fmt::Result {
    for (i, (name, value)) in entries.iter().enumerate() {
        write!(f, "{}{}: {value}", if i > 0 { ", " } else { "" }, Key(name))?;
    }
    Ok(())
}

impl fmt::Display for Iterator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", Named(&self.name), self.over)?;
        match &self.end {
            Some(end) => write!(f, "..{end}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Named(&self.name))?;
        match &self.kind {
            Some(kind) => write!(f, ": {kind}"),
            None => Ok(()),
        }
    }
}
