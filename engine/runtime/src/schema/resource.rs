//! One file of a deployment, byte for byte.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resource")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub deployment: i64,
    pub name: String,
    /// `bpmn`, `dmn` or `form`.
    pub kind: String,
    /// A form's own id.
    pub form_id: Option<String>,
    pub bytes: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "resource",
    [key],
    [key, deployment, name, kind, form_id, bytes]
);
