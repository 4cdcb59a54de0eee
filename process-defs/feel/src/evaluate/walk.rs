//! One node after the other.

use super::{Machine, Walked, arithmetic, compare};
use crate::ast::Comparison;
use crate::compile::{INPUT, Node, Op};
use crate::value::{Closure, Context, Function, FunctionKind, Range, Value};
use std::sync::Arc;

/// A value that is looked at: borrowed where it stands still, else owned.
pub(super) enum Operand<'n> {
    Borrowed(&'n Value),
    Owned(Value),
}

impl Operand<'_> {
    pub(super) fn value(&self) -> &Value {
        match self {
            Operand::Borrowed(value) => value,
            Operand::Owned(value) => value,
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Operand::Borrowed(value) => value.clone(),
            Operand::Owned(value) => value,
        }
    }
}

impl<'a> Machine<'a> {
    /// What a node is, if that can be looked at where it stands: constants, locals, variables, and what
    /// lies on a path into them. `None` otherwise, also where an error must be explained.
    pub(super) fn look<'s>(&'s self, node: &'s Node) -> Option<&'s Value> {
        match &node.op {
            Op::Constant(value) => Some(value),
            Op::Local(slot) => Some(self.local(*slot)),
            Op::Free(name, _) => self.scope.get(name),
            Op::Path(base, name) => match self.look(base)? {
                Value::Context(context) => context.get(name),
                _ => None,
            },
            Op::Index(base, index) => match self.look(base)? {
                Value::List(items) => super::path::place(items.len(), *index).map(|i| &items[i]),
                _ => None,
            },
            Op::Member(name, items, otherwise) => {
                for slot in items {
                    match self.local(*slot) {
                        Value::Context(context) => match context.get(name) {
                            Some(value) => return Some(value),
                            None => continue,
                        },
                        // A property may have to be made.
                        _ => return None,
                    }
                }
                self.look(otherwise)
            }
            _ => None,
        }
    }

