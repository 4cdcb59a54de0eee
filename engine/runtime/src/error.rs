//! What can go wrong, and what a person needs to know to act on it.

use std::borrow::Cow;

use redthread_calendar::Timestamp;
use redthread_core::{Key, Rejection};
use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::deploy::FileProblem;
use crate::world::WorldError;

/// Something was refused or failed. Whatever it was, nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The engine refused the command.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no such thing.
    #[error("There is no {what} with the key {key}.")]
    Unknown {
        /// `instance`, `task`, `job`, `incident`, `definition` ...
        what: &'static str,
        /// The key that was asked for.
        key: Key,
    },
    /// No process of this id is deployed.
    #[error("No process with the id \"{0}\" is deployed. Deploy its diagram first.")]
    UnknownProcess(String),
    /// The definition is a drawing.
    #[error(
        "\"{0}\" is a drawing: none of its processes is marked as executable, so it cannot be started."
    )]
    Drawing(String),
    /// Nothing was uploaded.
    #[error("There was no file to deploy. Choose at least one BPMN diagram or form.")]
    NothingToDeploy,
    /// The files have errors.
    #[error("{} of the files cannot be deployed because of errors. Nothing was deployed.", files_with_errors(.0))]
    DiagramErrors(Vec<FileProblem>),
    /// A message with this id is kept already.
    #[error(
        "The message \"{name}\" with the id \"{id}\" has been published already and was not published again."
    )]
    DuplicateMessage {
        /// The message's name.
        name: String,
        /// The id its sender gave to it.
        id: String,
    },
    /// A worker does not hold the job any more.
    #[error("The job {job} is not held with this token any more: {}. Nothing was changed; leave it and take the next one.", if *.is_gone { "it is done, or was cancelled" } else { "its lease ran out and somebody else took it, or it has failed" })]
    StaleToken {
        /// The job.
        job: Key,
        /// It is not there any more.
        is_gone: bool,
    },
    /// An idempotency key is none.
    #[error(
        "An idempotency key has 1 to 255 characters, each of them visible ASCII. Nothing was changed."
    )]
    BadIdempotencyKey,
    /// An idempotency key came with something else before.
    #[error(
        "The idempotency key \"{0}\" was used for another request before. Nothing was changed; use a new key for a new request."
    )]
    IdempotencyKeyReused(String),
    /// Too much is waiting to be done.
    #[error(
        "The server has more to do than it can take on. Nothing was changed; please try again in a moment."
    )]
    Busy,
    /// The server is shutting down.
    #[error("The server is shutting down. Nothing was changed; please try again when it is back.")]
    Closed,
    /// The clock follows the real time.
    #[error("The clock follows the real time and cannot be moved.")]
    ClockNotSettable,
    /// Time does not go back.
    #[error("The clock already shows {now}; it cannot go back to {asked}.")]
    ClockBackwards {
        /// What it shows.
        now: Timestamp,
        /// What was asked for.
        asked: Timestamp,
    },
    /// A page was asked for with a cursor that is none of ours.
    #[error("The list cannot be continued from here. Please open it anew.")]
    BadCursor,
    /// A value is not usable.
    #[error("{0}")]
    Invalid(String),
    /// What is stored cannot be read.
    #[error("The stored {what} {key} cannot be read: {reason}")]
    Damaged {
        /// `definition`, `instance`, `history` ...
        what: &'static str,
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// Another server works with the database.
    #[error(
        "Another server works with this database. Two would disturb each other: stop the other one first. Nothing was changed."
    )]
    InUse,
    /// Somebody else has written to the database.
    #[error(
        "Another program has changed the same instances at the same time. Nothing was changed; please try again."
    )]
    Conflict,
    /// What the diagram does to the world failed, outside of any one element.
    #[error(transparent)]
    World(#[from] crate::world::WorldError),
    /// The database takes no transactions.
    #[error("The database does not answer. Nothing was changed; please try again in a moment.")]
    Unavailable,
    /// The database failed.
    #[error("The database could not do it: {0}. Nothing was changed.")]
    Database(#[from] DbErr),
    /// A mistake of ours.
    #[error("The server made a mistake ({0}). Nothing was changed.")]
    Internal(String),
}

impl RuntimeError {
    /// The stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            RuntimeError::Rejected(_) => "rejected",
            RuntimeError::Unknown { .. } => "notFound",
            RuntimeError::UnknownProcess(_) => "unknownProcess",
            RuntimeError::Drawing(_) => "drawing",
            RuntimeError::NothingToDeploy => "nothingToDeploy",
            RuntimeError::DiagramErrors(_) => "diagramHasErrors",
            RuntimeError::DuplicateMessage { .. } => "duplicateMessage",
            RuntimeError::StaleToken { .. } => "staleToken",
            RuntimeError::BadIdempotencyKey => "badIdempotencyKey",
            RuntimeError::IdempotencyKeyReused(_) => "idempotencyKeyReused",
            RuntimeError::Busy => "busy",
            RuntimeError::Closed => "closed",
            RuntimeError::ClockNotSettable => "clockNotSettable",
            RuntimeError::ClockBackwards { .. } => "clockBackwards",
            RuntimeError::BadCursor => "badCursor",
            RuntimeError::Invalid(_) => "invalid",
            RuntimeError::Damaged { .. } => "damaged",
            RuntimeError::InUse => "inUse",
            RuntimeError::Conflict => "conflict",
            RuntimeError::World(_) => "world",
            RuntimeError::Unavailable => "unavailable",
            RuntimeError::Database(_) => "database",
            RuntimeError::Internal(_) => "internal",
        }
    }

    /// Whether the same work may go well a moment later: the database is busy, full or away. A database that refuses the
    /// work itself would refuse it again.
    pub(crate) fn may_pass(&self) -> bool {
        let Some(error) = self.of_database() else {
            return matches!(self, RuntimeError::Unavailable | RuntimeError::Conflict);
        };
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
                SqlxError::Database(error) => error.code().is_some_and(|code| passes(&code)),
                SqlxError::Io(_)
                | SqlxError::PoolTimedOut
                | SqlxError::PoolClosed
                | SqlxError::WorkerCrashed => true,
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the database refused a statement: then it may have given the whole transaction up, as PostgreSQL does with
    /// every error.
    pub(crate) fn spoils_transaction(&self) -> bool {
        self.of_database().is_some()
    }

    /// Whether the database gave a transaction up for the sake of another one (PostgreSQL: serialization failure,
    /// deadlock), and asks for it once more.
    pub(crate) fn is_for_once_more(&self) -> bool {
        self.code_of_database()
            .is_some_and(|code| matches!(&*code, "40001" | "40P01"))
    }

    fn of_database(&self) -> Option<&DbErr> {
        match self {
            RuntimeError::Database(error) | RuntimeError::World(WorldError::Database(error)) => {
                Some(error)
            }
            _ => None,
        }
    }

    fn code_of_database(&self) -> Option<Cow<'_, str>> {
        match self.of_database()? {
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => error.as_database_error()?.code(),
            _ => None,
        }
    }

    pub(crate) fn damaged(
        what: &'static str,
        key: impl ToString,
        reason: impl ToString,
    ) -> RuntimeError {
        RuntimeError::Damaged {
            what,
            key: key.to_string(),
            reason: reason.to_string(),
        }
    }
}

