//! The kinds of records: each has a file with its table, its fields, its title and its rules.
//!
//! The description of a kind is data: the generic surface ([`crate::records`]), the API and the
//! web UI read it instead of naming fields themselves.

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod case;
pub(crate) mod contact;
pub(crate) mod deal;
mod field;
pub(crate) mod team;
pub(crate) mod user;

pub use field::{Field, FieldType};

use crate::Problem;
use crate::store::Cells;
use redthread_calendar::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A kind of record.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A company that is or may become a client.
    Account,
    /// A person, mostly of an account.
    Contact,
    /// A client's request.
    Case,
    /// A sale in the making.
    Deal,
    /// A call, meeting, e-mail or note.
    Activity,
    /// Somebody who signs in.
    User,
    /// Users who share a list of tasks.
    Team,
}

/// What there is to know of a kind.
#[derive(Debug, Copy, Clone, Serialize)]
pub struct KindDescription {
    /// The kind.
    pub kind: Kind,
    /// Its fields, in the order of a card.
    pub fields: &'static [Field],
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 7] = [
        Kind::Account,
        Kind::Contact,
        Kind::Case,
        Kind::Deal,
        Kind::Activity,
        Kind::User,
        Kind::Team,
    ];

    /// The kinds that an activity may be about, and that have cards of their own.
    pub const SUBJECTS: [Kind; 4] = [Kind::Account, Kind::Contact, Kind::Case, Kind::Deal];

    /// Its name in JSON, in the database and before the dot of a record trigger.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Account => "account",
            Kind::Contact => "contact",
            Kind::Case => "case",
            Kind::Deal => "deal",
            Kind::Activity => "activity",
            Kind::User => "user",
            Kind::Team => "team",
        }
    }

    /// Its description.
    pub const fn description(self) -> KindDescription {
        let fields = match self {
            Kind::Account => account::FIELDS,
            Kind::Contact => contact::FIELDS,
            Kind::Case => case::FIELDS,
            Kind::Deal => deal::FIELDS,
            Kind::Activity => activity::FIELDS,
            Kind::User => user::FIELDS,
            Kind::Team => team::FIELDS,
        };
        KindDescription { kind: self, fields }
    }

    /// `1 case`, `2 cases`, as English counts.
    pub(crate) fn counted(self, count: u64) -> String {
        match (self, count) {
            (kind, 1) => format!("1 {kind}"),
            (Kind::Activity, _) => format!("{count} activities"),
            (kind, _) => format!("{count} {kind}s"),
        }
    }

    /// What a record of this kind is called in lists and links.
    pub(crate) fn title(self, cells: &Cells) -> String {
        let text = |name: &str| cells.text(name).unwrap_or_default();
        match self {
            Kind::Account | Kind::Deal | Kind::User => text("name").to_owned(),
            Kind::Contact => contact::title(cells),
            Kind::Case => case::title(cells),
            Kind::Activity => text("subject").to_owned(),
            Kind::Team => text("title").to_owned(),
        }
    }

    /// Sets what follows from other fields. `before` is the record as it was, if it was.
    pub(crate) fn settle(self, before: Option<&Cells>, cells: &mut Cells, now: Timestamp) {
        match self {
            Kind::Case => case::settle(before, cells, now),
            Kind::Activity => activity::settle(before, cells, now),
            Kind::User => user::settle(cells),
            Kind::Account | Kind::Contact | Kind::Deal | Kind::Team => {}
        }
    }

    /// What is wrong with a record as a whole.
    pub(crate) fn rules(self, cells: &Cells) -> Vec<Problem> {
        match self {
            Kind::Deal => deal::rules(cells),
            Kind::Activity => activity::rules(cells),
            Kind::User => user::rules(cells),
            Kind::Account | Kind::Contact | Kind::Case | Kind::Team => Vec::new(),
        }
    }

    /// The field that no two records may share.
    pub(crate) fn unique_field(self) -> Option<&'static str> {
        match self {
            Kind::User => Some("login"),
            Kind::Team => Some("name"),
            Kind::Account | Kind::Contact | Kind::Case | Kind::Deal | Kind::Activity => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no kind of record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There are no records of the kind \"{0}\".")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl KindDescription {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that lists are sorted by in words: name, last name, subject.
    pub(crate) fn lead(&self) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.leads)
    }

    /// What full-text search looks through: the searchable fields in lower case, the leading one
    /// first, and telephone numbers also without their punctuation.
    ///
    /// Kept in a column because SQLite's LIKE and ORDER BY know only ASCII letters.
    pub(crate) fn search_text(&self, cells: &Cells) -> String {
        let searchable = self
            .fields
            .iter()
            .filter(|field| field.searchable && !field.leads);
        let mut words = Vec::new();
        for field in self.lead().into_iter().chain(searchable) {
            let text = cells.shown(field).unwrap_or_default();
            if matches!(field.field_type, FieldType::Phone) {
                words.push(text.chars().filter(char::is_ascii_digit).collect());
            }
            words.push(text.to_lowercase());
        }
        words.retain(|word: &String| !word.is_empty());
        // Bounded, since it is indexed.
        words.join("\n").chars().take(600).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert!("lead".parse::<Kind>().is_err());
    }

    #[test]
    fn every_kind_has_one_leading_field_and_names_each_field_once() {
        for kind in Kind::ALL {
            let fields = kind.description().fields;
            assert_eq!(
                fields.iter().filter(|field| field.leads).count(),
                1,
                "{kind}"
            );
            for (index, field) in fields.iter().enumerate() {
                let again = fields[..index].iter().any(|other| other.name == field.name);
                assert!(!again, "{kind} names {} twice", field.name);
            }
        }
    }
}