    /// The value of a node, without copying it where it can be looked at in place for as long as
    /// the node and the scope last.
    pub(super) fn operand<'n>(&mut self, node: &'n Node) -> Walked<Operand<'n>>
    where
        'a: 'n,
    {
        self.work(1)?;
        match &node.op {
            Op::Constant(value) => Ok(Operand::Borrowed(value)),
            Op::Free(name, _) => match self.scope.get(name) {
                Some(value) => Ok(Operand::Borrowed(value)),
                None => self.eval(node).map(Operand::Owned),
            },
            _ => self.eval(node).map(Operand::Owned),
        }
    }

    /// A path or index, by looking where that is enough, else step by step.
    fn step_into<'n>(&mut self, node: &'n Node) -> Walked
    where
        'a: 'n,
    {
        if let Some(value) = self.look(node) {
            return Ok(value.clone());
        }
        match &node.op {
            Op::Path(base, name) => {
                let base = self.operand(base)?;
                self.path(base.value(), name, node.at)
            }
            Op::Index(base, index) => {
                let base = self.operand(base)?;
                self.index(base.into_value(), *index, node.at)
            }
            _ => Ok(Value::Null),
        }
    }

    fn enter(&mut self) -> Walked<()> {
        self.evaluator.enter()?;
        self.evaluator.work(1)
    }

    pub(super) fn eval<'n>(&mut self, node: &'n Node) -> Walked
    where
        'a: 'n,
    {
        self.enter()?;
        let value = self.dispatch(node);
        self.evaluator.leave();
        value
    }

    fn dispatch<'n>(&mut self, node: &'n Node) -> Walked
    where
        'a: 'n,
    {
        match &node.op {
            Op::Constant(value) => Ok(value.clone()),
            Op::Local(slot) => Ok(self.local(*slot).clone()),
            Op::Compare(operator, a, b) => {
                if let (Some(x), Some(y)) = (self.look(a), self.look(b))
                    && let Some(truth) = compare::plain(*operator, x, y)
                {
                    return Ok(Value::Boolean(truth));
                }
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                self.compare(*operator, a.value(), b.value(), node.at)
            }
            Op::Arithmetic(operator, a, b) => {
                self.evaluator.work(arithmetic::work_of(*operator))?;
                if let (Some(Value::Number(x)), Some(Value::Number(y))) =
                    (self.look(a), self.look(b))
                    && let Some(number) = arithmetic::plain(*operator, x, y)
                {
                    return Ok(Value::Number(number));
                }
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                let outcome = arithmetic::apply(self, *operator, a.value(), b.value());
                self.settle(node.at, outcome)
            }
            Op::And(parts) => self.junction(parts, false),
            Op::Or(parts) => self.junction(parts, true),
            Op::If(condition, yes, no) => {
                let truth = matches!(self.operand(condition)?.value(), Value::Boolean(true));
                self.eval(if truth { yes } else { no })
            }
            Op::Path(..) | Op::Index(..) => self.step_into(node),
            Op::CallBuiltin(builtin, passed) => self.call_builtin(builtin, passed, node.at),
            _ => self.dispatch_more(node),
        }
    }

    /// The less frequent ones, apart so that the frame of the frequent ones stays small.
    #[inline(never)]
    fn dispatch_more<'n>(&mut self, node: &'n Node) -> Walked
    where
        'a: 'n,
    {
        match &node.op {
            Op::Captured(at, name) => self.captured(*at, name, node.at),
            Op::Free(name, builtin) => self.free(name, builtin, node.at),
            Op::Member(name, items, otherwise) => self.member(name, items, otherwise),
            Op::Negate(inner) => {
                let value = self.eval(inner)?;
                let outcome = arithmetic::negate(&value);
                self.settle(node.at, outcome)
            }
            Op::Between(value, low, high) => self.between(value, low, high, node.at),
            Op::In(value, tests) => {
                let value = self.eval(value)?;
                self.in_tests(&value, tests)
            }
            Op::InstanceOf(value, kind) => {
                let value = self.eval(value)?;
                if !kind.is_shallow() {
                    self.work_of_comparing(&value)?;
                }
                Ok(Value::Boolean(kind.has_instance(&value)))
            }
            Op::For(iteration) => self.for_loop(iteration, node.at),
            Op::Some(iteration) => self.quantified(iteration, true, node.at),
            Op::Every(iteration) => self.quantified(iteration, false, node.at),
            Op::Filter(value, filter) => self.filter(value, filter, node.at),
            Op::Call(function, passed) => self.call(function, passed, node.at),
            Op::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.eval(item)?);
                }
                self.list(values)
            }
            Op::Context(entries) => self.context(entries),
            Op::DoubleEntry(name) => {
                self.warn(node.at, format!("The context has two entries \"{name}\"."));
                Ok(Value::Null)
            }
            Op::Range {
                start,
                start_included,
                end,
                end_included,
            } => {
                let (start, end) = (self.eval(start)?, self.eval(end)?);
                self.range(start, *start_included, end, *end_included, node.at)
            }
            Op::Test(operator, value) => {
                let value = self.eval(value)?;
                self.check_depth(&value)?;
                self.build(200)?;
                Ok(comparison_range(*operator, value))
            }
            Op::Lambda(lambda, values) => {
                let quiet = self.evaluator.mark();
                let mut captured = Vec::with_capacity(values.len());
                for value in values {
                    captured.push(self.capture(value)?);
                }
                self.evaluator.forget_since(quiet);
                self.build(64 + captured.len() * size_of::<Value>())?;
                let mut depth = 0;
                for value in captured.iter().flatten() {
                    depth = depth.max(self.check_depth(value)?);
                }
                let closure = Closure {
                    lambda: lambda.clone(),
                    captured,
                    depth,
                };
                Ok(Value::Function(Arc::new(Function(FunctionKind::Closure(
                    Arc::new(closure),
                )))))
            }
            Op::UnaryTests {
                negated,
                input,
                tests,
            } => {
                let input = self.eval(input)?;
                if tests.is_empty() {
                    return Ok(Value::Boolean(true));
                }
                let passed = self.in_tests(&input, tests)?;
                Ok(match passed {
                    Value::Boolean(truth) => Value::Boolean(truth != *negated),
                    other => other,
                })
            }
            // The frequent ones were dealt with by `dispatch`.
            _ => Ok(Value::Null),
        }
    }

    pub(super) fn local(&self, slot: u32) -> &Value {
        &self.locals[self.base + slot as usize]
    }

    /// A captured value, without a warning where there was none.
    fn capture(&mut self, node: &Node) -> Walked<Option<Value>> {
        Ok(match &node.op {
            Op::Free(name, builtin) => self.scope.get(name).or(builtin.as_ref()).cloned(),
            Op::Captured(at, _) => self
                .function
                .as_ref()
                .and_then(|f| f.captured[*at as usize].clone()),
            Op::Member(name, items, otherwise) => match self.item_entry(name, items) {
                Some(value) => Some(value),
                None => self.capture(otherwise)?,
            },
            Op::Local(slot) => Some(self.local(*slot).clone()),
            _ => None,
        })
    }

    fn captured(&mut self, at: u32, name: &Arc<str>, position: u32) -> Walked {
        match self
            .function
            .as_ref()
            .and_then(|f| f.captured[at as usize].clone())
        {
            Some(value) => Ok(value),
            None => self.missing(name, position),
        }
    }

    fn free(&mut self, name: &Arc<str>, builtin: &Option<Value>, position: u32) -> Walked {
        match self.scope.get(name).or(builtin.as_ref()) {
            Some(value) => Ok(value.clone()),
            None => self.missing(name, position),
        }
    }

    fn missing(&mut self, name: &str, position: u32) -> Walked {
        let message = if name == INPUT {
            "There is nothing to test here: \"?\" has a value only in tests.".to_owned()
        } else {
            format!("There is no variable `{name}`.")
        };
        self.warn(position, message);
        Ok(Value::Null)
    }

    /// The entry of an item of the filters around, the innermost first.
    fn item_entry(&self, name: &str, items: &[u32]) -> Option<Value> {
        items.iter().find_map(|slot| match self.local(*slot) {
            Value::Context(context) => context.get(name).cloned(),
            Value::Null | Value::List(_) => None,
            other => super::property(other, name),
        })
    }

    fn member<'n>(&mut self, name: &str, items: &[u32], otherwise: &'n Node) -> Walked
    where
        'a: 'n,
    {
        match self.item_entry(name, items) {
            Some(value) => Ok(value),
            None => self.eval(otherwise),
        }
    }

    /// The outcome of a comparison of plain values that can be looked at where they stand: what conditions
    /// mostly are. `None` otherwise.
    #[inline]
    fn plain_truth(&self, node: &Node) -> Option<bool> {
        match &node.op {
            Op::Compare(operator, a, b) => compare::plain(*operator, self.look(a)?, self.look(b)?),
            _ => None,
        }
    }

    /// `and` (decided by false) and `or` (decided by true), in three-valued logic.
    fn junction<'n>(&mut self, parts: &'n [Node], deciding: bool) -> Walked
    where
        'a: 'n,
    {
        let mut unknown = false;
        for part in parts {
            if let Some(truth) = self.plain_truth(part) {
                self.work(2)?;
                if truth == deciding {
                    return Ok(Value::Boolean(deciding));
                }
                continue;
            }
            let value = self.operand(part)?;
            match value.value() {
                Value::Boolean(truth) if *truth == deciding => return Ok(Value::Boolean(deciding)),
                Value::Boolean(_) => {}
                Value::Null => unknown = true,
                other => {
                    let word = if deciding { "or" } else { "and" };
                    let message = format!(
                        "\"{word}\" needs true or false, but one side is a {}.",
                        other.type_name()
                    );
                    self.warn(part.at, message);
                    unknown = true;
                }
            }
        }
        Ok(if unknown {
            Value::Null
        } else {
            Value::Boolean(!deciding)
        })
    }

    fn context<'n>(&mut self, entries: &'n [(Arc<str>, Node)]) -> Walked
    where
        'a: 'n,
    {
        let mark = self.locals.len();
        self.build(64 + entries.len() * 64)?;
        let mut context = Context::with_capacity(entries.len());
        for (name, node) in entries {
            let value = self.eval(node)?;
            let depth = self.check_depth(&value)?;
            self.locals.push(value.clone());
            context.insert_known(name.clone(), value, depth);
        }
        self.locals.truncate(mark);
        let value = Value::from(context);
        self.check_depth(&value)?;
        Ok(value)
    }

    fn range(
        &mut self,
        start: Value,
        start_included: bool,
        end: Value,
        end_included: bool,
        at: u32,
    ) -> Walked {
        self.build(200)?;
        self.work_of_comparing(&start)?;
        // What has no order is nested, perhaps, and no end of a range.
        let order = match (start.is_null(), end.is_null()) {
            (true, false) => compare::order(&end, &end),
            (false, true) => compare::order(&start, &start),
            _ => compare::order(&start, &end),
        };
        match order {
            Some(order) if order.is_le() => {
                let range = Range::new(start, start_included, end, end_included);
                return Ok(Value::Range(Arc::new(range)));
            }
            Some(_) => self.warn(at, "The start of the range lies after its end.".to_owned()),
            None => {
                let message = format!(
                    "A range cannot go from a {} to a {}.",
                    start.type_name(),
                    end.type_name()
                );
                self.warn(at, message);
            }
        }
        Ok(Value::Null)
    }
}

/// `>= 10` as a value.
pub(super) fn comparison_range(operator: Comparison, value: Value) -> Value {
    let (upper, lower) = (Value::Null, Value::Null);
    let mut range = match operator {
        Comparison::Less => Range::new(lower, false, value, false),
        Comparison::LessOrEqual => Range::new(lower, false, value, true),
        Comparison::Greater => Range::new(value, false, upper, false),
        Comparison::GreaterOrEqual => Range::new(value, true, upper, false),
        Comparison::Equal => Range::new(value.clone(), true, value, true),
        Comparison::NotEqual => Range::new(value.clone(), false, value, false),
    };
    range.comparison = true;
    range.inverted = operator == Comparison::NotEqual;
    Value::Range(Arc::new(range))
}
