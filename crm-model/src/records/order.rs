//! The order of a list, and where a page goes on in it.

use super::filter::{SEARCH, col, unknown};
use super::query::{Position, Query, Sort, Stored};
use crate::kind::{Field, FieldType, Kind};
use crate::store::Row;
use crate::{Problem, Scope};
use sea_orm::sea_query::{CaseStatement, Condition, ExprTrait, SimpleExpr};
use sea_orm::{Order, Value};

/// One step of an order.
pub(super) struct Term {
    field: &'static Field,
    descending: bool,
}

impl Term {
    pub(super) fn order(&self) -> (SimpleExpr, Order, bool) {
        let direction = direction(self.descending);
        (ordering(self.field), direction, self.nullable())
    }

    fn nullable(&self) -> bool {
        !self.field.required
    }
}

/// What a field is compared by: choices by their place in the description (low, normal, high), the
/// leading field without regard to case, all else as it is.
pub(super) fn ordering(field: &Field) -> SimpleExpr {
    match field.field_type {
        FieldType::Choice { values } => {
            let places = values.iter().zip(0i64..);
            let by_place = places.fold(CaseStatement::new(), |case, (value, place)| {
                case.case(col(field.name).eq(*value), place)
            });
            by_place.into()
        }
        _ if field.leads => col(SEARCH),
        _ => col(field.name),
    }
}

/// The value that [`ordering`] gives for a value of the field.
pub(super) fn place(field: &Field, value: Value) -> Value {
    match (field.field_type, &value) {
        (FieldType::Choice { values }, Value::String(Some(text))) => {
            let place = values.iter().position(|value| value == text);
            Value::BigInt(place.and_then(|place| i64::try_from(place).ok()))
        }
        _ => value,
    }
}

fn direction(descending: bool) -> Order {
    if descending { Order::Desc } else { Order::Asc }
}

/// The key makes every order complete; it goes the way of the first step, as an index does.
pub(super) fn key_order(order: &[Term]) -> (SimpleExpr, Order, bool) {
    (col("key"), direction(key_descends(order)), false)
}

fn key_descends(order: &[Term]) -> bool {
    order.first().is_none_or(|term| term.descending)
}

pub(super) fn order(
    scope: &Scope,
    kind: Kind,
    sort: &[Sort],
    problems: &mut Vec<Problem>,
) -> Vec<Term> {
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
pub(super) fn position(order: &[Term], query: &Query, row: &Row) -> Position {
    let values = order.iter().map(|term| {
        if term.field.leads {
            return Stored::Text(row.search_text.clone());
        }
        let value = row.cells.get(term.field.name).cloned();
        match value.map(|value| place(term.field, value)) {
            Some(Value::BigInt(Some(number))) => Stored::Int(number),
            Some(Value::Bool(Some(flag))) => Stored::Flag(flag),
            Some(Value::String(Some(text))) => Stored::Text(text),
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
pub(super) fn beyond(order: &[Term], position: Position) -> Condition {
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
            equal_so_far = equal_so_far.add(ordering(term.field).is_null());
            continue;
        };
        let compare = |or_equal: bool| {
            let (column, value) = (ordering(term.field), value.clone());
            let later = match (term.descending, or_equal) {
                (false, false) => column.gt(value),
                (false, true) => column.gte(value),
                (true, false) => column.lt(value),
                (true, true) => column.lte(value),
            };
            let any = Condition::any().add(later);
            if term.nullable() {
                any.add(ordering(term.field).is_null())
            } else {
                any
            }
        };
        // Says nothing new, but lets an index begin in the right place.
        if index == 0 {
            bound = Some(compare(true));
        }
        alternatives = alternatives.add(equal_so_far.clone().add(compare(false)));
        equal_so_far = equal_so_far.add(ordering(term.field).eq(value));
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
