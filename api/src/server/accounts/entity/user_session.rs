//! A session: somebody is signed in with some browser.

use sea_orm::entity::prelude::*;

/// A row. Times are microseconds since 1970, real time: the demo's clock does not sign people out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_session")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// The person.
    pub user: i64,
    /// When they signed in.
    pub created_at: i64,
    /// When they were last there, to some minutes.
    pub last_seen_at: i64,
    /// When it ends at the latest.
    pub expires_at: i64,
}

/// No relations: people live in another room.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
