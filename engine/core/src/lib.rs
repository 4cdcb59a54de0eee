//! The state machine: command and state in, events out. No clock, no I/O, no async, no randomness.
//!
//! [`step`] decides what a [`Command`] does to an instance and answers with [`Event`]s; [`apply`] is the only function
//! that changes an [`InstanceState`], live and on replay alike. The same graph, state, command and [`Inputs`] always give
//! the same events.

mod ad_hoc;
mod apply;
mod body;
mod caller;
pub mod command;
mod compensation;
mod decide;
mod element;
pub mod event;
pub mod incident;
pub mod inputs;
mod key;
mod lifecycle;
pub mod limits;
mod listener;
mod living;
mod null;
mod quiescence;
mod rejection;
mod repetition;
mod scope;
pub mod state;
mod step;
mod throw;
pub mod trigger;
mod waiting;

pub use apply::{apply, replay};
pub use command::{CallOutcome, Command, Holder, Subject, Variables};
pub use event::Event;
pub use inputs::{Decision, Fact, Facts, Inputs, LookedUp};
pub use key::Key;
pub use rejection::Rejection;
pub use state::{InstanceState, Status};
pub use step::{Step, StepError, step};
