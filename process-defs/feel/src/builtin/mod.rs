//! The built-in functions: one table (DMN 1.5, 10.3.4, and what Camunda adds).
//!
//! Each entry has its name, its parameters, what it does in a sentence, and examples with their results,
//! which run as tests; the documentation page is made from the same table.

mod boolean;
mod context;
mod conversion;
mod list;
mod number;
mod pattern;
mod range;
mod statistics;
mod string;
mod temporal;

pub(crate) use conversion::temporal_from_text;
pub(crate) use pattern::Pattern;

use crate::evaluate::{Machine, Outcome, Trouble, null};
use crate::value::{Context, Function, Number, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A built-in function.
pub struct Builtin {
    /// Its name, with blanks.
    pub name: &'static str,
    /// Its parameters, one list for each way to call it. `name?` may be left out, `name...` takes any
    /// number of values.
    pub signatures: &'static [&'static [&'static str]],
    /// What it gives, in a sentence.
    pub about: &'static str,
    /// Calls and their results.
    pub examples: &'static [(&'static str, &'static str)],
    pub(crate) run: fn(&mut Machine<'_>, &Args) -> Outcome,
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const GROUPS: [(&str, &[Builtin]); 9] = [
    ("Conversion", conversion::TABLE),
    ("Boolean", boolean::TABLE),
    ("String", string::TABLE),
    ("Number", number::TABLE),
    ("List", list::TABLE),
    ("Statistics", statistics::TABLE),
    ("Context", context::TABLE),
    ("Date and time", temporal::TABLE),
    ("Range", range::TABLE),
];

/// All built-ins in groups with their titles: what documentation and editors show.
pub fn groups() -> impl Iterator<Item = (&'static str, &'static [Builtin])> {
    GROUPS.iter().map(|(title, table)| (*title, *table))
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Builtin>> = LazyLock::new(|| {
    groups()
        .flat_map(|(_, table)| table)
        .map(|b| (b.name, b))
        .collect()
});

/// Names of several words by their first word, longest first.
static BY_FIRST_WORD: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut index: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    for (_, table) in groups() {
        for builtin in table {
            if let Some((first, _)) = builtin.name.split_once(' ') {
                index.entry(first).or_default().push(builtin.name);
            }
        }
    }
    index
});

/// The built-in of a name.
pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
    BY_NAME.get(name).copied()
}

pub(crate) fn names_of_several_words(first: &str) -> &'static [&'static str] {
    BY_FIRST_WORD.get(first).map_or(&[], Vec::as_slice)
}

/// How many values a signature takes: least and most.
fn count(signature: &[&str]) -> (usize, usize) {
    let required = signature
        .iter()
        .filter(|p| !p.ends_with('?') && !p.ends_with("..."))
        .count();
    if signature.iter().any(|p| p.ends_with("...")) {
        // `sum()` is a mistake; `append(list)` adds nothing.
        (required.max(1), usize::MAX)
    } else {
        (required, signature.len())
    }
}

fn bare(parameter: &str) -> &str {
    parameter.trim_end_matches('?').trim_end_matches("...")
}

impl Builtin {
    pub(crate) fn parameters(&self) -> Vec<&'static str> {
        self.signatures
            .first()
            .map_or(Vec::new(), |s| s.iter().map(|p| bare(p)).collect())
    }

    /// The first signature that takes so many values.
    pub(crate) fn signature_for(&self, given: usize) -> Option<usize> {
        self.signatures.iter().position(|signature| {
            let (least, most) = count(signature);
            (least..=most).contains(&given)
        })
    }

    pub(crate) fn wrong_count(&self, given: usize) -> String {
        let forms: Vec<String> = self
            .signatures
            .iter()
            .map(|s| format!("{}({})", self.name, s.join(", ")))
            .collect();
        let values = if given == 1 { "value" } else { "values" };
        format!("Expected {}, but got {given} {values}.", forms.join(" or "))
    }

    /// Values by name in the order of the signature that has these names; what is missing is null.
    pub(crate) fn arrange(&self, named: Vec<(&str, Value)>) -> Result<(Vec<Value>, usize), String> {
        let place = |signature: &[&str], name: &str| {
            // What takes any number of values has no name to give one by.
            signature
                .iter()
                .position(|p| !p.ends_with("...") && bare(p) == name)
        };
        let fitting = self.signatures.iter().position(|signature| {
            named
                .iter()
                .all(|(name, _)| place(signature, name).is_some())
        });
        let Some(at) = fitting else {
            let names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "\"{}\" has no parameters `{}`; it has `{}`.",
                self.name,
                names.join("`, `"),
                self.signatures
                    .iter()
                    .flat_map(|s| s.iter().map(|p| bare(p)))
                    .collect::<Vec<_>>()
                    .join("`, `")
            ));
        };
        let signature = self.signatures[at];
        let mut values = vec![Value::Null; signature.len()];
        let mut last = 0;
        for (name, value) in named {
            if let Some(place) = place(signature, name) {
                values[place] = value;
                last = last.max(place + 1);
            }
        }
        // What may be left out and was is not given as null: `floor(n: 1.5)` has no scale.
        let required = count(signature).0;
        values.truncate(last.max(required));
        Ok((values, at))
    }
}

