//! Where the generic surface meets the typed entities: rows of any kind as cells, by field name.
//!
//! Only the functions here are generic over entities; all else works on [`Row`]s. Reading begins at
//! the [`Scope`].

use crate::kind::{Field, FieldType, Kind, account, activity, case, contact, deal, team, user};
use crate::records::value;
use crate::{CrmError, RecordKey, Scope};
use sea_orm::sea_query::{Alias, Condition, Expr, NullOrdering, Query, SimpleExpr};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction,
    EntityTrait, IdenStatic, Iterable, ModelTrait, QueryFilter, QueryTrait, Select, Value,
};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

/// An entity whose rows are records of a kind.
pub(crate) trait Stored: EntityTrait {
    /// Which kind.
    const KIND: Kind;
}

/// Runs an expression with the entity of a kind: `on_kind!(kind, E => load::<E>(..).await)`.
macro_rules! on_kind {
    ($kind:expr, $entity:ident => $run:expr) => {
        match $kind {
            Kind::Account => on_kind!(@ account, $entity, $run),
            Kind::Contact => on_kind!(@ contact, $entity, $run),
            Kind::Case => on_kind!(@ case, $entity, $run),
            Kind::Deal => on_kind!(@ deal, $entity, $run),
            Kind::Activity => on_kind!(@ activity, $entity, $run),
            Kind::User => on_kind!(@ user, $entity, $run),
            Kind::Team => on_kind!(@ team, $entity, $run),
        }
    };
    (@ $module:ident, $entity:ident, $run:expr) => {{
        type $entity = $module::Entity;
        $run
    }};
}

/// The values of a record's described fields.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cells {
    kind: Kind,
    values: BTreeMap<&'static str, Value>,
}

/// One record as it stands in its table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub kind: Kind,
    pub key: RecordKey,
    pub version: i64,
    pub created_by: String,
    pub search_text: String,
    pub cells: Cells,
}

impl Row {
    pub(crate) fn title(&self) -> String {
        self.kind.title(&self.cells)
    }
}

impl Cells {
    /// All fields of a kind, empty.
    pub(crate) fn empty(kind: Kind) -> Self {
        let fields = kind.description().fields.iter();
        let values = fields
            .map(|field| (field.name, value::null(&field.field_type)))
            .collect();
        Cells { kind, values }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub(crate) fn set(&mut self, field: &Field, value: Value) {
        self.values.insert(field.name, value);
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(Value::String(text)) => text.as_deref(),
            _ => None,
        }
    }

    /// A number, time (microseconds) or key.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        match self.values.get(name) {
            Some(Value::BigInt(number)) => *number,
            _ => None,
        }
    }

    pub(crate) fn set_text(&mut self, name: &'static str, text: Option<&str>) {
        self.values
            .insert(name, Value::String(text.map(str::to_owned)));
    }

    pub(crate) fn set_int(&mut self, name: &'static str, number: Option<i64>) {
        self.values.insert(name, Value::BigInt(number));
    }

    pub(crate) fn is_empty(&self, field: &Field) -> bool {
        self.values
            .get(field.name)
            .is_none_or(|value| *value == value::null(&field.field_type))
    }

    /// A field as JSON.
    pub(crate) fn json(&self, field: &Field) -> Json {
        self.values
            .get(field.name)
            .map_or(Json::Null, |value| value::to_json(field, value))
    }

    /// A field as people read it, if it is not empty.
    pub(crate) fn shown(&self, field: &Field) -> Option<String> {
        match self.json(field) {
            Json::Null => None,
            Json::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }

    /// The record that a link points at.
    pub(crate) fn target(&self, field: &Field) -> Option<(Kind, RecordKey)> {
        let key = RecordKey(self.int(field.name)?);
        match field.field_type {
            FieldType::Link { kind } => Some((kind, key)),
            FieldType::AnyLink { kind_field } => Some((self.text(kind_field)?.parse().ok()?, key)),
            _ => None,
        }
    }

    /// The fields in which the two differ, in the order of the description.
    pub(crate) fn differing(&self, other: &Cells) -> Vec<&'static Field> {
        let fields = self.kind.description().fields.iter();
        fields
            .filter(|field| self.get(field.name) != other.get(field.name))
            .collect()
    }
}

fn column<E: EntityTrait>(name: &str) -> Result<E::Column, CrmError> {
    // A test holds every described field against its entity, so this is for the impossible.
    let found = E::Column::iter().find(|column| column.as_str() == name);
    found.ok_or_else(|| CrmError::Stored {
        what: "record",
        reason: format!("the table {} has no column {name}", E::default().as_str()),
    })
}

