//! Deals: sales in the making.

use super::{Field, FieldType, Kind};
use crate::Problem;
use crate::store::{Cells, Stored};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub version: i64,
    pub name: String,
    pub account: Option<i64>,
    pub contact: Option<i64>,
    pub stage: String,
    /// In ten-thousandths, so that it is exact and sorts as a number in both databases.
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub expected_close: Option<String>,
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
    const KIND: Kind = Kind::Deal;
}

pub(super) const FIELDS: &[Field] = &[
    Field::text("name", 200).required().leading(),
    Field::link("account", Kind::Account),
    Field::link("contact", Kind::Contact),
    Field::choice(
        "stage",
        &["new", "qualified", "proposal", "negotiation", "won", "lost"],
    )
    .required()
    .default("new"),
    Field::new("amount", FieldType::Money),
    Field::text("currency", 3),
    Field::new("expected_close", FieldType::Date),
    Field::OWNER,
    Field::new("note", FieldType::LongText),
    Field::CREATED_AT,
    Field::CHANGED_AT,
];

/// An amount means nothing without its currency (ISO 4217).
pub(super) fn rules(cells: &Cells) -> Vec<Problem> {
    let mut problems = Vec::new();
    match cells.text("currency") {
        Some(code) if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) => {
            let sentence = format!("\"{code}\" is no currency; write its three letters, like EUR.");
            problems.push(Problem::new("currency", "currency", sentence));
        }
        None if cells.int("amount").is_some() => {
            let sentence = "The amount needs a currency.";
            problems.push(Problem::new("currency", "required", sentence));
        }
        _ => {}
    }
    problems
}
