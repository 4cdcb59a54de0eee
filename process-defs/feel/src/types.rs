//! Types: what `instance of` asks for and what parameters and variables of a model may hold
//! (DMN 1.5, 10.3.2.9).

use crate::error::SyntaxError;
use crate::names::Names;
use crate::value::{DateTime, Function, FunctionKind, Offset, Time, Value};
use std::fmt;
use std::sync::Arc;

/// A type of FEEL. Cheap to clone; written as FEEL writes it, and read back by [`Type::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Whatever there is.
    Any,
    /// Only null.
    Null,
    /// `true` and `false`.
    Boolean,
    /// Decimals.
    Number,
    /// Texts.
    String,
    /// Calendar dates.
    Date,
    /// Times of day.
    Time,
    /// `date and time`
    DateTime,
    /// `days and time duration`
    DaysTimeDuration,
    /// `years and months duration`
    YearsMonthsDuration,
    /// `list<T>`; a plain `list` holds anything.
    List(Arc<Type>),
    /// `range<T>`, by its ends; a plain `range` is between any two.
    Range(Arc<Type>),
    /// `context<a: T, b: U>`: at least these entries; a plain `context` asks for none.
    Context(Arc<[(Arc<str>, Type)]>),
    /// `function`, whatever it takes and gives.
    AnyFunction,
    /// `function<T, U> -> V`: parameters in order, and the result.
    Function(Arc<[Type]>, Arc<Type>),
    /// A name that nothing declared. No value is an instance of it, and parameters of it take everything.
    Unknown(Arc<str>),
}

/// A value that does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A value of the type {expected} is needed, but it is a {found}.")]
pub struct Misfit {
    /// What was wanted.
    pub expected: Type,
    /// The type of the value that came.
    pub found: String,
}