/// Whether what an error code of the database stands for may pass.
fn passes(code: &str) -> bool {
    if let [class @ .., _, _, _] = code.as_bytes()
        && class.len() == 2
    {
        // https://www.postgresql.org/docs/current/errcodes-appendix.html, always five characters: connection, rollback
        // for the sake of others, resources, lock not available, operator intervention (shutdown, cancellation), input
        // and output; and a transaction that was idle for too long.
        return matches!(class, b"08" | b"40" | b"53" | b"57" | b"58")
            || matches!(code, "55P03" | "25P03");
    }
    // https://sqlite.org/rescode.html, never as many: BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL. The
    // low byte is the primary code.
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 9 | 10 | 13 | 14 | 15))
}

fn files_with_errors(problems: &[FileProblem]) -> usize {
    let mut files: Vec<&str> = problems
        .iter()
        .filter(|p| p.is_error())
        .map(|p| p.file.as_str())
        .collect();
    files.sort_unstable();
    files.dedup();
    files.len()
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn a_database_that_is_busy_full_or_away_is_so_for_a_while() {
        for code in [
            "5", "517", "13", "08006", "40001", "40P01", "53100", "57P01", "55P03",
        ] {
            assert!(passes(code), "{code}");
        }
        // Constraints, syntax, missing tables, a transaction that has failed before.
        for code in [
            "1", "19", "2067", "23505", "42601", "42P01", "25P02", "22021",
        ] {
            assert!(!passes(code), "{code}");
        }
    }
}
