//! One run of a definition, with its state.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub definition: i64,
    pub process_id: String,
    pub subject_kind: Option<String>,
    pub subject_key: Option<String>,
    pub status: String,
    /// Goes up with every write; a write with another version is refused.
    pub version: i64,
    /// Of the last step in its history.
    pub sequence: i64,
    /// JSON: `InstanceState`. Empty: it is large, see [`super::large_state`].
    pub state: String,
    /// JSON: `Trail`, a digest of the history for lists.
    pub trail: String,
    /// How many are open.
    pub incidents: i32,
    pub started: i64,
    pub ended: Option<i64>,
    /// JSON: `Actor`.
    pub started_by: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::large_state::Entity")]
    LargeState,
}

impl Related<super::large_state::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::LargeState.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "instance",
    [key],
    [
        key,
        definition,
        process_id,
        subject_kind,
        subject_key,
        status,
        version,
        sequence,
        state,
        trail,
        incidents,
        started,
        ended,
        started_by
    ]
);
