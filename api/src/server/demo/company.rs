//! The demo company as its files tell it (`examples/demo-company/`).

use crate::server::DemoAccount;

/// The demo company.
#[derive(Debug)]
pub struct Company {}

impl Company {
    /// Reads the files that were built in.
    pub fn read() -> Result<Company, String> {
        Ok(Company {})
    }
    /// Who may try it.
    pub fn accounts(&self) -> Vec<DemoAccount> {
        Vec::new()
    }
}
