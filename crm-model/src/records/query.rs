//! What may be asked of a list, and how far one has read.

use super::Record;
use crate::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What a list should show.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// All of these must hold.
    pub filters: Vec<Filter>,
    /// Words that must all occur in what is searchable.
    pub search: Option<String>,
    /// In what order; without, the newest first.
    pub sort: Vec<Sort>,
    /// How many at once, 1 to 200; 0 stands for 50.
    pub limit: u32,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// The field's name.
    pub field: String,
    /// How it is compared.
    pub op: Op,
    /// With what: a value of the field; a list of them for `in`; true or false for `empty`.
    #[serde(default)]
    pub value: Json,
}

/// How a field is compared.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal. An empty value means: the field is empty.
    Eq,
    /// Not equal; empty fields are not equal to any value.
    Ne,
    /// Less, or earlier.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater, or later.
    Gt,
    /// Greater or equal.
    Gte,
    /// The text occurs in it, in small letters, capitals, or as written.
    Contains,
    /// Equal to one of a list.
    In,
    /// Empty (`true`) or not (`false`).
    Empty,
}

/// An order: `["name", false]`, the second part for descending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort(pub String, pub bool);

/// Where a page ended: opaque, and only good for the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// The records, in order.
    pub records: Vec<Record>,
    /// Where to go on; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
    /// How many fit in all.
    pub total: Total,
}

/// How many records fit; not counted to the end when there are very many.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// So many.
    pub count: u64,
    /// Or more.
    pub or_more: bool,
}

/// What a cursor holds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// The order that it belongs to.
    pub sort: Vec<Sort>,
    /// The last record's values in that order, as the database has them.
    pub values: Vec<Stored>,
    /// Its key.
    pub key: i64,
}

/// A value of the database in a cursor.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Stored {
    Int(i64),
    Flag(bool),
    Text(String),
    Empty,
}

impl Cursor {
    /// Hex of JSON: safe in a URL without further ado.
    pub(super) fn of(position: &Position) -> Self {
        let json = serde_json::to_vec(position).unwrap_or_default();
        Cursor(json.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(super) fn position(&self, sort: &[Sort]) -> Result<Position, Problem> {
        let problem = || {
            let sentence = "The list has changed its order. Begin again at its first page.";
            Problem::new("after", "cursor", sentence)
        };
        let digits = self.0.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> = digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let position: Option<Position> = bytes.and_then(|json| serde_json::from_slice(&json).ok());
        let fits =
            |position: &Position| position.sort == sort && position.values.len() == sort.len();
        position.filter(fits).ok_or_else(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn position(text: &str) -> Position {
        let values = vec![
            Stored::Text(text.to_owned()),
            Stored::Int(i64::MIN),
            Stored::Empty,
        ];
        let sort = ["a", "b", "c"]
            .map(|name| Sort(name.to_owned(), name == "b"))
            .to_vec();
        Position {
            sort,
            values,
            key: i64::MAX,
        }
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_position(text in ".*") {
            let position = position(&text);
            prop_assert_eq!(Cursor::of(&position).position(&position.sort), Ok(position));
        }

        #[test]
        fn a_cursor_from_elsewhere_is_refused(text in ".*") {
            prop_assert!(Cursor(text).position(&[]).is_err());
        }
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = Cursor::of(&position("x"));
        let error = cursor.position(&[Sort("a".to_owned(), true)]).unwrap_err();
        assert_eq!(error.code, "cursor");
    }
}
