//! A message that is kept for whoever comes to wait for it.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub name: String,
    pub correlation_key: String,
    pub message_id: Option<String>,
    /// JSON
    pub variables: String,
    pub expires: i64,
    /// JSON: ids of the processes that have received it.
    pub taken: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "message",
    [key],
    [
        key,
        name,
        correlation_key,
        message_id,
        variables,
        expires,
        taken
    ]
);
