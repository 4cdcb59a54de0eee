//! Cases: clients' requests. `closed_at` stands as long as the case is closed.

use super::{Field, FieldType, Kind};
use crate::store::{Cells, Stored};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;

// "case" is a word of SQL.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub number: i64,
    pub subject: String,
    pub description: Option<String>,
    pub status: String,
    pub priority: String,
    pub origin: Option<String>,
    pub account: Option<i64>,
    pub contact: Option<i64>,
    pub owner: Option<i64>,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    pub resolution: Option<String>,
    pub created_at: i64,
    pub created_by: String,
    pub changed_at: i64,
    pub search_text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Stored for Entity {
    const KIND: Kind = Kind::Case;
}

/// The status of a case that needs no more work.
const CLOSED: &str = "closed";

pub(super) const FIELDS: &[Field] = &[
    Field::new("number", FieldType::Serial { prefix: "C-" })
        .required()
        .read_only()
        .searchable(),
    Field::text("subject", 250).required().leading(),
    Field::new("description", FieldType::LongText),
    Field::choice("status", &["new", "in_progress", "waiting", CLOSED])
        .required()
        .default("new"),
    Field::choice("priority", &["low", "normal", "high"])
        .required()
        .default("normal"),
    Field::choice("origin", &["phone", "email", "web", "person", "other"]),
    Field::link("account", Kind::Account),
    Field::link("contact", Kind::Contact),
    Field::OWNER,
    Field::new("opened_at", FieldType::Instant)
        .required()
        .read_only(),
    Field::new("closed_at", FieldType::Instant).read_only(),
    Field::new("resolution", FieldType::LongText),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];

/// Number, then subject: `C-1001 Printer is on fire`.
pub(super) fn title(cells: &Cells) -> String {
    let subject = cells.text("subject").unwrap_or_default();
    match cells.int("number") {
        Some(number) => format!("C-{number} {subject}"),
        None => subject.to_owned(),
    }
}

/// Opening, closing and reopening leave their time.
pub(super) fn settle(before: Option<&Cells>, cells: &mut Cells, now: Timestamp) {
    if before.is_none() {
        cells.set_int("opened_at", Some(now.as_micros()));
    }
    let was_closed = before.is_some_and(|before| before.text("status") == Some(CLOSED));
    let is_closed = cells.text("status") == Some(CLOSED);
    if is_closed != was_closed {
        cells.set_int("closed_at", is_closed.then_some(now.as_micros()));
    }
}
