//! `for`, `some` and `every` (DMN 1.5, 10.3.2.14).

use super::{Machine, Walked};
use crate::compile::{Loop, Over};
use crate::value::{Date, Number, Value};
use std::sync::Arc;

/// What an iterator goes over; ranges are never made into lists.
enum Domain {
    List(Arc<Vec<Value>>),
    Numbers { next: i64, last: i64, step: i64 },
    Days { next: Date, last: Date, step: i64 },
    Nothing,
}

impl Domain {
    fn next(&mut self, at: &mut usize) -> Option<Value> {
        match self {
            Domain::List(items) => {
                let item = items.get(*at)?.clone();
                *at += 1;
                Some(item)
            }
            Domain::Numbers { next, last, step } => {
                if *at > 0 {
                    if next == last {
                        return None;
                    }
                    *next += *step;
                }
                *at += 1;
                Some(Value::Number(Number::from(*next)))
            }
            Domain::Days { next, last, step } => {
                if *at > 0 {
                    if next == last {
                        return None;
                    }
                    *next = next.add_days(*step)?;
                }
                *at += 1;
                Some(Value::Date(*next))
            }
            Domain::Nothing => None,
        }
    }
}

/// What a turn of a loop says.
enum Turn {
    Go,
    Stop,
}

impl<'a> Machine<'a> {
    pub(super) fn for_loop<'n>(&mut self, iteration: &'n Loop, at: u32) -> Walked
    where
        'a: 'n,
    {
        let mark = self.locals.len();
        // The slot of `partial`, used or not.
        self.locals.push(Value::Null);
        let mut results = Arc::new(Vec::new());
        let broken = self.turns(iteration, 0, at, &mut |machine| {
            if iteration.partial.is_some() {
                machine.locals[mark] = Value::List(results.clone());
            }
            let value = machine.eval(&iteration.body)?;
            machine.build(size_of::<Value>())?;
            if iteration.partial.is_some() {
                machine.locals[mark] = Value::Null;
                machine.check_depth(&value)?;
                // Only when a result has kept `partial` itself is the list still shared.
                if Arc::strong_count(&results) > 1 {
                    machine.build(results.len() * size_of::<Value>())?;
                }
            }
            Arc::make_mut(&mut results).push(value);
            Ok(Turn::Go)
        })?;
        self.locals.truncate(mark);
        if broken {
            return Ok(Value::Null);
        }
        let value = Value::List(results);
        self.check_depth(&value)?;
        Ok(value)
    }

    /// `some` (decided by true) and `every` (decided by false), in three-valued logic.
    pub(super) fn quantified<'n>(&mut self, iteration: &'n Loop, deciding: bool, at: u32) -> Walked
    where
        'a: 'n,
    {
        let mark = self.locals.len();
        let mut outcome = Value::Boolean(!deciding);
        let broken = self.turns(iteration, 0, at, &mut |machine| {
            match machine.eval(&iteration.body)? {
                Value::Boolean(truth) if truth == deciding => {
                    outcome = Value::Boolean(deciding);
                    return Ok(Turn::Stop);
                }
                Value::Boolean(_) => {}
                _ => outcome = Value::Null,
            }
            Ok(Turn::Go)
        })?;
        self.locals.truncate(mark);
        Ok(if broken { Value::Null } else { outcome })
    }

    /// All turns of the iterators from `level` on, the last one fastest. True: something that is no
    /// list was to be gone over.
    fn turns<'n>(
        &mut self,
        iteration: &'n Loop,
        level: usize,
        at: u32,
        body: &mut dyn FnMut(&mut Machine<'a>) -> Walked<Turn>,
    ) -> Walked<bool>
    where
        'a: 'n,
    {
        let mut stopped = false;
        self.turns_of(iteration, level, at, body, &mut stopped)
    }

    fn turns_of<'n>(
        &mut self,
        iteration: &'n Loop,
        level: usize,
        at: u32,
        body: &mut dyn FnMut(&mut Machine<'a>) -> Walked<Turn>,
        stopped: &mut bool,
    ) -> Walked<bool>
    where
        'a: 'n,
    {
        let Some(over) = iteration.iterators.get(level) else {
            *stopped = matches!(body(self)?, Turn::Stop);
            return Ok(false);
        };
        let Some(mut domain) = self.domain(over, at)? else {
            return Ok(true);
        };
        let mark = self.locals.len();
        let mut turn = 0;
        while let Some(item) = domain.next(&mut turn) {
            self.work(1)?;
            self.locals.push(item);
            let broken = self.turns_of(iteration, level + 1, at, body, stopped)?;
            self.locals.truncate(mark);
            if broken || *stopped {
                return Ok(broken);
            }
        }
        Ok(false)
    }

    fn domain<'n>(&mut self, over: &'n Over, at: u32) -> Walked<Option<Domain>>
    where
        'a: 'n,
    {
        // Going over something is set up anew for every turn of the loop around it.
        self.work(8)?;
        let value = self.eval(&over.over)?;
        let end = match &over.end {
            Some(end) => Some(self.eval(end)?),
            None => None,
        };
        let domain = match (&value, &end) {
            (Value::List(items), None) => Some(Domain::List(items.clone())),
            (Value::Range(range), None) => between(&range.start, &range.end)
                .map(|domain| inner(domain, range.start_included, range.end_included)),
            (Value::Null, _) | (_, Some(Value::Null)) => None,
            (_, None) => Some(Domain::List(Arc::new(vec![value.clone()]))),
            (start, Some(end)) => between(start, end),
        };
        if domain.is_none() {
            let message = match &end {
                Some(end) => format!(
                    "A loop cannot go from a {} to a {}: whole numbers or dates are needed.",
                    value.type_name(),
                    end.type_name()
                ),
                None => format!("A loop cannot go over a {}.", value.type_name()),
            };
            self.warn(at, message);
        }
        Ok(domain)
    }
}

/// From one whole number or date to another, up or down.
fn between(start: &Value, end: &Value) -> Option<Domain> {
    match (start, end) {
        (Value::Number(start), Value::Number(end)) => {
            let (next, last) = (start.to_i64()?, end.to_i64()?);
            Some(Domain::Numbers {
                next,
                last,
                step: if next <= last { 1 } else { -1 },
            })
        }
        (Value::Date(start), Value::Date(end)) => Some(Domain::Days {
            next: *start,
            last: *end,
            step: if start <= end { 1 } else { -1 },
        }),
        _ => None,
    }
}

/// Leaves out ends that do not belong to a range.
fn inner(domain: Domain, start_included: bool, end_included: bool) -> Domain {
    let (skip_start, skip_end) = (i64::from(!start_included), i64::from(!end_included));
    match domain {
        Domain::Numbers { next, last, step } => {
            let ends = next
                .checked_add(step * skip_start)
                .zip(last.checked_sub(step * skip_end));
            match ends {
                Some((first, end)) if (step > 0 && first <= end) || (step < 0 && first >= end) => {
                    Domain::Numbers {
                        next: first,
                        last: end,
                        step,
                    }
                }
                _ => Domain::Nothing,
            }
        }
        Domain::Days { next, last, step } => {
            match (
                next.add_days(step * skip_start),
                last.add_days(-step * skip_end),
            ) {
                (Some(first), Some(end)) if (end.days() - first.days()) * step >= 0 => {
                    Domain::Days {
                        next: first,
                        last: end,
                        step,
                    }
                }
                _ => Domain::Nothing,
            }
        }
        other => other,
    }
}
