//! What a person wrote about an instance.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instance_comment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
    pub at: i64,
    /// JSON: `Actor`.
    pub author: String,
    pub text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!("instance_comment", [key], [key, instance, at, author, text]);
