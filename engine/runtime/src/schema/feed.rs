//! One row a committed batch: what it touched.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub at: i64,
    /// JSON: `Feed`.
    pub touched: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!("feed", [sequence], [sequence, at, touched]);
