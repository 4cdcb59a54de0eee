//! Who may take an open task: a row a team or person.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_candidate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub team: bool,
    #[sea_orm(primary_key, auto_increment = false)]
    pub task: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!("task_candidate", [name, team, task], [name, team, task]);
