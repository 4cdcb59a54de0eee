//! Why a connector stopped: for the analyst to mend, or for the server's keeper.

use redthread_crm::CrmError;
use redthread_runtime::{Performed, WorldError};
use sea_orm::DbErr;

use crate::input::Unusable;

/// Why a connector stopped.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// What it was told cannot be done. Trying again helps only once somebody has mended it: an incident at once.
    Told(String),
    /// The database failed. Trying again may help.
    World(WorldError),
}

impl From<Unusable> for Trouble {
    fn from(unusable: Unusable) -> Trouble {
        Trouble::Told(unusable.0)
    }
}

impl From<CrmError> for Trouble {
    fn from(error: CrmError) -> Trouble {
        match error {
            CrmError::Database(error) => Trouble::World(error.into()),
            CrmError::Stored { .. } => Trouble::World(WorldError::Failed(error.to_string())),
            _ => Trouble::Told(error.to_string()),
        }
    }
}

impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Trouble {
        Trouble::World(error.into())
    }
}

/// The result as the runtime wants it. The records check what they are given before they write anything, so a refusal
/// leaves nothing that would have to be undone.
pub(crate) fn performed(result: Result<Performed, Trouble>) -> Result<Performed, WorldError> {
    match result {
        Ok(performed) => Ok(performed),
        Err(Trouble::Told(message)) => Ok(Performed::Failed {
            message,
            retry_at: None,
        }),
        Err(Trouble::World(error)) => Err(error),
    }
}

/// An error of the CRM where there is no job to blame.
pub(crate) fn world_error(error: CrmError) -> WorldError {
    match error {
        CrmError::Database(error) => error.into(),
        other => WorldError::Failed(other.to_string()),
    }
}
