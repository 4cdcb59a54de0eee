//! Which versions of processes an upload holds: those that it made, and those that were there already.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_definition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub process_id: String,
    pub definition: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "deployment_definition",
    [deployment, process_id],
    [deployment, process_id, definition]
);
