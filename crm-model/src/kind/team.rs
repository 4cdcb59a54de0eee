//! Teams: users who share a list of tasks. A diagram names a team by `name`, people see `title`.

use super::{Field, Kind};
use crate::store::Stored;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "crm_team")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub name: String,
    pub title: String,
    pub created_at: i64,
    pub created_by: String,
    pub changed_at: i64,
    pub search_text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Stored for Entity {
    const KIND: Kind = Kind::Team;
}

pub(super) const FIELDS: &[Field] = &[
    Field::text("name", 100).required().searchable(),
    Field::text("title", 200).required().leading(),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];
