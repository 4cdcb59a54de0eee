//! Something that waits for a time. Clustered on the time.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub due: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!("timer", [due, key], [due, key, instance]);
