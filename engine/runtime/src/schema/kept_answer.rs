//! What was answered to a command that carried an idempotency key.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Whose key it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub who: String,
    /// 0: what the caller noted; 1 and on: the commands that were sent under the key, in their order.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i32,
    /// What tells the request from others.
    pub request: String,
    /// JSON: `Answer`, or whatever the caller noted.
    pub answer: String,
    /// The real time, which nobody moves ahead.
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "kept_answer",
    [key, who, part],
    [key, who, part, request, answer, at]
);
