//! The one error of this crate.

use crate::{Kind, RecordKey};
use serde::Serialize;

/// What went wrong, with what a person needs to put it right.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// No such record, or none that the asker may see.
    #[error("There is no {kind} {key} (any more).")]
    NotFound {
        /// What kind of record was asked for.
        kind: Kind,
        /// Its key.
        key: RecordKey,
    },
    /// Values that cannot be taken; nothing was changed.
    #[error("{}", sentences(.problems))]
    Invalid {
        /// One for each bad value.
        problems: Vec<Problem>,
    },
    /// Somebody else was faster; nothing was changed.
    #[error(
        "Somebody else has changed this {kind} in the meantime. Nothing was saved; look at it again."
    )]
    Conflict {
        /// The kind of the record.
        kind: Kind,
        /// Its key.
        key: RecordKey,
        /// The version that the change was based on.
        yours: i64,
        /// The version as it is now.
        current: i64,
    },
    /// The asker's role does not allow it.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It cannot be deleted while others point at it.
    #[error("This {kind} cannot be deleted: {} to it.", point_at(.references))]
    InUse {
        /// The kind of the record.
        kind: Kind,
        /// Its key.
        key: RecordKey,
        /// How many records of which kinds point at it.
        references: Vec<(Kind, u64)>,
    },
    /// It was expected in another state, e.g. a call that was already held.
    #[error("{sentence}")]
    WrongState {
        /// The kind of the record.
        kind: Kind,
        /// Its key.
        key: RecordKey,
        /// A stable code, e.g. `activity.notPlanned`.
        code: &'static str,
        /// What was expected, and what is.
        sentence: String,
    },
    /// What stands in the database cannot be read.
    #[error("The stored {what} cannot be read: {reason}.")]
    Stored {
        /// What was to be read.
        what: &'static str,
        /// Why it cannot.
        reason: String,
    },
    /// The database refused or failed.
    #[error("The database did not answer as expected: {0}")]
    Database(#[from] sea_orm::DbErr),
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's name as the kind's description has it.
    pub field: String,
    /// A stable code, e.g. `required`.
    pub code: &'static str,
    /// What is wrong, in a plain sentence.
    pub sentence: String,
}

impl Problem {
    /// A problem of one field.
    pub fn new(field: impl Into<String>, code: &'static str, sentence: impl Into<String>) -> Self {
        Problem {
            field: field.into(),
            code,
            sentence: sentence.into(),
        }
    }
}

impl From<Problem> for CrmError {
    fn from(problem: Problem) -> Self {
        CrmError::Invalid {
            problems: vec![problem],
        }
    }
}

fn sentences(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| problem.sentence.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn point_at(references: &[(Kind, u64)]) -> String {
    let counted: Vec<String> = references
        .iter()
        .map(|(kind, count)| kind.counted(*count))
        .collect();
    let verb = if matches!(references, [(_, 1)]) {
        "points"
    } else {
        "point"
    };
    match counted.as_slice() {
        [] => format!("records {verb}"),
        [one] => format!("{one} {verb}"),
        [many @ .., last] => format!("{} and {last} {verb}", many.join(", ")),
    }
}
