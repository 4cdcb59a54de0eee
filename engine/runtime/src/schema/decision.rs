//! One version of one decision.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub decision_id: String,
    pub version: i32,
    pub name: String,
    pub version_tag: Option<String>,
    pub deployment: i64,
    /// The file it is in.
    pub resource: i64,
    pub deployed_at: i64,
    pub deployed_by: Option<String>,
    pub deployed_by_name: Option<String>,
    /// JSON: the problems of its file that did not stop it.
    pub warnings: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