fn row_of<E: Stored>(model: &E::Model) -> Result<Row, CrmError> {
    let get = |name: &str| Ok::<_, CrmError>(model.get(column::<E>(name)?));
    let int = |name: &'static str| match get(name)? {
        Value::BigInt(Some(number)) => Ok(number),
        _ => Err(CrmError::Stored {
            what: "record",
            reason: format!("its {name} is missing"),
        }),
    };
    let mut cells = Cells::empty(E::KIND);
    for field in E::KIND.description().fields {
        cells.set(field, get(field.name)?);
    }
    let text = |name: &str| match get(name)? {
        Value::String(text) => Ok::<_, CrmError>(text.unwrap_or_default()),
        _ => Ok(String::new()),
    };
    let (created_by, search_text) = (text("created_by")?, text("search_text")?);
    let (key, version) = (RecordKey(int("key")?), int("version")?);
    Ok(Row {
        kind: E::KIND,
        key,
        version,
        created_by,
        search_text,
        cells,
    })
}

async fn rows<E: Stored, C: ConnectionTrait>(
    conn: &C,
    select: Select<E>,
) -> Result<Vec<Row>, CrmError> {
    select.all(conn).await?.iter().map(row_of::<E>).collect()
}

/// The record of that key, if there is one that the asker may see.
pub(crate) async fn load<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
) -> Result<Option<Row>, CrmError> {
    Ok(by_keys(conn, scope, kind, &[key]).await?.pop())
}

/// The same, where its absence is an error.
pub(crate) async fn must_load<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
) -> Result<Row, CrmError> {
    load(conn, scope, kind, key)
        .await?
        .ok_or(CrmError::NotFound { kind, key })
}

/// The records of those keys that the asker may see, in no order.
pub(crate) async fn by_keys<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    keys: &[RecordKey],
) -> Result<Vec<Row>, CrmError> {
    let mut found = Vec::with_capacity(keys.len());
    // Databases limit the number of parameters.
    for chunk in keys.chunks(500) {
        let values = chunk.iter().map(|key| key.0);
        found.extend(on_kind!(kind, E => {
            let select = scope.find::<E>().filter(column::<E>("key")?.is_in(values));
            rows::<E, C>(conn, select).await?
        }));
    }
    Ok(found)
}

/// How to read a stretch of a list.
pub(crate) struct Stretch {
    pub condition: Condition,
    /// Ordered, and whether empty ones come last (they do where there may be any).
    pub order: Vec<(SimpleExpr, sea_orm::Order, bool)>,
    pub limit: u64,
}

/// The records that fit, in order.
///
/// First only their keys: what no index orders is sorted in memory, and there wide rows cost ten
/// times as much as keys.
pub(crate) async fn stretch<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    stretch: Stretch,
) -> Result<Vec<Row>, CrmError> {
    let mut query = on_kind!(kind, E => scope.find::<E>().filter(stretch.condition).into_query());
    query.clear_selects().column("key").limit(stretch.limit);
    for (expression, order, nullable) in stretch.order {
        if nullable {
            query.order_by_expr_with_nulls(expression, order, NullOrdering::Last);
        } else {
            query.order_by_expr(expression, order);
        }
    }
    let found = conn.query_all(&query).await?;
    let keys = found
        .iter()
        .map(|row| row.try_get("", "key").map(RecordKey));
    let keys = keys.collect::<Result<Vec<RecordKey>, _>>()?;
    Ok(in_order(&keys, by_keys(conn, scope, kind, &keys).await?))
}

/// Rows in the order of their keys, without those that are missing.
pub(crate) fn in_order(keys: &[RecordKey], rows: Vec<Row>) -> Vec<Row> {
    let mut by_key: HashMap<RecordKey, Row> = rows.into_iter().map(|row| (row.key, row)).collect();
    keys.iter().filter_map(|key| by_key.remove(key)).collect()
}

/// How many records fit, counted no further than `cap`.
pub(crate) async fn count<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    condition: Condition,
    cap: u64,
) -> Result<u64, CrmError> {
    let mut inner = on_kind!(kind, E => scope.find::<E>().filter(condition).into_query());
    inner.clear_selects().expr(Expr::val(1)).limit(cap);
    let outer = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("count"))
        .from_subquery(inner, Alias::new("fitting"))
        .to_owned();
    let counted = conn.query_one(&outer).await?;
    let count: i64 = match counted {
        Some(row) => row.try_get("", "count")?,
        None => 0,
    };
    Ok(count.unsigned_abs())
}

/// What stands in a row besides the described fields.
pub(crate) struct Extra<'a> {
    pub key: RecordKey,
    pub version: i64,
    pub created_by: Option<&'a str>,
    pub search_text: String,
    /// Other columns that follow from the fields.
    pub derived: Vec<(&'static str, Value)>,
}

