//! Customer records: kinds, fields, relations, access, timeline, search. Knows no BPMN.
//!
//! Every kind of record is a real table with a typed entity ([`kind`]); to the outside there is one
//! generic surface, [`records`], that names fields only through a kind's [`KindDescription`]. What
//! more than setting fields it takes to hold a call or to send a mail stands in [`activities`],
//! [`notifications`] and [`outbox`].
//!
//! Two values are asked for everywhere, so that nothing can be forgotten:
//! - a [`Scope`], who asks: queries begin at it, so what a person may not see cannot be found;
//! - a [`Change`], within which database transaction, when, by whom and because of which processes
//!   something is written. It leaves one [`record_changes`] row, by which processes wake, and
//!   entries on the [`timeline`].
//!
//! Deliberately absent: the system clock, the drawing of keys and the sending of mail; callers
//! bring them.

pub mod activities;
pub mod calendar;
mod change;
mod error;
mod key;
pub mod kind;
mod migration;
pub mod notifications;
pub mod outbox;
pub mod record_changes;
pub mod records;
mod scope;
mod snapshot;
mod store;
pub mod teams;
pub mod timeline;
pub mod users;

pub use change::{Actor, Cause, Change, Operation};
pub use error::{CrmError, Problem};
pub use key::{KeySource, RecordKey};
pub use kind::{Field, FieldType, Kind, KindDescription};
pub use migration::Migrator;
pub use records::{Filter, Linked, Op, Page, Query, Record, Sort};
pub use scope::{Role, Scope};
pub use snapshot::snapshot;
pub use teams::Team;
pub use users::User;
