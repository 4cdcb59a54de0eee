//! Examines a database, and changes nothing: replaying each history gives the stored state, every row that people search
//! or that wakes an instance agrees with the state, and nothing belongs to what is not there.
//!
//! No server needs to run on the database, and one may: what is examined is one moment, read in one transaction.
//! Instances are read some at a time. Of every table the rows that the states ask for are looked up and counted; only
//! where a table has more rows than that, all of them are read to find those that belong to nothing.

mod deployed;
mod expected;
mod finding;
mod instances;
mod queues;
mod replayed;
mod snapshot;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redthread_core::Key;
use sea_orm_migration::MigratorTrait;

use crate::database::Database;
use crate::definitions::{Definition, Definitions};
use crate::error::RuntimeError;
use snapshot::Snapshot;

pub use finding::{Finding, FindingCode};

/// What was looked at.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// Instances.
    pub instances: u64,
    /// Steps of their histories.
    pub steps: u64,
    /// What was found.
    pub findings: u64,
}

/// What is told while a database is examined.
#[derive(Clone, Debug)]
pub enum Told {
    /// Something is not as it must be.
    Finding(Box<Finding>),
    /// So many instances of all are examined.
    Progress {
        /// Examined so far.
        examined: u64,
        /// All.
        all: u64,
    },
}

/// Examines a database whose schema is that of this program ([`is_current`]), and tells what is wrong with it.
///
/// # Errors
/// Where the database cannot be read. What is wrong with what it holds is no error, but a finding.
pub async fn examine(
    database: &Database,
    tell: &mut (dyn FnMut(Told) + Send),
) -> Result<Examined, RuntimeError> {
    let snapshot = Snapshot::begin(database).await?;
    let all = snapshot.number("SELECT count(*) FROM instance").await?;
    let mut doctor = Doctor {
        snapshot,
        tell,
        all: all as u64,
        examined: Examined::default(),
        counted: BTreeMap::new(),
        definitions: Definitions::default(),
        unreadable: BTreeSet::new(),
        inbox: BTreeSet::new(),
    };
    doctor.examine_deployed().await?;
    doctor.examine_queues().await?;
    doctor.examine_instances().await?;
    doctor.find_large_states().await?;
    doctor.find_orphans().await?;
    let examined = doctor.examined;
    // Nothing was written: there is nothing to commit.
    doctor.snapshot.tx.rollback().await?;
    Ok(examined)
}

/// Whether the schema of a database is the one that this program works with. `M`: the migrations of all rooms.
///
/// # Errors
/// Where the database cannot be read, or holds nothing of ours.
pub async fn is_current<M: MigratorTrait>(database: &Database) -> Result<bool, RuntimeError> {
    let pending = M::get_pending_migrations_read_only(database.readers()).await?;
    Ok(pending.is_empty())
}

struct Doctor<'t> {
    snapshot: Snapshot,
    tell: &'t mut (dyn FnMut(Told) + Send),
    all: u64,
    examined: Examined,
    /// Rows that were found as they were expected, by their tables.
    counted: BTreeMap<&'static str, i64>,
    definitions: Definitions,
    /// Definitions that cannot be read.
    unreadable: BTreeSet<i64>,
    /// Instances about which something is still to be done.
    inbox: BTreeSet<Key>,
}

impl Doctor<'_> {
    fn find(&mut self, finding: Finding) {
        self.examined.findings += 1;
        (self.tell)(Told::Finding(Box::new(finding)));
    }

    fn tell_progress(&mut self) {
        (self.tell)(Told::Progress {
            examined: self.examined.instances,
            all: self.all,
        });
    }

    /// A definition; none: it cannot be read, which was told once.
    async fn definition(&mut self, key: i64) -> Option<Arc<Definition>> {
        if self.unreadable.contains(&key) {
            return None;
        }
        let read = self.definitions.get(&self.snapshot.tx, Key::from_i64(key));
        match read.await {
            Ok(definition) => Some(definition),
            Err(error) => {
                self.unreadable.insert(key);
                let finding =
                    Finding::new(FindingCode::Unreadable, "definition", error.to_string());
                self.find(finding.key(key));
                None
            }
        }
    }
}
