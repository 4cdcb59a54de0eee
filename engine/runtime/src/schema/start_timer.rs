//! A start event of a latest definition that waits for a time.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "start_timer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub definition: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub element: String,
    /// Which of the event's triggers, from 0: a multiple event has several.
    #[sea_orm(primary_key, auto_increment = false)]
    pub nth: i32,
    pub process_id: String,
    pub due: i64,
    /// JSON: how it goes on.
    pub repeat: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "start_timer",
    [definition, element, nth],
    [definition, element, nth, process_id, due, repeat]
);
