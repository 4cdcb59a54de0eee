//! Who called an instance: kept when both have ended.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "called_instance")]
pub struct Model {
    /// The called instance.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    /// The instance that called it.
    pub instance: i64,
    /// The call activity.
    pub element: String,
    pub element_instance: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "called_instance",
    [key],
    [key, instance, element, element_instance]
);
