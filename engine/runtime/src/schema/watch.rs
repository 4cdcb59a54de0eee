//! A change of a record that is waited for.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "watch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
    pub element: String,
    pub kind: String,
    /// None: any record of the kind.
    pub record: Option<String>,
    pub operation: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "watch",
    [key],
    [key, instance, element, kind, record, operation]
);
