//! The HTTP server.
//!
//! ```text
//! serve.rs      starting and stopping: database, engine, mailer, listener
//! app.rs        what every handler can reach, and the one way in which the API writes
//! routes/       one file a resource: handlers with their documentation and the shapes that travel
//! accounts/     who may come in: passwords, sessions, roles, cross-site requests
//! error.rs      every refusal: its status, code and sentence       problem.rs   how it travels (RFC 9457)
//! once.rs       idempotency keys: what is asked again is answered again, and done once (in_flight.rs: one after the other)
//! history.rs    what the core's events mean to people, as codes and parameters
//! names.rs      what people and records are called         known.rs     who is signed in and what people are called, in memory
//! first_start.rs  somebody who can sign in, where there is nobody
//! demo/         the demo company
//! web_ui.rs     the web UI inside the binary, and what browsers are told to be strict about
//! migration/    the tables of signing in, and the whole schema in its order
//! ```

pub mod accounts;
mod app;
pub mod demo;
mod error;
mod extract;
mod first_start;
mod history;
mod in_flight;
mod key;
mod known;
mod migration;
mod names;
mod once;
mod options;
mod page;
mod problem;
mod routes;
mod serve;
mod web_ui;

pub use app::App;
pub use error::ApiError;
pub use migration::Migrator;
pub use options::ServeOptions;
pub use problem::{Problem, ProblemItem};
pub use routes::about::DemoAccount;
pub use serve::{ServeError, openapi, router, serve};
