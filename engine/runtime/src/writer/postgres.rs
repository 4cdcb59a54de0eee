//! Statements of many rows, in PostgreSQL's words: the functions of `sqlite.rs`.
//!
//! All rows go in one statement, each column as an array, so that the text of a statement does not depend on how many
//! they are: it is planned once. An array holds no nulls here; where some values of a column are null, a second array
//! says which.

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

/// Rows as arrays: what a statement takes its rows from, and the values of its parameters.
struct Arrays {
    /// A `SELECT` that gives the rows; its columns are called `c1`, `c2` and so on.
    select: String,
    parameters: Vec<Value>,
}

impl Arrays {
    /// None: there are no rows.
    fn of(rows: Vec<Vec<Value>>) -> Result<Option<Arrays>, DbErr> {
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let mut columns: Vec<Column> = first.iter().map(Column::like).collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let mut arrays = Arrays {
            select: String::new(),
            parameters: Vec::new(),
        };
        let (mut shown, mut unnested) = (Vec::new(), Vec::new());
        for (at, column) in columns.into_iter().enumerate() {
            let (name, sql_type) = (format!("c{}", at + 1), column.sql_type()?);
            let mut parameter = |sql_type: &str, name: &str, value: Value| {
                arrays.parameters.push(value);
                let nth = arrays.parameters.len();
                unnested.push(format!("UNNEST(${nth}::{sql_type}[]) AS {name}"));
            };
            match column.nulls.iter().filter(|is_null| **is_null).count() {
                0 => {
                    parameter(sql_type, &name, column.values());
                    shown.push(name);
                }
                all if all == column.nulls.len() => {
                    shown.push(format!("NULL::{sql_type} AS {name}"));
                }
                _ => {
                    let (value, is_null) = (format!("v{}", at + 1), format!("n{}", at + 1));
                    shown.push(format!(
                        "CASE WHEN {is_null} THEN NULL ELSE {value} END AS {name}"
                    ));
                    let nulls = column
                        .nulls
                        .iter()
                        .map(|is_null| (*is_null).into())
                        .collect();
                    let nulls = Value::Array(ArrayType::Bool, Some(Box::new(nulls)));
                    parameter("boolean", &is_null, nulls);
                    parameter(sql_type, &value, column.values());
                }
            }
        }
        // As columns of a SELECT the arrays go hand in hand, row by row; as tables in a FROM each would be laid out first.
        arrays.select = format!(
            "SELECT {} FROM (SELECT {}) AS u",
            shown.join(", "),
            unnested.join(", "),
        );
        Ok(Some(arrays))
    }
}

/// The values of one column.
struct Column {
    kind: ArrayType,
    values: Vec<Value>,
    /// Which of the values stand for null.
    nulls: Vec<bool>,
}

impl Column {
    fn like(value: &Value) -> Column {
        Column {
            kind: value.array_type(),
            values: Vec::new(),
            nulls: Vec::new(),
        }
    }

    fn push(&mut self, value: Value) {
        let is_null = value == value.as_null();
        self.values
            .push(if is_null { value.dummy_value() } else { value });
        self.nulls.push(is_null);
    }

    fn values(self) -> Value {
        Value::Array(self.kind, Some(Box::new(self.values)))
    }

    fn sql_type(&self) -> Result<&'static str, DbErr> {
        match self.kind {
            ArrayType::Bool => Ok("boolean"),
            ArrayType::Int => Ok("integer"),
            ArrayType::BigInt => Ok("bigint"),
            ArrayType::String => Ok("text"),
            ArrayType::Bytes => Ok("bytea"),
            ref other => Err(DbErr::Type(format!("no table of the engine has {other:?}"))),
        }
    }
}

/// Inserts rows.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    let columns = columns.join(", ");
    run(tx, rows, |rows| {
        format!("INSERT INTO {table} ({columns}) {rows}")
    })
    .await
    .map(drop)
}

