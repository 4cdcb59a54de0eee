//! Why a command was refused.

use crate::key::Key;

/// A command was refused, and nothing changed. Each says what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The instance has ended.
    #[error("Expected a running instance, but it has ended ({0}).")]
    Ended(&'static str),
    /// The instance was started already.
    #[error("Expected a new instance, but it has been started already.")]
    AlreadyStarted,
    /// The instance has not been started.
    #[error("Expected a running instance, but it has not been started.")]
    NotStarted,
    /// The process has no such start event.
    #[error("Expected {0}, but the process has none.")]
    NoStart(String),
    /// What the command names is not there (any more).
    #[error("Expected an open {what}, but {key} is not open (any more).")]
    NotOpen {
        /// `task`, `job`, `timer` ...
        what: &'static str,
        /// Its key.
        key: Key,
    },
    /// Somebody has taken or handed over the task in the meantime.
    #[error("Expected the task to be with {expected}, but it is with {found}.")]
    HeldByOther {
        /// Who was expected to have it.
        expected: String,
        /// Who has it.
        found: String,
    },
    /// The scope of a variable is not there (any more).
    #[error("Expected the instance or one of its running elements, but {0} is neither.")]
    NoScope(Key),
    /// A variable's name cannot be one.
    #[error("Expected a name for the variable, but it was empty.")]
    EmptyName,
    /// What a command brings is beyond a limit of [`crate::limits`].
    #[error("{0} Nothing was changed.")]
    TooLarge(String),
    /// What is to be activated cannot be, there.
    #[error(
        "Expected an activity of \"{scope}\" that no sequence flow leads to, but \"{element}\" is none."
    )]
    NotActivatable {
        /// The ad-hoc sub-process.
        scope: String,
        /// What was to be activated.
        element: String,
    },
    /// A sequential ad-hoc sub-process, or one that is ending, begins nothing now.
    #[error("Expected an ad-hoc sub-process that runs, but the element {0} is none.")]
    NotAdHoc(Key),
    /// The element in the state is not in the graph: state and definition do not belong together.
    #[error("Expected the element \"{0}\" in the definition, but it is not there.")]
    UnknownElement(String),
}