/// The values that a built-in was called with.
pub(crate) struct Args {
    pub(crate) builtin: &'static Builtin,
    pub(crate) values: Vec<Value>,
    pub(crate) signature: usize,
}

impl Args {
    fn len(&self) -> usize {
        self.values.len()
    }

    /// The value at a place; null when it was left out.
    fn value(&self, at: usize) -> &Value {
        self.values.get(at).unwrap_or(&Value::Null)
    }

    /// The value at a place, unless it is null or was left out.
    fn given(&self, at: usize) -> Option<&Value> {
        self.values.get(at).filter(|value| !value.is_null())
    }

    /// What a call says about a value that does not fit.
    fn refuse<T>(&self, at: usize, wanted: &str) -> Result<T, Trouble> {
        let signature = self
            .builtin
            .signatures
            .get(self.signature)
            .copied()
            .unwrap_or(&[]);
        let parameter = signature
            .get(at)
            .or(signature.last())
            .map_or("value", |p| bare(p));
        let found = self.value(at).type_name();
        let article = if found == "null" { "" } else { "a " };
        null(format!(
            "\"{}\" needs {wanted} as `{parameter}`, but it is {article}{found}.",
            self.builtin.name
        ))
    }

    /// What a call says about a result that cannot be.
    fn fail<T>(&self, why: &str) -> Result<T, Trouble> {
        null(format!("\"{}\" gives null: {why}.", self.builtin.name))
    }

    /// A value where a single one is wanted: a list of one gives its item (DMN 1.5, 10.3.2.9.4).
    fn single(&self, at: usize) -> &Value {
        match self.value(at) {
            Value::List(items) => match items.as_slice() {
                [one] => one,
                _ => self.value(at),
            },
            value => value,
        }
    }

    fn string(&self, at: usize) -> Result<&str, Trouble> {
        match self.single(at) {
            Value::String(text) => Ok(text),
            _ => self.refuse(at, "a string"),
        }
    }

    fn number(&self, at: usize) -> Result<&Number, Trouble> {
        match self.single(at) {
            Value::Number(number) => Ok(number),
            _ => self.refuse(at, "a number"),
        }
    }

    /// A whole number; a fraction is cut off.
    fn integer(&self, at: usize) -> Result<i64, Trouble> {
        match self.number(at)?.truncate().to_i64() {
            Some(n) => Ok(n),
            None => self.refuse(at, "a number within 64 bits"),
        }
    }

    fn context(&self, at: usize) -> Result<&Context, Trouble> {
        match self.single(at) {
            Value::Context(context) => Ok(context),
            _ => self.refuse(at, "a context"),
        }
    }

    fn function(&self, at: usize) -> Result<&Function, Trouble> {
        match self.single(at) {
            Value::Function(function) => Ok(function),
            _ => self.refuse(at, "a function"),
        }
    }

    /// A list; one value that is no list counts as a list of one. Counts its items as work.
    fn list(&self, machine: &mut Machine<'_>, at: usize) -> Result<&[Value], Trouble> {
        let items = match self.value(at) {
            Value::List(items) => items.as_slice(),
            Value::Null => return self.refuse(at, "a list"),
            single => std::slice::from_ref(single),
        };
        machine.work(items.len())?;
        Ok(items)
    }

    /// The items of the only argument, a list, or all arguments: `sum([1, 2])` or `sum(1, 2)`.
    fn items(&self, machine: &mut Machine<'_>) -> Result<&[Value], Trouble> {
        if self.len() == 1 {
            return self.list(machine, 0);
        }
        machine.work(self.len())?;
        Ok(&self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Env, Expression};

    #[test]
    fn every_example_of_a_built_in_gives_the_result_beside_it() {
        for (_, table) in groups() {
            for builtin in table {
                assert!(
                    !builtin.examples.is_empty(),
                    "{} has no example",
                    builtin.name
                );
                assert!(builtin.about.ends_with('.'), "{}", builtin.name);
                for (call, result) in builtin.examples {
                    let value = |text: &str| {
                        let expression =
                            Expression::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
                        expression.evaluate(&(), &Env::for_tests())
                    };
                    let (got, wanted) = (value(call), value(result));
                    assert_eq!(
                        got.value.to_feel(),
                        wanted.value.to_feel(),
                        "{call}: {:?}",
                        got.warnings
                    );
                }
            }
        }
    }

    #[test]
    fn no_two_built_ins_have_the_same_name() {
        let all: usize = groups().map(|(_, table)| table.len()).sum();
        assert_eq!(BY_NAME.len(), all);
    }
}
