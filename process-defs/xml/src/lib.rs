//! XML in, a small tree out: encodings, namespaces, line numbers and limits are settled here, so that nobody who reads
//! diagrams or decisions has to know about them. What is wrong with a file is told by [`Problem`]s.
//!
//! No entity is ever expanded but the five that XML itself names and character references; a
//! document type with declarations is refused. Nothing here recurses: depth comes from outside.

mod decode;
mod name;
mod parse;
mod problem;
mod text;
mod tree;

pub use parse::parse;
pub use problem::{Code, Owner, Problem, Problems, Severity};
pub use tree::{Attribute, Namespace, NodeIx, NodeRef, Tree};

/// A file that is not readable as XML at all (`unreadable` in `check --json`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unreadable {
    /// The line, counted from 1, where reading stopped; `None` when it is about the whole file.
    pub line: Option<u32>,
    /// One or two plain sentences: what is wrong and what to do.
    pub message: String,
}

impl Unreadable {
    /// About the file as a whole.
    pub(crate) fn file(message: impl Into<String>) -> Self {
        Unreadable {
            line: None,
            message: message.into(),
        }
    }

    /// About one line.
    pub(crate) fn at(line: u32, message: impl Into<String>) -> Self {
        Unreadable {
            line: Some(line),
            message: message.into(),
        }
    }
}

/// How much a file may hold. Each limit answers a way in which a small upload can ask for much
/// memory or time; the defaults are ten times what the largest real diagrams need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// XML elements in it.
    pub nodes: usize,
    /// How deep elements may be nested.
    pub depth: usize,
    /// Attributes of one element.
    pub attributes: usize,
    /// Problems reported for one file; further ones are summed up in a last one.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 5 * 1024 * 1024,
            nodes: 200_000,
            depth: 200,
            attributes: 1_000,
            problems: 1_000,
        }
    }
}
