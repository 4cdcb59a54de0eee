//! One of the triggers of a start event that waits for all of its triggers has occurred.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "start_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub definition: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub element: String,
    /// Which of the event's triggers, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub nth: i32,
    pub process_id: String,
    /// JSON: what it brought.
    pub occurred: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
