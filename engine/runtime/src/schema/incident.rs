//! An element instance that is stuck.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
    pub definition: i64,
    pub element_instance: i64,
    pub element: String,
    pub code: String,
    pub message: String,
    pub since: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "incident",
    [key],
    [
        key,
        instance,
        definition,
        element_instance,
        element,
        code,
        message,
        since
    ]
);
