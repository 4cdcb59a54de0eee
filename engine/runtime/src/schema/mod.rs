//! The engine's tables, one file each. Keys are 64-bit, times are microseconds since 1970 in 64 bits; what the engine
//! alone reads is JSON text.

pub mod called_instance;
pub mod decision;
pub mod decision_import;
pub mod definition;
pub mod deployment;
pub mod deployment_decision;
pub mod deployment_definition;
pub mod feed;
pub mod history;
pub mod inbox;
pub mod incident;
pub mod instance;
pub mod instance_comment;
pub mod job;
pub mod kept_answer;
pub mod large_state;
pub mod message;
pub mod position;
pub mod resource;
pub mod setting;
pub mod signal;
pub mod start_lock;
pub mod start_part;
pub mod start_signal;
pub mod start_subscription;
pub mod start_timer;
pub mod start_watch;
pub mod subscription;
pub mod task;
pub mod task_candidate;
pub mod timer;
pub mod watch;

use sea_orm::Value;

/// A row that the writer writes with statements of many rows.
pub trait Row: Clone {
    /// The table.
    const TABLE: &'static str;
    /// Its primary key's columns.
    const KEY: &'static [&'static str];
    /// Its columns, in the order of [`Row::values`].
    const COLUMNS: &'static [&'static str];

    /// The row's values.
    fn values(self) -> Vec<Value>;
}

/// Makes the entity of the file a [`Row`].
macro_rules! row {
    ($table:literal, [$($key:ident),+], [$($column:ident),+ $(,)?]) => {
        impl super::Row for Model {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

            fn values(self) -> Vec<sea_orm::Value> {
                vec![$(self.$column.into()),+]
            }
        }
    };
}
pub(crate) use row;
