//! Accounts: companies that are or may become clients.

use super::{Field, FieldType, Kind};
use crate::store::Stored;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub name: String,
    pub industry: Option<String>,
    pub website: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub owner: Option<i64>,
    pub note: Option<String>,
    pub created_at: i64,
    pub created_by: String,
    pub changed_at: i64,
    pub search_text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Stored for Entity {
    const KIND: Kind = Kind::Account;
}

pub(super) const FIELDS: &[Field] = &[
    Field::text("name", 200).required().leading(),
    Field::text("industry", 100),
    Field::new("website", FieldType::Website).searchable(),
    Field::new("phone", FieldType::Phone).searchable(),
    Field::new("email", FieldType::Email).searchable(),
    Field::text("address", 500),
    Field::OWNER,
    Field::new("note", FieldType::LongText),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];
