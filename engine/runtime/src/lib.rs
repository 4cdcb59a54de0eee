//! Loads state, calls the core, commits, wakes timers, hands out jobs.
//!
//! ```text
//! runtime.rs    what may be asked (Runtime)            world.rs    what a diagram can do to the world (World)
//! writer/       the one writer: batches, steps, rows   timers.rs   what is due, and moving the clock
//! query/        reads for people (Queries)             feed.rs     what each commit touched
//! deploy/       files in, a plan or problems out       thread.rs   done, now, next of an instance
//! schema/       the tables, one file each              migration/  how they came to be
//! doctor/       what must be true of a database        work_items.rs   rows, as states ask for them
//! database.rs   connections                            request.rs   what is handed in and back
//! jobs.rs       jobs and who does them                 workers.rs   workers that wait for jobs
//! stored.rs     where states are kept                  sole.rs      that one server works with a database
//! inner.rs      what the parts share
//! events.rs, once.rs, comment.rs, clock.rs, keys.rs, definitions.rs, decisions.rs, actor.rs, error.rs
//! ```

mod actor;
mod clock;
mod comment;
mod database;
mod decisions;
mod definitions;
mod deploy;
pub mod doctor;
mod error;
mod events;
mod feed;
mod inner;
mod jobs;
mod keys;
mod migration;
mod once;
mod query;
mod request;
mod runtime;
mod schema;
mod sole;
mod stored;
mod thread;
mod timers;
mod work_items;
mod workers;
mod world;
mod writer;

pub use actor::Actor;
pub use clock::{Clock, SettableClock, SystemClock, real_now};
pub use database::Database;
pub use definitions::Definition;
pub use deploy::{
    CalledFrom, Deployed, DeployedDecision, DeployedDefinition, DeployedForm, FileKind,
    FileProblem, ProcessCall, Reading, UploadedFile, called_decisions, called_processes,
    read_files, unknown_decision, unknown_process,
};
pub use error::RuntimeError;
pub use feed::{Feed, Touched, Touches};
pub use jobs::{ActivateJobs, ActivatedJob, JobFailure, Lease};
pub use keys::Keys;
pub use migration::Migrator;
pub use once::{Asked, Once};
pub use query::*;
pub use request::{
    CommittedStep, Message, ProcessRef, Published, Signal, Signalled, StartInstance,
};
pub use runtime::{Runtime, Writing};
pub use thread::{DoneElement, Thread, ThreadDone, ThreadNext, ThreadNow, Trail, Waiting, thread};
pub use world::{
    GivenTask, JobCall, OpenTask, Performed, RecordChange, RecordRef, World, WorldError,
    WriteContext,
};
