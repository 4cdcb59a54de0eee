//! The demo company: who works there, whom it serves, and what has happened there in the last weeks.
//!
//! ```text
//! company.rs    the company as its files tell it (examples/demo-company, built into the binary)
//! calendar.rs   its working days: holidays of the year, days counted from today
//! load.rs       puts it into an empty database
//! past.rs       lets its last weeks happen, on the real engine with a clock that is moved through them
//! ```

mod calendar;
mod company;
mod load;
mod past;

pub use company::Company;
pub use load::{is_empty, load};
