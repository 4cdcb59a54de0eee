//! The generic surface over all kinds of records: read, list, search, create, update, delete.
//!
//! Fields are named only through a kind's description and the asker's [`Scope`](crate::Scope); no name that comes
//! from outside ever reaches SQL.

mod filter;
mod list;
mod order;
mod query;
mod read;
pub(crate) mod value;
mod write;

pub use list::{list, search};
pub use query::{Cursor, Filter, Op, Page, Query, Sort, Total};
pub use read::{Linked, Record, get, get_many};
pub use write::{create, delete, update};

pub(crate) use read::{assemble, worded};
pub(crate) use write::{create_with, update_with};
