//! The tables of signing in.

pub mod user_password;
pub mod user_session;