impl Type {
    /// Reads a type: `list<number>`, `date and time`, `function<string> -> boolean`.
    ///
    /// ```
    /// use redthread_feel::{Type, Value};
    /// let prices = Type::parse("list<number>").unwrap();
    /// assert_eq!(prices.to_string(), "list<number>");
    /// // One item is taken as a list of one, a list of one as its item.
    /// assert_eq!(prices.coerce(Value::from(5)), Ok(Value::from(vec![Value::from(5)])));
    /// assert!(prices.coerce(Value::from("five")).is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Type, SyntaxError> {
        Type::parse_with(text, &Names::new())
    }

    /// Reads a type that may name types of a model.
    pub fn parse_with(text: &str, names: &Names) -> Result<Type, SyntaxError> {
        crate::parser::parse_type(text, names)
    }

    /// A list of this.
    pub fn list(item: Type) -> Type {
        Type::List(Arc::new(item))
    }

    /// A range between two of this.
    pub fn range(end: Type) -> Type {
        Type::Range(Arc::new(end))
    }

    /// A context with at least these entries.
    pub fn context<N: Into<Arc<str>>>(entries: impl IntoIterator<Item = (N, Type)>) -> Type {
        Type::Context(
            entries
                .into_iter()
                .map(|(name, kind)| (name.into(), kind))
                .collect(),
        )
    }

    /// A function of these parameters with this result.
    pub fn function(parameters: impl IntoIterator<Item = Type>, result: Type) -> Type {
        Type::Function(parameters.into_iter().collect(), Arc::new(result))
    }

    /// The type of a plain name, with the spellings that DMN files of all versions use.
    pub(crate) fn named(name: &str) -> Option<Type> {
        Some(match name {
            "Any" | "any" => Type::Any,
            "Null" | "null" => Type::Null,
            "boolean" => Type::Boolean,
            "number" => Type::Number,
            "string" => Type::String,
            "date" => Type::Date,
            "time" => Type::Time,
            "date and time" | "dateTime" => Type::DateTime,
            "days and time duration" | "day time duration" | "dayTimeDuration" => {
                Type::DaysTimeDuration
            }
            "years and months duration" | "year month duration" | "yearMonthDuration" => {
                Type::YearsMonthsDuration
            }
            "list" => Type::list(Type::Any),
            "range" => Type::range(Type::Any),
            "context" => Type::Context(Arc::new([])),
            "function" => Type::AnyFunction,
            _ => return None,
        })
    }

    /// Whether a value may stand where this type is declared (DMN 1.5, 10.3.2.9.2). Null conforms to every
    /// type; looks at every item of lists and entry of contexts.
    pub fn conforms(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null) | (Type::Any, _) => true,
            (Type::Null | Type::Unknown(_), _) => false,
            (Type::Boolean, Value::Boolean(_))
            | (Type::Number, Value::Number(_))
            | (Type::String, Value::String(_))
            | (Type::Date, Value::Date(_))
            | (Type::Time, Value::Time(_))
            | (Type::DateTime, Value::DateTime(_))
            | (Type::DaysTimeDuration, Value::DaysTimeDuration(_))
            | (Type::YearsMonthsDuration, Value::YearsMonthsDuration(_))
            | (Type::AnyFunction, Value::Function(_)) => true,
            (Type::List(item), Value::List(items)) => {
                **item == Type::Any || items.iter().all(|v| item.conforms(v))
            }
            (Type::Range(end), Value::Range(range)) => {
                end.conforms(&range.start) && end.conforms(&range.end)
            }
            (Type::Context(entries), Value::Context(context)) => entries
                .iter()
                .all(|(name, kind)| context.get(name).is_some_and(|v| kind.conforms(v))),
            (Type::Function(parameters, result), Value::Function(function)) => {
                function_conforms(function, parameters, result)
            }
            _ => false,
        }
    }

    /// `instance of`: null is an instance of `Null` only.
    pub(crate) fn has_instance(&self, value: &Value) -> bool {
        match value {
            Value::Null => *self == Type::Null,
            value => self.conforms(value),
        }
    }

    /// Whether every value of this type conforms to the other: entries of contexts and items of lists
    /// vary with them, parameters of functions against them (DMN 1.5, table 47).
    pub fn is_within(&self, other: &Type) -> bool {
        match (self, other) {
            (_, Type::Any) | (Type::Null, _) => true,
            (Type::List(a), Type::List(b)) | (Type::Range(a), Type::Range(b)) => a.is_within(b),
            (Type::Context(a), Type::Context(b)) => b.iter().all(|(name, wanted)| {
                a.iter()
                    .any(|(known, kind)| known == name && kind.is_within(wanted))
            }),
            (Type::Function(..), Type::AnyFunction) => true,
            (Type::Function(a, x), Type::Function(b, y)) => {
                a.len() == b.len()
                    && a.iter().zip(b.iter()).all(|(a, b)| b.is_within(a))
                    && x.is_within(y)
            }
            (a, b) => a == b,
        }
    }

    /// The value as a variable or parameter of this type holds it (DMN 1.5, 10.3.2.9.4): unchanged where
    /// it conforms, the item of a list of one, one item as a list, a date as midnight UTC. The error says
    /// what was wanted; DMN then takes null.
    pub fn coerce(&self, value: Value) -> Result<Value, Misfit> {
        if self.conforms(&value) || matches!(self, Type::Unknown(_)) {
            return Ok(value);
        }
        if let Value::List(items) = &value
            && let [single] = items.as_slice()
            && self.conforms(single)
        {
            return Ok(single.clone());
        }
        match (self, &value) {
            (Type::List(item), _) if item.conforms(&value) => Ok(Value::list(vec![value])),
            (Type::DateTime, Value::Date(date)) => {
                let midnight = Time::from_nanos(0, Offset::Fixed(0));
                Ok(Value::DateTime(DateTime::new(*date, midnight)))
            }
            _ => Err(Misfit {
                expected: self.clone(),
                found: value.type_name().to_owned(),
            }),
        }
    }

    /// Whether judging a value needs no look into it.
    pub(crate) fn is_shallow(&self) -> bool {
        match self {
            Type::List(item) => **item == Type::Any,
            Type::Context(entries) => entries.is_empty(),
            _ => true,
        }
    }
}

