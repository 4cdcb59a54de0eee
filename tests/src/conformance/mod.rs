//! Conformance over diagrams that others drew: what `redthread check` says of them, compared with an index that was
//! made without it.

mod collection;
mod judge;
mod report;

pub use collection::{Collection, CollectionError, Drawing};
pub use judge::{Verdict, judge};
pub use report::{Tally, replace_tables};