/// Inserts rows, or changes those that are there.
pub(super) async fn upsert(
    tx: &DatabaseTransaction,
    table: &str,
    key: &[&str],
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    let set: Vec<String> = columns
        .iter()
        .filter(|column| !key.contains(column))
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let action = if set.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {}", set.join(", "))
    };
    let (columns, key) = (columns.join(", "), key.join(", "));
    run(tx, rows, |rows| {
        format!("INSERT INTO {table} ({columns}) {rows} ON CONFLICT ({key}) DO {action}")
    })
    .await
    .map(drop)
}

/// Deletes the rows with these primary keys.
pub(super) async fn delete(
    tx: &DatabaseTransaction,
    table: &str,
    key: &[&str],
    keys: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    let is_meant: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{table}.{column} = v.c{}", at + 1))
        .collect();
    let is_meant = is_meant.join(" AND ");
    run(tx, keys, |rows| {
        format!("DELETE FROM {table} USING ({rows}) AS v WHERE {is_meant}")
    })
    .await
    .map(drop)
}

/// Sets columns of rows that exist: each row is its key, then the new values. A key without a row is left out.
pub(super) async fn update(
    tx: &DatabaseTransaction,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    run(tx, rows, |rows| {
        update_text(table, key, columns, None, rows)
    })
    .await
    .map(drop)
}

/// As [`update`], but only where `compared` still has the value that is given last in each row. Answers how many rows
/// had it.
pub(super) async fn update_compared(
    tx: &DatabaseTransaction,
    table: &str,
    key: &str,
    columns: &[&str],
    compared: &str,
    rows: Vec<Vec<Value>>,
) -> Result<u64, DbErr> {
    run(tx, rows, |rows| {
        update_text(table, key, columns, Some(compared), rows)
    })
    .await
}

fn update_text(
    table: &str,
    key: &str,
    columns: &[&str],
    compared: Option<&str>,
    rows: &str,
) -> String {
    let set: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{column} = v.c{}", at + 2))
        .collect();
    let last = columns.len() + 2;
    let condition = compared
        .map(|column| format!(" AND {table}.{column} = v.c{last}"))
        .unwrap_or_default();
    format!(
        "UPDATE {table} SET {} FROM ({rows}) AS v WHERE {table}.{key} = v.c1{condition}",
        set.join(", "),
    )
}

/// Runs a statement over rows, and answers how many rows it affected.
async fn run(
    tx: &DatabaseTransaction,
    rows: Vec<Vec<Value>>,
    text: impl Fn(&str) -> String,
) -> Result<u64, DbErr> {
    let Some(arrays) = Arrays::of(rows)? else {
        return Ok(0);
    };
    let text = text(&arrays.select);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, text, arrays.parameters);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(rows: Vec<Vec<Value>>) -> (String, usize) {
        let arrays = Arrays::of(rows).unwrap().unwrap();
        (arrays.select, arrays.parameters.len())
    }

    #[test]
    fn a_column_is_an_array_however_many_rows_there_are() {
        let row = |key: i64| vec![key.into(), "open".into()];
        let expected =
            "SELECT c1, c2 FROM (SELECT UNNEST($1::bigint[]) AS c1, UNNEST($2::text[]) AS c2) AS u";
        assert_eq!(select(vec![row(1)]), (expected.to_owned(), 2));
        assert_eq!(
            select((1..=500).map(row).collect()),
            (expected.to_owned(), 2)
        );
        assert!(Arrays::of(Vec::new()).unwrap().is_none());
    }

    #[test]
    fn nulls_are_told_by_an_array_of_their_own_or_need_none() {
        let row = |key: i64, due: Option<i64>| vec![key.into(), due.into()];
        let (none, parameters) = select(vec![row(1, None), row(2, None)]);
        assert_eq!(
            none,
            "SELECT c1, NULL::bigint AS c2 FROM (SELECT UNNEST($1::bigint[]) AS c1) AS u"
        );
        assert_eq!(parameters, 1);
        let (some, parameters) = select(vec![row(1, None), row(2, Some(5))]);
        assert_eq!(
            some,
            "SELECT c1, CASE WHEN n2 THEN NULL ELSE v2 END AS c2 \
             FROM (SELECT UNNEST($1::bigint[]) AS c1, UNNEST($2::boolean[]) AS n2, UNNEST($3::bigint[]) AS v2) AS u"
        );
        assert_eq!(parameters, 3);
    }
}
