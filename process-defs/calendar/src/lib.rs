//! Wall-clock time, zones, cron and working time: the calendar that FEEL, the engine and the CRM
//! share.
//!
//! Everything here is pure: no system clock is read. An instant is a [`Timestamp`], microseconds
//! since 1970-01-01T00:00:00Z, as the engine's tables keep it.

mod business;
mod cron;
mod duration;
mod timestamp;
mod zone;

pub use business::{BusinessCalendar, CalendarError, WorkingHours};
pub use cron::{CronError, CronSchedule};
pub use duration::{
    DurationError, IsoDuration, RepeatingInterval, parse_duration, parse_repeating,
};
pub use timestamp::{Timestamp, TimestampError};
pub use zone::{Zone, ZoneError};