fn active<E: Stored>(
    fields: &[&'static Field],
    cells: &Cells,
    extra: Extra<'_>,
) -> Result<E::ActiveModel, CrmError> {
    let mut active = <E::ActiveModel as ActiveModelBehavior>::new();
    let mut set = |name: &str, value: Value| -> Result<(), CrmError> {
        Ok(active.try_set(column::<E>(name)?, value)?)
    };
    for field in fields {
        let value = cells.get(field.name).cloned();
        set(
            field.name,
            value.unwrap_or_else(|| value::null(&field.field_type)),
        )?;
    }
    set("version", extra.version.into())?;
    set("search_text", extra.search_text.into())?;
    if let Some(created_by) = extra.created_by {
        set("key", extra.key.0.into())?;
        set("created_by", created_by.to_owned().into())?;
    }
    for (name, value) in extra.derived {
        set(name, value)?;
    }
    Ok(active)
}

/// Writes a new row.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    kind: Kind,
    cells: &Cells,
    extra: Extra<'_>,
) -> Result<(), CrmError> {
    let fields: Vec<&'static Field> = kind.description().fields.iter().collect();
    on_kind!(kind, E => {
        let active = active::<E>(&fields, cells, extra)?;
        E::insert(active).exec_without_returning(tx).await?;
    });
    Ok(())
}

/// Writes the named fields of a row that still has the version before `extra.version`. `false`: it
/// has not any more.
pub(crate) async fn update(
    tx: &DatabaseTransaction,
    kind: Kind,
    fields: &[&'static Field],
    cells: &Cells,
    extra: Extra<'_>,
) -> Result<bool, CrmError> {
    let (key, before) = (extra.key.0, extra.version - 1);
    let done = on_kind!(kind, E => {
        let active = active::<E>(fields, cells, extra)?;
        E::update_many()
            .set(active)
            .filter(column::<E>("key")?.eq(key))
            .filter(column::<E>("version")?.eq(before))
            .exec(tx)
            .await?
    });
    Ok(done.rows_affected == 1)
}

/// Takes a row away.
pub(crate) async fn delete(
    tx: &DatabaseTransaction,
    kind: Kind,
    key: RecordKey,
) -> Result<(), CrmError> {
    let done = on_kind!(kind, E => {
        E::delete_many().filter(column::<E>("key")?.eq(key.0)).exec(tx).await?
    });
    match done.rows_affected {
        0 => Err(CrmError::NotFound { kind, key }),
        _ => Ok(()),
    }
}

/// Whether another row than `except` has the same value in a column.
pub(crate) async fn is_taken<C: ConnectionTrait>(
    conn: &C,
    kind: Kind,
    name: &str,
    value: Value,
    except: Option<RecordKey>,
) -> Result<bool, CrmError> {
    // Not by the asker's scope: a name is taken also by what one may not see.
    let found = on_kind!(kind, E => {
        let mut select = E::find().filter(column::<E>(name)?.eq(value));
        if let Some(key) = except {
            select = select.filter(column::<E>("key")?.ne(key.0));
        }
        select.one(conn).await?.is_some()
    });
    Ok(found)
}

/// How many rows of `kind` have that key in a link, and that kind in `kind_field` where it is one
/// to any kind. Also the invisible ones: they would be left dangling.
pub(crate) async fn references<C: ConnectionTrait>(
    conn: &C,
    kind: Kind,
    field: &Field,
    to: (Kind, RecordKey),
) -> Result<u64, CrmError> {
    let of_kind = match field.field_type {
        FieldType::Link { kind } if kind == to.0 => None,
        FieldType::AnyLink { kind_field } => Some(kind_field),
        _ => return Ok(0),
    };
    let count = on_kind!(kind, E => {
        use sea_orm::PaginatorTrait;
        let mut select = E::find().filter(column::<E>(field.name)?.eq(to.1.0));
        if let Some(kind_field) = of_kind {
            select = select.filter(column::<E>(kind_field)?.eq(to.0.name()));
        }
        select.count(conn).await?
    });
    Ok(count)
}

/// A serialised value for a text column.
pub(crate) fn to_text<T: serde::Serialize>(
    what: &'static str,
    value: &T,
) -> Result<String, CrmError> {
    serde_json::to_string(value).map_err(|e| CrmError::Stored {
        what,
        reason: e.to_string(),
    })
}

/// A value from a text column.
pub(crate) fn from_text<T: serde::de::DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, CrmError> {
    serde_json::from_str(text).map_err(|e| CrmError::Stored {
        what,
        reason: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_columns<E: Stored>() {
        let extra = ["key", "version", "created_by", "search_text"];
        let fields = E::KIND.description().fields.iter().map(|field| field.name);
        for name in fields.chain(extra) {
            assert!(
                column::<E>(name).is_ok(),
                "{} has no column {name}",
                E::KIND
            );
        }
    }

    #[test]
    fn every_described_field_has_its_column() {
        for kind in Kind::ALL {
            on_kind!(kind, E => {
                assert_eq!(E::KIND, kind);
                check_columns::<E>();
            });
        }
    }
}
