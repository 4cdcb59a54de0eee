//! The demo company: who works there, whom it serves, and what has happened so far.

mod company;

pub use company::Company;

use super::serve::ServeError;
use redthread_runtime::Database;

pub async fn is_empty(_database: &Database) -> Result<bool, ServeError> {
    Ok(false)
}
pub async fn load(_database: Database, _company: &Company) -> Result<(), ServeError> {
    Ok(())
}
