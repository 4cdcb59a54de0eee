//! Records as they are shown: fields as JSON, and what linked records are called.

use crate::kind::{Field, Kind};
use crate::store::{self, Row};
use crate::{Actor, CrmError, RecordKey, Scope};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A record as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: RecordKey,
    /// Counts its changes from 1; an update names the one that it is based on.
    pub version: i64,
    /// What it is called.
    pub title: String,
    /// Its fields by name, the empty ones null.
    pub fields: Map<String, Json>,
    /// For each link that is not empty, what it points at.
    pub titles: BTreeMap<String, Linked>,
    /// Who made it.
    pub created_by: Actor,
}

/// A linked record by what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: RecordKey,
    /// What it is called.
    pub title: String,
}

/// The record of that key. [`CrmError::NotFound`] if there is none that the asker may see.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
) -> Result<Record, CrmError> {
    let row = store::must_load(conn, scope, kind, key).await?;
    one(conn, scope, row).await
}

/// The records of those keys, in their order; those that are gone or hidden are left out.
pub async fn get_many<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    keys: &[RecordKey],
) -> Result<Vec<Record>, CrmError> {
    let rows = store::by_keys(conn, scope, kind, keys).await?;
    assemble(conn, scope, store::in_order(keys, rows)).await
}

/// One row as a record.
pub(super) async fn one<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    row: Row,
) -> Result<Record, CrmError> {
    let (kind, key) = (row.kind, row.key);
    let mut records = assemble(conn, scope, vec![row]).await?;
    records.pop().ok_or(CrmError::NotFound { kind, key })
}

/// Rows as records, with one query for each kind that they point at.
pub(crate) async fn assemble<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    rows: Vec<Row>,
) -> Result<Vec<Record>, CrmError> {
    let titles = titles_of_links(conn, scope, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let mut fields = Map::new();
            let mut links = BTreeMap::new();
            for field in scope.fields(row.kind) {
                fields.insert(field.name.to_owned(), row.cells.json(field));
                if let Some(target) = row.cells.target(field) {
                    // A target that the asker may not see keeps its key, but has no title.
                    let title = titles.get(&target).cloned();
                    let linked = title.map(|title| Linked {
                        kind: target.0,
                        key: target.1,
                        title,
                    });
                    links.extend(linked.map(|linked| (field.name.to_owned(), linked)));
                }
            }
            Ok(Record {
                kind: row.kind,
                key: row.key,
                version: row.version,
                title: row.title(),
                fields,
                titles: links,
                created_by: store::from_text("author of a record", &row.created_by)?,
            })
        })
        .collect()
}

/// The titles of all that the rows point at.
async fn titles_of_links<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    rows: &[Row],
) -> Result<HashMap<(Kind, RecordKey), String>, CrmError> {
    let mut targets = Targets::new();
    for row in rows {
        for field in scope.fields(row.kind) {
            targets.extend(row.cells.target(field));
        }
    }
    titles(conn, scope, targets).await
}

type Targets = BTreeSet<(Kind, RecordKey)>;

/// What the records are called, as far as the asker may see them.
async fn titles<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    targets: Targets,
) -> Result<HashMap<(Kind, RecordKey), String>, CrmError> {
    let mut by_kind: BTreeMap<Kind, Vec<RecordKey>> = BTreeMap::new();
    for (kind, key) in targets {
        by_kind.entry(kind).or_default().push(key);
    }
    let mut titles = HashMap::new();
    for (kind, keys) in by_kind {
        for row in store::by_keys(conn, scope, kind, &keys).await? {
            titles.insert((kind, row.key), row.title());
        }
    }
    Ok(titles)
}

/// A field's value before or after a change, with the title of what it links to.
pub(crate) async fn worded<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    row: &crate::store::Cells,
    field: &Field,
) -> Result<Json, CrmError> {
    match row.target(field) {
        Some(target) => {
            let mut found = titles(conn, scope, Targets::from([target])).await?;
            let title = found.remove(&target);
            Ok(serde_json::json!({ "kind": target.0, "key": target.1, "title": title }))
        }
        None => Ok(match row.json(field) {
            // The timeline shows the beginning; the change itself keeps all.
            Json::String(text) if text.chars().count() > 300 => {
                Json::String(text.chars().take(300).chain("…".chars()).collect())
            }
            json => json,
        }),
    }
}
