//! One row a step: what was asked, what was known, what happened.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub instance: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Version of the encoding.
    pub format: i32,
    pub at: i64,
    /// JSON
    pub actor: String,
    /// JSON
    pub command: String,
    /// JSON
    pub inputs: String,
    /// JSON
    pub events: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "history",
    [instance, sequence],
    [
        instance, sequence, format, at, actor, command, inputs, events
    ]
);
