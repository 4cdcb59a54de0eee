//! The axum server and the redthread command: wiring, accounts, HTTP, the embedded web UI.

pub mod cli;
pub mod server;
