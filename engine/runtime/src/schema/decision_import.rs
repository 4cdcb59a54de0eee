//! A file of decisions that another one needs, as it was when that one was deployed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_import")]
pub struct Model {
    /// The file that imports.
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource: i64,
    /// The file that it imports, by itself or through others.
    #[sea_orm(primary_key, auto_increment = false)]
    pub imported: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
