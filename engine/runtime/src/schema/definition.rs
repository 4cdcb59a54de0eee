//! One version of one process, or a drawing.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "definition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub process_id: String,
    pub version: i32,
    pub name: Option<String>,
    pub deployment: i64,
    pub resource: i64,
    pub deployed_at: i64,
    /// Login: the owner of the process.
    pub deployed_by: Option<String>,
    pub deployed_by_name: Option<String>,
    /// Nothing in it is executable.
    pub drawing: bool,
    /// JSON: the problems that did not stop it.
    pub warnings: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "definition",
    [key],
    [
        key,
        process_id,
        version,
        name,
        deployment,
        resource,
        deployed_at,
        deployed_by,
        deployed_by_name,
        drawing,
        warnings
    ]
);
