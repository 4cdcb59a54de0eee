//! Conformance with what others made: diagrams, of which `redthread check` must say what an index says that was made
//! without it, and decisions, which must give what their test cases expect ([`tck`]).
//! Models that break a rule of BPMN each must be refused for that rule, models that run must do what they are meant to
//! ([`betsy`]).

pub mod betsy;
mod collection;
mod judge;
mod report;
pub mod tck;

pub use collection::{Collection, CollectionError, Drawing};
pub use judge::{Verdict, judge};
pub use report::{Tally, replace_block, replace_tables};
