//! Work that a step left for later, in its own transaction.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    /// JSON: `FollowUp`.
    pub work: String,
    /// Why it cannot be done; it is kept and not tried again.
    pub failed: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!("inbox", [key], [key, work, failed]);
