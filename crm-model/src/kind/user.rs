//! Users: people who sign in. Passwords do not live here; sessions and their hashes are the API's.

use super::{Field, FieldType, Kind};
use crate::store::{Cells, Stored};
use crate::{Problem, Role};
use redthread_calendar::Zone;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "crm_user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub login: String,
    pub name: String,
    pub email: Option<String>,
    pub role: String,
    pub locale: String,
    pub zone: Option<String>,
    pub active: bool,
    pub created_at: i64,
    pub created_by: String,
    pub changed_at: i64,
    pub search_text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Stored for Entity {
    const KIND: Kind = Kind::User;
}

pub(super) const FIELDS: &[Field] = &[
    Field::text("login", 100).required().searchable(),
    Field::text("name", 200).required().leading(),
    Field::new("email", FieldType::Email).searchable(),
    Field::choice("role", Role::NAMES)
        .required()
        .default("employee"),
    Field::choice("locale", &["en", "ru"])
        .required()
        .default("en"),
    Field::text("zone", 60),
    Field::new("active", FieldType::Boolean)
        .required()
        .default("true"),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];

/// Logins are written in lower case, so that no two differ only in that.
pub(super) fn settle(cells: &mut Cells) {
    let login = cells.text("login").map(str::to_lowercase);
    cells.set_text("login", login.as_deref());
}

pub(super) fn rules(cells: &Cells) -> Vec<Problem> {
    let mut problems = Vec::new();
    // Diagrams name people by login; these signs need no quotes there.
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    if let Some(login) = cells
        .text("login")
        .filter(|login| !login.chars().all(allowed))
    {
        let sentence =
            format!("The login \"{login}\" may only have Latin letters, digits and . _ - @");
        problems.push(Problem::new("login", "login", sentence));
    }
    if let Some(error) = cells.text("zone").and_then(|zone| Zone::parse(zone).err()) {
        problems.push(Problem::new("zone", "zone", format!("{error}.")));
    }
    problems
}
