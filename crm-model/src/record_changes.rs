//! What wakes processes: one row for every change to a record, written with the change.
//!
//! The engine's runtime reads the rows in the order of their keys and takes each away in the
//! transaction of the step that it led to: no change is missed, none is seen twice.

use crate::kind::Field;
use crate::store::{self, Cells, Row};
use crate::{Actor, Cause, Change, CrmError, Kind, Operation, RecordKey};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "record_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: i64,
        pub kind: String,
        pub record: i64,
        pub operation: String,
        pub changes: String,
        pub actor: String,
        pub cause: String,
        pub at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One change to one record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordChange {
    /// The key of the change itself; later ones are greater.
    pub key: RecordKey,
    /// The record's kind.
    pub kind: Kind,
    /// The record's key.
    pub record: RecordKey,
    /// What was done.
    pub operation: Operation,
    /// The fields that have another value now.
    pub changes: BTreeMap<String, FieldChange>,
    /// Who did it.
    pub actor: Actor,
    /// Which processes led to it.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
}

/// A field's value before and after; null where it was or is empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Before.
    pub old: Json,
    /// After.
    pub new: Json,
}

/// Leaves the row of a change. `row` is as it is now (empty if deleted).
pub(crate) async fn leave(
    change: &Change<'_>,
    operation: Operation,
    row: &Row,
    before: &Cells,
    changed: &[&'static Field],
) -> Result<(), CrmError> {
    let changes = changed
        .iter()
        .filter(|field| field.name != "changed_at")
        .map(|field| {
            let values = FieldChange {
                old: before.json(field),
                new: row.cells.json(field),
            };
            (field.name.to_owned(), values)
        });
    leave_changes(change, operation, row.kind, row.key, &changes.collect()).await
}

/// The same, of what is no field (a team's members).
pub(crate) async fn leave_changes(
    change: &Change<'_>,
    operation: Operation,
    kind: Kind,
    record: RecordKey,
    changes: &BTreeMap<String, FieldChange>,
) -> Result<(), CrmError> {
    let left = entity::ActiveModel {
        key: Set(change.next_key()),
        kind: Set(kind.name().to_owned()),
        record: Set(record.0),
        operation: Set(operation.name().to_owned()),
        changes: Set(store::to_text("change", changes)?),
        actor: Set(store::to_text("change", &change.actor)?),
        cause: Set(store::to_text("change", &change.cause)?),
        at: Set(change.now.as_micros()),
    };
    entity::Entity::insert(left)
        .exec_without_returning(change.tx)
        .await?;
    Ok(())
}

/// The oldest changes that no step has taken yet.
pub async fn unconsumed<C: ConnectionTrait>(
    conn: &C,
    limit: u64,
) -> Result<Vec<RecordChange>, CrmError> {
    let oldest = entity::Entity::find()
        .order_by_asc(entity::Column::Key)
        .limit(limit);
    oldest.all(conn).await?.into_iter().map(read).collect()
}

/// Takes changes away, in the transaction of the step that they led to (or of the one that found
/// that nobody waits for them).
pub async fn consume(tx: &DatabaseTransaction, keys: &[RecordKey]) -> Result<(), CrmError> {
    for chunk in keys.chunks(500) {
        let keys = chunk.iter().map(|key| key.0);
        entity::Entity::delete_many()
            .filter(entity::Column::Key.is_in(keys))
            .exec(tx)
            .await?;
    }
    Ok(())
}

fn read(model: entity::Model) -> Result<RecordChange, CrmError> {
    let stored = |reason: String| CrmError::Stored {
        what: "change",
        reason,
    };
    Ok(RecordChange {
        key: RecordKey(model.key),
        kind: model
            .kind
            .parse()
            .map_err(|e: crate::kind::UnknownKind| stored(e.to_string()))?,
        record: RecordKey(model.record),
        operation: Operation::from_name(&model.operation)
            .ok_or_else(|| stored(format!("\"{}\" is no operation", model.operation)))?,
        changes: store::from_text("change", &model.changes)?,
        actor: store::from_text("change", &model.actor)?,
        cause: store::from_text("change", &model.cause)?,
        at: Timestamp::from_micros(model.at),
    })
}
