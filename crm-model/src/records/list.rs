//! Lists and search: filters, words, order, pages.
//!
//! Pages go on from the last record's values and key, not from an offset: they neither skip nor
//! repeat while records come and go, and page 1000 is as quick as the first.

use super::query::{Cursor, Op, Page, Position, Query, Sort, Stored, Total};
use super::read::{Record, assemble};
use super::value::{self, Read};
use crate::kind::{Field, FieldType, Kind};
use crate::store::{self, Row, Stretch};
use crate::{CrmError, Filter, Problem, Scope};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{ConnectionTrait, Order, Value};
use serde_json::Value as Json;

/// Nobody reads further; counting on would only cost time.
const COUNT_CAP: u64 = 10_000;
const LIMIT_MAX: u32 = 200;
const LIMIT_DEFAULT: u32 = 50;
/// More conditions than any form has.
const FILTERS_MAX: usize = 50;

/// A page of the records that fit a query.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    query: &Query,
) -> Result<Page, CrmError> {
    let mut problems = Vec::new();
    let condition = condition(scope, kind, query, &mut problems);
    let order = order(scope, kind, &query.sort, &mut problems);
    let after = match query
        .after
        .as_ref()
        .map(|cursor| cursor.position(&query.sort))
    {
        Some(Ok(position)) => Some(position),
        Some(Err(problem)) => {
            problems.push(problem);
            None
        }
        None => None,
    };
    if !problems.is_empty() {
        return Err(CrmError::Invalid { problems });
    }
    let limit = match query.limit {
        0 => LIMIT_DEFAULT,
        limit => limit.clamp(1, LIMIT_MAX),
    };
    let total = store::count(conn, scope, kind, condition.clone(), COUNT_CAP + 1).await?;
    let stretch = Stretch {
        condition: match after {
            Some(position) => condition.add(beyond(&order, position)),
            None => condition,
        },
        order: order
            .iter()
            .map(Term::order)
            .chain([key_order(&order)])
            .collect(),
        // One more, to know whether there is a next page.
        limit: u64::from(limit) + 1,
    };
    let mut rows = store::stretch(conn, scope, kind, stretch).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| Cursor::of(&position(&order, query, row)));
    let records = assemble(conn, scope, rows).await?;
    let total = Total {
        count: total.clamp(0, COUNT_CAP),
        or_more: total > COUNT_CAP,
    };
    Ok(Page {
        records,
        next,
        total,
    })
}

/// The records of the given kinds in which all the words occur, `limit` of each kind at most: those
/// that begin with the words first, then the newest.
pub async fn search<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kinds: &[Kind],
    words: &str,
    limit: u32,
) -> Result<Vec<Record>, CrmError> {
    let mut found = Vec::new();
    let words = words.trim().to_lowercase();
    if words.is_empty() {
        return Ok(found);
    }
    for kind in kinds {
        let begins = col(SEARCH).like(like(&format!("{}%", escaped(&words))));
        let order = vec![
            (begins, Order::Desc, false),
            (col("key"), Order::Desc, false),
        ];
        let limit = u64::from(limit.clamp(1, LIMIT_MAX));
        let stretch = Stretch {
            condition: all_words(Condition::all(), &words),
            order,
            limit,
        };
        let rows = store::stretch(conn, scope, *kind, stretch).await?;
        found.extend(assemble(conn, scope, rows).await?);
    }
    Ok(found)
}

const SEARCH: &str = "search_text";

fn col(name: &'static str) -> SimpleExpr {
    Expr::col(Alias::new(name))
}

/// Takes `%`, `_` and `\` literally.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn like(pattern: &str) -> LikeExpr {
    LikeExpr::new(pattern).escape('\\')
}

fn all_words(condition: Condition, words: &str) -> Condition {
    words
        .to_lowercase()
        .split_whitespace()
        .take(10)
        .fold(condition, |condition, word| {
            condition.add(col(SEARCH).like(like(&format!("%{}%", escaped(word)))))
        })
}

fn condition(scope: &Scope, kind: Kind, query: &Query, problems: &mut Vec<Problem>) -> Condition {
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

pub(super) fn unknown(kind: Kind, name: &str) -> Problem {
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
            Ok(all.add(match op {
                Op::Eq if is_empty => column.is_null(),
                Op::Ne if is_empty => column.is_not_null(),
                Op::Eq => column.eq(value),
                Op::Ne => column.clone().ne(value).or(column.is_null()),
                _ if is_empty => {
                    return Err(wrong(format!("Compare {} with a value.", field.name)));
                }
                Op::Lt => column.lt(value),
                Op::Lte => column.lte(value),
                Op::Gt => column.gt(value),
                _ => column.gte(value),
            }))
        }
    }
}

