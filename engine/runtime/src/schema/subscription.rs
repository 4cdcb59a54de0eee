//! A message that is waited for.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
    pub process_id: String,
    pub element: String,
    pub name: String,
    pub correlation_key: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "subscription",
    [key],
    [key, instance, process_id, element, name, correlation_key]
);
