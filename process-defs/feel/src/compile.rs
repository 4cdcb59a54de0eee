//! Syntax trees into what is evaluated: names become slots where they can.
//!
//! A name means, from the inside out: a local (parameter, iterator, earlier entry of a context), an entry
//! of the item that a filter is looking at, a variable of the scope, a built-in. Which of the first two is
//! known here; whether an item has such an entry, and whether there is such a variable, only at run time.
//! Where a name is called, a built-in comes before variables, so nobody can break `count(...)` by naming
//! a variable `count`.

mod frame;

use crate::ast::{Arguments, Arithmetic, Comparison, Expr, Kind, Parameter};
use crate::builtin::{self, Builtin};
use crate::types::Type;
use crate::value::{Function, Range, Value};
use frame::{Captured, Entry, Frame};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) at: u32,
}

#[derive(Debug)]
pub(crate) enum Op {
    Constant(Value),
    /// A slot of the current frame.
    Local(u32),
    /// A captured value of the current function.
    Captured(u32, Arc<str>),
    /// A variable of the scope; if there is none, the built-in of that name.
    Free(Arc<str>, Option<Value>),
    /// An entry of the items of the filters around (innermost first), else what the name is outside.
    Member(Arc<str>, Box<[u32]>, Box<Node>),
    Negate(Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Between(Box<Node>, Box<Node>, Box<Node>),
    In(Box<Node>, Box<[TestNode]>),
    InstanceOf(Box<Node>, Type),
    If(Box<Node>, Box<Node>, Box<Node>),
    For(Box<Loop>),
    Some(Box<Loop>),
    Every(Box<Loop>),
    Path(Box<Node>, Arc<str>),
    /// The item stands in the slot after the ones in use.
    Filter(Box<Node>, Box<Node>),
    /// `list[2]`
    Index(Box<Node>, i64),
    CallBuiltin(&'static Builtin, Passed),
    Call(Box<Node>, Passed),
    List(Box<[Node]>),
    Context(Box<[(Arc<str>, Node)]>),
    /// Two entries of the same name.
    DoubleEntry(Arc<str>),
    Range {
        start: Box<Node>,
        start_included: bool,
        end: Box<Node>,
        end_included: bool,
    },
    Test(Comparison, Box<Node>),
    Lambda(Arc<Lambda>, Box<[Node]>),
    UnaryTests {
        negated: bool,
        input: Box<Node>,
        tests: Box<[TestNode]>,
    },
}

/// A test of `in` or of a cell.
#[derive(Debug)]
pub(crate) struct TestNode {
    pub(crate) node: Node,
    /// It says itself what is tested (`contains(?, "a")`), so its own truth counts.
    pub(crate) uses_input: bool,
}

#[derive(Debug)]
pub(crate) enum Passed {
    Positional(Box<[Node]>),
    Named(Box<[(Arc<str>, Node)]>),
}

#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) iterators: Box<[Over]>,
    pub(crate) body: Node,
    /// The slot of `partial`, when the body uses it.
    pub(crate) partial: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct Over {
    pub(crate) over: Node,
    pub(crate) end: Option<Node>,
}

/// A function definition, shared by all functions that it makes.
#[derive(Debug)]
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Node,
    /// What it gives, where that can be told without running it.
    pub(crate) result: Option<Type>,
    /// The text of the whole expression, for positions in warnings.
    pub(crate) source: Arc<str>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Lambda {
    pub(crate) fn text(&self) -> &str {
        self.source
            .get(self.start..self.end)
            .unwrap_or("function")
            .trim_end()
    }
}

struct Compiler {
    frames: Vec<Frame>,
    names: BTreeSet<Arc<str>>,
    source: Arc<str>,
    uses_input: bool,
    uses_partial: bool,
}

/// Compiles a tree; also gives the names of variables that it may read, sorted.
pub(crate) fn compile(expr: &Expr, source: &Arc<str>) -> (Node, Vec<Arc<str>>) {
    let mut compiler = Compiler {
        frames: vec![Frame::default()],
        names: BTreeSet::new(),
        source: source.clone(),
        uses_input: false,
        uses_partial: false,
    };
    let node = compiler.node(expr);
    (node, compiler.names.into_iter().collect())
}

/// The name under which unary tests find what they test in the scope.
pub(crate) const INPUT: &str = "?";

impl Compiler {
    fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, entry: Entry) -> u32 {
        self.frame().push(entry)
    }

    fn truncate(&mut self, length: usize) {
        self.frame().truncate(length);
    }

    fn boxed(&mut self, expr: &Expr) -> Box<Node> {
        Box::new(self.node(expr))
    }

    fn nodes(&mut self, exprs: &[Expr]) -> Box<[Node]> {
        exprs.iter().map(|expr| self.node(expr)).collect()
    }

    fn node(&mut self, expr: &Expr) -> Node {
        let at = expr.at;
        let op = match &expr.kind {
            Kind::Null => Op::Constant(Value::Null),
            Kind::Boolean(truth) => Op::Constant(Value::Boolean(*truth)),
            Kind::Number(number) => Op::Constant(Value::Number(*number)),
            Kind::String(text) => Op::Constant(Value::String(text.clone())),
            Kind::Temporal(value) => Op::Constant(value.clone()),
            Kind::Name(name) => return self.name(name, at),
            Kind::Input => {
                self.uses_input = true;
                return self.name(&Arc::from(INPUT), at);
            }
            Kind::Negate(inner) => match self.node(inner).op {
                Op::Constant(Value::Number(number)) => Op::Constant(Value::Number(number.negate())),
                op => Op::Negate(Box::new(Node { op, at })),
            },
            Kind::Arithmetic(operator, a, b) => {
                Op::Arithmetic(*operator, self.boxed(a), self.boxed(b))
            }
            Kind::Compare(operator, a, b) => Op::Compare(*operator, self.boxed(a), self.boxed(b)),
            Kind::And(parts) => Op::And(self.nodes(parts)),
            Kind::Or(parts) => Op::Or(self.nodes(parts)),
            Kind::Between(value, low, high) => {
                Op::Between(self.boxed(value), self.boxed(low), self.boxed(high))
            }
            Kind::In(value, tests) => Op::In(self.boxed(value), self.tests(tests)),
            Kind::InstanceOf(value, kind) => Op::InstanceOf(self.boxed(value), kind.clone()),
            Kind::If(condition, yes, no) => {
                Op::If(self.boxed(condition), self.boxed(yes), self.boxed(no))
            }
            Kind::For(iterators, body) => Op::For(self.iteration(iterators, body, true)),
            Kind::Some(iterators, body) => Op::Some(self.iteration(iterators, body, false)),
            Kind::Every(iterators, body) => Op::Every(self.iteration(iterators, body, false)),
            Kind::Path(value, name) => Op::Path(self.boxed(value), name.clone()),
            Kind::Filter(value, filter) => self.filter(value, filter),
            Kind::Call(function, arguments) => self.call(function, arguments),
            Kind::List(items) => Op::List(self.nodes(items)),
            Kind::Context(entries) => self.context(entries),
            Kind::Range {
                start,
                start_included,
                end,
                end_included,
            } => Op::Range {
                start: self.boxed(start),
                start_included: *start_included,
                end: self.boxed(end),
                end_included: *end_included,
            },
            Kind::Test(operator, value) => Op::Test(*operator, self.boxed(value)),
            Kind::Function(parameters, body) => self.lambda(parameters.clone(), body, expr),
            Kind::UnaryTests { negated, tests } => Op::UnaryTests {
                negated: *negated,
                input: Box::new(self.name(&Arc::from(INPUT), at)),
                tests: self.tests(tests),
            },
        };
        Node { op: folded(op), at }
    }

    fn tests(&mut self, tests: &[Expr]) -> Box<[TestNode]> {
        let outside = self.uses_input;
        let tests = tests
            .iter()
            .map(|test| {
                self.uses_input = false;
                let node = self.node(test);
                TestNode {
                    node,
                    uses_input: self.uses_input,
                }
            })
            .collect();
        self.uses_input = outside;
        tests
    }

    /// What a name means here.
    fn name(&mut self, name: &Arc<str>, at: u32) -> Node {
        self.name_in(self.frames.len() - 1, name, at)
    }

    fn name_in(&mut self, frame: usize, name: &Arc<str>, at: u32) -> Node {
        let known = &self.frames[frame];
        let local = known.local(name);
        let inside: Vec<u32> = if &**name == INPUT {
            Vec::new()
        } else {
            let within = |slot: &&u32| local.is_none_or(|local| **slot > local);
            known
                .items
                .iter()
                .rev()
                .take_while(within)
                .copied()
                .collect()
        };
        let (items, found) = match inside.first() {
            // The item itself, unless it has an entry of that name.
            Some(item) if **name == *"item" => (vec![*item], Some(Op::Local(*item))),
            _ => (inside, local.map(Op::Local)),
        };
        if &**name == "partial" && found.is_some() {
            self.uses_partial = true;
        }
        let op = match found {
            Some(op) => op,
            None => self.outside(frame, name),
        };
        let node = Node { op, at };
        if items.is_empty() {
            return node;
        }
        Node {
            op: Op::Member(name.clone(), items.into(), Box::new(node)),
            at,
        }
    }

    /// A name that the frame does not have itself.
    fn outside(&mut self, frame: usize, name: &Arc<str>) -> Op {
        if let Some(captured) = &mut self.frames[frame].captured {
            let next = captured.names.len() as u32;
            let at = *captured.places.entry(name.clone()).or_insert(next);
            if at == next {
                captured.names.push(name.clone());
            }
            return Op::Captured(at, name.clone());
        }
        self.names.insert(name.clone());
        let builtin = builtin::find(name).map(|b| Value::Function(Arc::new(Function::builtin(b))));
        Op::Free(name.clone(), builtin)
    }

    /// Whether a name is a local here or in a function around.
    fn is_local(&self, name: &str) -> bool {
        self.frames.iter().any(|frame| frame.local(name).is_some())
    }

    fn iteration(
        &mut self,
        iterators: &[crate::ast::Iterator],
        body: &Expr,
        with_partial: bool,
    ) -> Box<Loop> {
        let mark = self.frame().entries.len();
        let outside = std::mem::replace(&mut self.uses_partial, false);
        let partial = with_partial.then(|| self.push(Entry::Local("partial".into())));
        let mut compiled = Vec::with_capacity(iterators.len());
        for iterator in iterators {
            let over = self.node(&iterator.over);
            let end = iterator.end.as_ref().map(|end| self.node(end));
            compiled.push(Over { over, end });
            self.push(Entry::Local(iterator.name.clone()));
        }
        let body = self.node(body);
        self.truncate(mark);
        let partial = partial.filter(|_| self.uses_partial);
        self.uses_partial = outside;
        Box::new(Loop {
            iterators: compiled.into(),
            body,
            partial,
        })
    }

    fn filter(&mut self, value: &Expr, filter: &Expr) -> Op {
        let value = self.boxed(value);
        let mark = self.frame().entries.len();
        self.push(Entry::Item);
        let filter = self.boxed(filter);
        self.truncate(mark);
        match &filter.op {
            Op::Constant(Value::Number(index)) => {
                Op::Index(value, index.truncate().to_i64().unwrap_or(0))
            }
            _ => Op::Filter(value, filter),
        }
    }

    fn call(&mut self, function: &Expr, arguments: &Arguments) -> Op {
        let passed = |compiler: &mut Compiler| match arguments {
            Arguments::Positional(list) => Passed::Positional(compiler.nodes(list)),
            Arguments::Named(list) => Passed::Named(
                list.iter()
                    .map(|(name, value)| (name.clone(), compiler.node(value)))
                    .collect(),
            ),
        };
        if let Kind::Name(name) = &function.kind
            && let Some(builtin) = builtin::find(name).filter(|_| !self.is_local(name))
        {
            return Op::CallBuiltin(builtin, passed(self));
        }
        Op::Call(self.boxed(function), passed(self))
    }

    /// Later entries see earlier ones: each is a local for those after it.
    fn context(&mut self, entries: &[(Arc<str>, Expr)]) -> Op {
        let mark = self.frame().entries.len();
        let mut compiled = Vec::with_capacity(entries.len());
        for (name, value) in entries {
            let node = self.node(value);
            compiled.push((name.clone(), node));
            self.push(Entry::Local(name.clone()));
        }
        self.truncate(mark);
        let mut seen = BTreeSet::new();
        match entries.iter().find(|(name, _)| !seen.insert(name)) {
            Some((name, _)) => Op::DoubleEntry(name.clone()),
            None => Op::Context(compiled.into()),
        }
    }

    fn lambda(&mut self, parameters: Vec<Parameter>, body: &Expr, whole: &Expr) -> Op {
        let mut frame = Frame {
            captured: Some(Captured::default()),
            ..Frame::default()
        };
        for parameter in &parameters {
            frame.push(Entry::Local(parameter.name.clone()));
        }
        self.frames.push(frame);
        let body_node = self.node(body);
        let captured = self
            .frames
            .pop()
            .and_then(|frame| frame.captured)
            .unwrap_or_default()
            .names;
        let frame = self.frames.len() - 1;
        let values = captured
            .iter()
            .map(|name| self.name_in(frame, name, whole.at))
            .collect();
        let lambda = Lambda {
            result: given_type(body, &parameters),
            parameters,
            body: body_node,
            source: self.source.clone(),
            start: whole.at as usize,
            end: whole.end as usize,
        };
        Op::Lambda(Arc::new(lambda), values)
    }
}

/// The type of an expression, where its form alone tells it. Null is of every type.
fn given_type(expr: &Expr, parameters: &[Parameter]) -> Option<Type> {
    match &expr.kind {
        Kind::Number(_) => Some(Type::Number),
        Kind::String(_) => Some(Type::String),
        Kind::Boolean(_)
        | Kind::Compare(..)
        | Kind::And(_)
        | Kind::Or(_)
        | Kind::Between(..)
        | Kind::In(..)
        | Kind::InstanceOf(..)
        | Kind::Some(..)
        | Kind::Every(..) => Some(Type::Boolean),
        Kind::Temporal(value) => Type::parse(value.type_name()).ok(),
        Kind::Name(name) => {
            let parameter = parameters.iter().find(|p| p.name == *name)?;
            parameter.kind.clone()
        }
        Kind::List(items) => {
            let mut kinds = items.iter().map(|item| given_type(item, parameters));
            let first = kinds.next()??;
            let mut alike = true;
            for kind in kinds {
                alike &= kind? == first;
            }
            Some(Type::list(if alike { first } else { Type::Any }))
        }
        Kind::Context(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| Some((name.clone(), given_type(value, parameters)?)));
            Some(Type::context(entries.collect::<Option<Vec<_>>>()?))
        }
        _ => None,
    }
}

/// Constants that can be made now: ranges between constant ends.
fn folded(op: Op) -> Op {
    match op {
        Op::Range {
            start,
            start_included,
            end,
            end_included,
        } => match (&start.op, &end.op) {
            (Op::Constant(a @ Value::Number(x)), Op::Constant(b @ Value::Number(y))) if x <= y => {
                let range = Range::new(a.clone(), start_included, b.clone(), end_included);
                Op::Constant(Value::Range(Arc::new(range)))
            }
            _ => Op::Range {
                start,
                start_included,
                end,
                end_included,
            },
        },
        op => op,
    }
}
