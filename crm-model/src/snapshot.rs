//! A record as the facts that a process sees.

use crate::store::{self, Row};
use crate::{CrmError, Kind, RecordKey, Scope};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value as Json, json};

/// A record as FEEL facts: its kind, key (text) and fields, instants and dates as text, and what it
/// links to one level deep as contexts of the same shape, e.g. `case.owner.login`.
/// [`CrmError::NotFound`] if there is none.
pub async fn snapshot<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
) -> Result<Json, CrmError> {
    let row = store::must_load(conn, scope, kind, key).await?;
    let mut facts = facts(scope, &row);
    for field in scope.fields(kind) {
        if let Some((to, key)) = row.cells.target(field) {
            // What is gone or hidden is null, as an empty link is.
            let linked = store::load(conn, scope, to, key).await?;
            let linked = linked.map(|linked| Json::Object(self::facts(scope, &linked)));
            facts.insert(field.name.to_owned(), linked.unwrap_or(Json::Null));
        }
    }
    Ok(Json::Object(facts))
}

fn facts(scope: &Scope, row: &Row) -> Map<String, Json> {
    let mut facts = Map::new();
    facts.insert("kind".to_owned(), json!(row.kind));
    facts.insert("key".to_owned(), json!(row.key));
    facts.insert("title".to_owned(), json!(row.title()));
    // A field of the record's own of that name (a team's title) comes before.
    for field in scope.fields(row.kind) {
        facts.insert(field.name.to_owned(), row.cells.json(field));
    }
    facts
}
