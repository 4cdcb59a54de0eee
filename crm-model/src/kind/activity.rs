//! Activities: calls, meetings, e-mails and notes. They stand on the timeline of the record that
//! they are about and, with a time, in their owner's calendar.
//!
//! `planned` becomes `held` or `cancelled` through [`crate::activities`]; an e-mail or a note is
//! `held` from the first, since it is written down when it has happened.

use super::{Field, FieldType, Kind};
use crate::Problem;
use crate::store::{Cells, Stored};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub r#type: String,
    pub subject: String,
    pub description: Option<String>,
    pub status: String,
    pub starts_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub remind_at: Option<i64>,
    pub outcome: Option<String>,
    pub outcome_note: Option<String>,
    pub owner: Option<i64>,
    pub record_kind: Option<String>,
    pub record: Option<i64>,
    pub contact: Option<i64>,
    pub source_instance: Option<String>,
    pub source_element: Option<String>,
    pub created_at: i64,
    pub created_by: String,
    pub changed_at: i64,
    pub search_text: String,
    /// `remind_at` as long as the reminder is still to be given: what is due is found without
    /// looking at all that was ever given.
    pub reminder_due: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Stored for Entity {
    const KIND: Kind = Kind::Activity;
}

/// Not yet over.
pub(crate) const PLANNED: &str = "planned";
/// It has taken place.
pub(crate) const HELD: &str = "held";
/// It will not take place.
pub(crate) const CANCELLED: &str = "cancelled";

pub(super) const FIELDS: &[Field] = &[
    Field::choice("type", &["call", "meeting", "email", "note"]).required(),
    Field::text("subject", 250).required().leading(),
    Field::new("description", FieldType::LongText),
    Field::choice("status", &[PLANNED, HELD, CANCELLED])
        .required()
        .read_only(),
    Field::new("starts_at", FieldType::Instant),
    Field::new("ends_at", FieldType::Instant),
    Field::new("remind_at", FieldType::Instant),
    Field::choice("outcome", &["fine", "problem", "no_answer"]).read_only(),
    Field::new("outcome_note", FieldType::LongText).read_only(),
    Field::OWNER,
    Field::choice("record_kind", &["account", "contact", "case", "deal"]),
    Field::new(
        "record",
        FieldType::AnyLink {
            kind_field: "record_kind",
        },
    ),
    Field::link("contact", Kind::Contact),
    Field::text("source_instance", 20).read_only(),
    Field::text("source_element", 250).read_only(),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];

/// What is written down when it has happened is held; an e-mail has its time, a note its first line.
pub(super) fn settle(before: Option<&Cells>, cells: &mut Cells, now: Timestamp) {
    if before.is_some() {
        return;
    }
    let logged = matches!(cells.text("type"), Some("email" | "note"));
    if cells.text("status").is_none() {
        cells.set_text("status", Some(if logged { HELD } else { PLANNED }));
    }
    if cells.text("type") == Some("email") && cells.int("starts_at").is_none() {
        cells.set_int("starts_at", Some(now.as_micros()));
    }
    if logged && cells.text("subject").is_none() {
        let first_line = cells
            .text("description")
            .and_then(|text| text.lines().next());
        let subject: Option<String> = first_line.map(|line| line.chars().take(80).collect());
        cells.set_text("subject", subject.as_deref());
    }
}

/// The reminder that is still to be given: while planned, and not once `given`.
pub(crate) fn reminder_due(cells: &Cells) -> Option<i64> {
    if cells.text("status") == Some(PLANNED) {
        cells.int("remind_at")
    } else {
        None
    }
}

pub(super) fn rules(cells: &Cells) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(ends) = cells.int("ends_at") {
        match cells.int("starts_at") {
            None => {
                let sentence = "What ends must begin: give the time when it starts.";
                problems.push(Problem::new("starts_at", "required", sentence));
            }
            Some(starts) if ends < starts => {
                problems.push(Problem::new(
                    "ends_at",
                    "order",
                    "It ends before it starts.",
                ));
            }
            Some(_) => {}
        }
    }
    if cells.text("record_kind").is_some() != cells.int("record").is_some() {
        let sentence = "What it is about needs both the kind of the record and its key.";
        problems.push(Problem::new("record", "required", sentence));
    }
    problems
}
