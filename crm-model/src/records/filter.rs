//! Filters and search words as SQL conditions.

use super::order::{ordering, place};
use super::query::{Filter, Op, Query};
use super::value::{self, Read};
use crate::kind::{Field, FieldType, Kind};
use crate::{Problem, Scope};
use sea_orm::Value;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Func, LikeExpr, SimpleExpr};
use serde_json::Value as Json;

/// More conditions than any form has.
const FILTERS_MAX: usize = 50;

/// The column that search looks through.
pub(super) const SEARCH: &str = "search_text";

pub(super) fn col(name: &'static str) -> SimpleExpr {
    Expr::col(Alias::new(name))
}

/// Takes `%`, `_` and `\` literally.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

pub(super) fn like(pattern: &str) -> LikeExpr {
    LikeExpr::new(pattern).escape('\\')
}

pub(super) fn all_words(condition: Condition, words: &str) -> Condition {
    words
        .to_lowercase()
        .split_whitespace()
        .take(10)
        .fold(condition, |condition, word| {
            condition.add(col(SEARCH).like(like(&format!("%{}%", escaped(word)))))
        })
}

pub(super) fn condition(
    scope: &Scope,
    kind: Kind,
    query: &Query,
    problems: &mut Vec<Problem>,
) -> Condition {
    let mut condition = Condition::all();
    if query.filters.len() > FILTERS_MAX {
        let sentence = format!("A list takes {FILTERS_MAX} conditions at most.");
        problems.push(Problem::new("filters", "tooLong", sentence));
        return condition;
    }
    for filter in &query.filters {
        match scope.field(kind, &filter.field) {
            None => problems.push(unknown(kind, &filter.field)),
            Some(field) => match filtered(field, filter) {
                Ok(expression) => condition = condition.add(expression),
                Err((code, sentence)) => problems.push(Problem::new(field.name, code, sentence)),
            },
        }
    }
    all_words(condition, query.search.as_deref().unwrap_or_default())
}

pub(in crate::records) fn unknown(kind: Kind, name: &str) -> Problem {
    Problem::new(
        name,
        "unknownField",
        format!("A {kind} has no field \"{name}\"."),
    )
}

/// One filter as an expression.
fn filtered(field: &Field, filter: &Filter) -> Result<Condition, value::Fault> {
    let column = col(field.name);
    let wrong = |sentence: String| ("wrongType", sentence);
    let read = |json: &Json| match value::from_json(field, json)? {
        Read::Value(value) => Ok(value),
        Read::Name(name) => Err(wrong(format!("\"{name}\" is not the key of a record."))),
    };
    let is_text = matches!(
        field.field_type,
        FieldType::Text { .. }
            | FieldType::LongText
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Website
    );
    let ordered = !matches!(
        field.field_type,
        FieldType::Boolean | FieldType::Link { .. } | FieldType::AnyLink { .. }
    );
    let all = Condition::all();
    match filter.op {
        Op::Empty => match filter.value {
            Json::Bool(false) => Ok(all.add(column.is_not_null())),
            Json::Bool(true) | Json::Null => Ok(all.add(column.is_null())),
            _ => Err(wrong(
                "The condition \"empty\" takes true or false.".to_owned(),
            )),
        },
        Op::In => match &filter.value {
            Json::Array(values) if values.len() <= 500 => {
                let values = values.iter().map(read).collect::<Result<Vec<Value>, _>>()?;
                Ok(all.add(column.is_in(values)))
            }
            _ => Err(wrong(
                "The condition \"in\" takes a list of up to 500 values.".to_owned(),
            )),
        },
        Op::Contains if is_text => match &filter.value {
            Json::String(text) if !text.trim().is_empty() => Ok(contains(field, text.trim())),
            _ => Err(wrong("The condition \"contains\" takes a text.".to_owned())),
        },
        Op::Contains => Err(wrong(format!(
            "The field {} is no text to search in.",
            field.name
        ))),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte if !ordered => {
            Err(wrong(format!("The field {} has no order.", field.name)))
        }
        op => {
            let value = read(&filter.value)?;
            let is_empty = value == value::null(&field.field_type);
            // By the field itself, where lists are sorted by what search looks through.
            let by = if field.leads {
                column.clone()
            } else {
                ordering(field)
            };
            Ok(all.add(match op {
                Op::Eq if is_empty => column.is_null(),
                Op::Ne if is_empty => column.is_not_null(),
                Op::Eq => column.eq(value),
                Op::Ne => column.clone().ne(value).or(column.is_null()),
                _ if is_empty => {
                    return Err(wrong(format!("Compare {} with a value.", field.name)));
                }
                Op::Lt => by.lt(place(field, value)),
                Op::Lte => by.lte(place(field, value)),
                Op::Gt => by.gt(place(field, value)),
                _ => by.gte(place(field, value)),
            }))
        }
    }
}

/// The text occurs in the field. The databases know the case of ASCII letters only, so the ways in which
/// people write a word are asked for one by one; `search` is exact, by its own column.
fn contains(field: &Field, text: &str) -> Condition {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    let first = letters
        .next()
        .map(|c| c.to_uppercase().collect::<String>())
        .unwrap_or_default();
    let capitalised = first + letters.as_str();
    let mut ways = vec![text.to_owned(), lower, capitalised, text.to_uppercase()];
    ways.sort();
    ways.dedup();
    ways.iter().fold(Condition::any(), |any, way| {
        let way = format!("%{}%", escaped(&way.to_ascii_lowercase()));
        any.add(SimpleExpr::from(Func::lower(col(field.name))).like(like(&way)))
    })
}
