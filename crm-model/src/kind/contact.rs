//! Contacts: people, mostly of an account.

use super::{Field, FieldType, Kind};
use crate::store::{Cells, Stored};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub first_name: Option<String>,
    pub last_name: String,
    pub account: Option<i64>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub position: Option<String>,
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
    const KIND: Kind = Kind::Contact;
}

pub(super) const FIELDS: &[Field] = &[
    Field::text("first_name", 100).searchable(),
    Field::text("last_name", 100).required().leading(),
    Field::link("account", Kind::Account),
    Field::new("email", FieldType::Email).searchable(),
    Field::new("phone", FieldType::Phone).searchable(),
    Field::text("position", 100),
    Field::OWNER,
    Field::new("note", FieldType::LongText),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];

/// First name, then last name.
pub(super) fn title(cells: &Cells) -> String {
    let names = [cells.text("first_name"), cells.text("last_name")];
    names.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