/// A function may stand for another that is given less and from which more is expected.
fn function_conforms(function: &Function, parameters: &[Type], result: &Type) -> bool {
    let within = |declared: Option<&Type>, given: &Type| match (declared, given) {
        (None | Some(Type::Unknown(_)), _) | (_, Type::Unknown(_)) => true,
        (Some(declared), given) => given.is_within(declared),
    };
    let given = |declared: &[crate::ast::Parameter]| {
        declared.len() == parameters.len()
            && declared
                .iter()
                .zip(parameters)
                .all(|(p, wanted)| within(p.kind.as_ref(), wanted))
    };
    match &function.0 {
        // The table of built-ins knows how many values they take, but not of which types.
        FunctionKind::Builtin(builtin) => builtin.signature_for(parameters.len()).is_some(),
        FunctionKind::Closure(closure) => {
            let gives = &closure.lambda.result;
            given(&closure.lambda.parameters)
                && gives.as_ref().is_none_or(|kind| kind.is_within(result))
        }
        FunctionKind::Host(host) => {
            given(host.parameters()) && host.result().is_none_or(|kind| kind.is_within(result))
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("Any"),
            Type::Null => f.write_str("Null"),
            Type::Boolean => f.write_str("boolean"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::Date => f.write_str("date"),
            Type::Time => f.write_str("time"),
            Type::DateTime => f.write_str("date and time"),
            Type::DaysTimeDuration => f.write_str("days and time duration"),
            Type::YearsMonthsDuration => f.write_str("years and months duration"),
            Type::List(item) if **item == Type::Any => f.write_str("list"),
            Type::List(item) => write!(f, "list<{item}>"),
            Type::Range(end) if **end == Type::Any => f.write_str("range"),
            Type::Range(end) => write!(f, "range<{end}>"),
            Type::Context(entries) if entries.is_empty() => f.write_str("context"),
            Type::Context(entries) => {
                f.write_str("context<")?;
                for (i, (name, kind)) in entries.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {kind}", crate::ast::Named(name))?;
                }
                f.write_str(">")
            }
            Type::AnyFunction => f.write_str("function"),
            Type::Function(parameters, result) => {
                f.write_str("function<")?;
                for (i, kind) in parameters.iter().enumerate() {
                    write!(f, "{}{kind}", if i > 0 { ", " } else { "" })?;
                }
                write!(f, "> -> {result}")
            }
            Type::Unknown(name) => write!(f, "{}", TypeName(name)),
        }
    }
}

/// A name of a model's type; its parts have points between.
struct TypeName<'a>(&'a str);

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.split('.').all(crate::lexer::is_plain_name) {
            f.write_str(self.0)
        } else {
            write!(f, "`{}`", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Env, Expression};

    fn value(text: &str) -> Value {
        Expression::parse(text)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value
    }

    fn kind(text: &str) -> Type {
        Type::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn a_type_reads_back_from_its_text() {
        for text in [
            "Any",
            "Null",
            "date and time",
            "list<list<number>>",
            "range<date>",
            "context<a: string, `first name`: list<Any>>",
            "function<number, date> -> function<> -> boolean",
            "people.Person",
        ] {
            assert_eq!(kind(&kind(text).to_string()), kind(text), "{text}");
        }
        assert_eq!(kind("dateTime"), Type::DateTime);
        assert_eq!(kind("year month duration"), Type::YearsMonthsDuration);
        assert_eq!(kind("list<Any>"), kind("list"));
    }

    #[test]
    fn coercion_takes_an_item_for_a_list_of_one_and_a_date_for_its_midnight() {
        let coerced = |text: &str, wanted: &str| {
            kind(wanted)
                .coerce(value(text))
                .map_or("null".to_owned(), |v| v.to_feel())
        };
        assert_eq!(coerced("5", "list<number>"), "[5]");
        assert_eq!(coerced("[5]", "number"), "5");
        assert_eq!(coerced("[5]", "list<number>"), "[5]");
        assert_eq!(coerced("null", "list<number>"), "null");
        assert_eq!(coerced("[1, 2]", "number"), "null");
        assert_eq!(coerced("[\"a\"]", "number"), "null");
        assert_eq!(
            coerced("@\"2026-01-05\"", "date and time"),
            "@\"2026-01-05T00:00:00Z\""
        );
        assert_eq!(coerced("{a: 1}", "context<a: number, b: number>"), "null");
        let misfit = kind("list<number>").coerce(value("\"a\"")).unwrap_err();
        assert_eq!(
            misfit.to_string(),
            "A value of the type list<number> is needed, but it is a string."
        );
    }

    #[test]
    fn a_function_may_take_more_than_it_is_given_and_not_less() {
        let takes = |text: &str, wanted: &str| kind(wanted).conforms(&value(text));
        assert!(takes("function(a) a", "function<number> -> Any"));
        assert!(takes("function(a: Any) a", "function<number> -> Any"));
        assert!(takes(
            "function(a: context<x: number>) a",
            "function<context<x: number, y: string>> -> Any"
        ));
        assert!(!takes(
            "function(a: context<x: number, y: string>) a",
            "function<context<x: number>> -> Any"
        ));
        assert!(!takes("function(a: string) a", "function<number> -> Any"));
        assert!(!takes("function(a, b) a", "function<number> -> Any"));
        assert!(kind("function<Any> -> number").is_within(&kind("function<string> -> Any")));
        assert!(!kind("function<string> -> Any").is_within(&kind("function<Any> -> Any")));
        assert!(!kind("function<> -> Any").is_within(&kind("function<> -> number")));
    }
}
