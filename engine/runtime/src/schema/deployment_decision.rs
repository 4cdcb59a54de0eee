//! Which versions of decisions an upload holds: those that it made, and those that were there already.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision_id: String,
    pub decision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