/// The text occurs in the field. SQLite's LIKE ignores case only in ASCII, so the ways in which
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
        any.add(col(field.name).like(like(&format!("%{}%", escaped(way)))))
    })
}

/// One step of an order.
struct Term {
    field: &'static Field,
    descending: bool,
}

impl Term {
    /// The leading field is compared without regard to case.
    fn column(&self) -> SimpleExpr {
        col(if self.field.leads {
            SEARCH
        } else {
            self.field.name
        })
    }

    fn nullable(&self) -> bool {
        !self.field.required && !self.is_system_time()
    }

    fn is_system_time(&self) -> bool {
        matches!(self.field.name, "created_at" | "changed_at")
    }

    fn order(&self) -> (SimpleExpr, Order, bool) {
        (self.column(), direction(self.descending), self.nullable())
    }
}

fn direction(descending: bool) -> Order {
    if descending { Order::Desc } else { Order::Asc }
}

/// The key makes every order complete; it goes the way of the first step, as an index does.
fn key_order(order: &[Term]) -> (SimpleExpr, Order, bool) {
    (col("key"), direction(key_descends(order)), false)
}

fn key_descends(order: &[Term]) -> bool {
    order.first().is_none_or(|term| term.descending)
}

fn order(scope: &Scope, kind: Kind, sort: &[Sort], problems: &mut Vec<Problem>) -> Vec<Term> {
    if sort.len() > 5 {
        problems.push(Problem::new(
            "sort",
            "tooLong",
            "A list is sorted by 5 fields at most.",
        ));
        return Vec::new();
    }
    let mut order = Vec::new();
    for Sort(name, descending) in sort {
        match scope.field(kind, name) {
            None => problems.push(unknown(kind, name)),
            Some(field) if matches!(field.field_type, FieldType::LongText) => {
                let sentence = format!("A list cannot be sorted by {name}.");
                problems.push(Problem::new(name, "wrongType", sentence));
            }
            Some(field) => order.push(Term {
                field,
                descending: *descending,
            }),
        }
    }
    order
}

/// The last record of a page.
fn position(order: &[Term], query: &Query, row: &Row) -> Position {
    let description = row.kind.description();
    let values = order.iter().map(|term| {
        if term.field.leads {
            return Stored::Text(description.search_text(&row.cells));
        }
        match row.cells.get(term.field.name) {
            Some(Value::BigInt(Some(number))) => Stored::Int(*number),
            Some(Value::Bool(Some(flag))) => Stored::Flag(*flag),
            Some(Value::String(Some(text))) => Stored::Text(text.clone()),
            _ => Stored::Empty,
        }
    });
    Position {
        sort: query.sort.clone(),
        values: values.collect(),
        key: row.key.0,
    }
}

/// All that comes after a position: later in the first step of the order, or equal there and later
/// in the next, and so on, with empty values last.
fn beyond(order: &[Term], position: Position) -> Condition {
    let mut alternatives = Condition::any();
    let mut equal_so_far = Condition::all();
    let mut bound = None;
    for (index, (term, value)) in order.iter().zip(position.values).enumerate() {
        let value: Option<Value> = match value {
            Stored::Int(number) => Some(number.into()),
            Stored::Flag(flag) => Some(flag.into()),
            Stored::Text(text) => Some(text.into()),
            Stored::Empty => None,
        };
        let Some(value) = value else {
            // Nothing is later than an empty value.
            equal_so_far = equal_so_far.add(term.column().is_null());
            continue;
        };
        let compare = |or_equal: bool| {
            let (column, value) = (term.column(), value.clone());
            let later = match (term.descending, or_equal) {
                (false, false) => column.gt(value),
                (false, true) => column.gte(value),
                (true, false) => column.lt(value),
                (true, true) => column.lte(value),
            };
            let any = Condition::any().add(later);
            if term.nullable() {
                any.add(term.column().is_null())
            } else {
                any
            }
        };
        // Says nothing new, but lets an index begin in the right place.
        if index == 0 {
            bound = Some(compare(true));
        }
        alternatives = alternatives.add(equal_so_far.clone().add(compare(false)));
        equal_so_far = equal_so_far.add(term.column().eq(value));
    }
    let key = match key_descends(order) {
        true => col("key").lt(position.key),
        false => col("key").gt(position.key),
    };
    let beyond = Condition::all().add(alternatives.add(equal_so_far.add(key)));
    match bound {
        Some(bound) => beyond.add(bound),
        None => beyond,
    }
}
