//! The one error of this crate: what is asked for is not there.

use std::sync::Arc;

/// Why nothing can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DmnError {
    /// No decision has this id or name.
    #[error("There is no decision “{wanted}”.{hint}")]
    UnknownDecision {
        /// What was asked for.
        wanted: String,
        /// What there is, as a sentence.
        hint: String,
    },
    /// No decision service has this id or name.
    #[error("There is no decision service “{wanted}”.{hint}")]
    UnknownService {
        /// What was asked for.
        wanted: String,
        /// What there is, as a sentence.
        hint: String,
    },
    /// No business knowledge model has this id or name.
    #[error("There is no business knowledge model “{wanted}”.{hint}")]
    UnknownKnowledgeModel {
        /// What was asked for.
        wanted: String,
        /// What there is, as a sentence.
        hint: String,
    },
}

type Named<'n> = (&'n Option<Arc<str>>, &'n Arc<str>);

impl DmnError {
    pub(crate) fn unknown_decision<'n>(
        wanted: &str,
        known: impl Iterator<Item = Named<'n>>,
    ) -> DmnError {
        DmnError::UnknownDecision {
            hint: hint(wanted, known),
            wanted: wanted.to_owned(),
        }
    }

    pub(crate) fn unknown_service<'n>(
        wanted: &str,
        known: impl Iterator<Item = Named<'n>>,
    ) -> DmnError {
        DmnError::UnknownService {
            hint: hint(wanted, known),
            wanted: wanted.to_owned(),
        }
    }

    pub(crate) fn unknown_knowledge_model<'n>(
        wanted: &str,
        known: impl Iterator<Item = Named<'n>>,
    ) -> DmnError {
        DmnError::UnknownKnowledgeModel {
            hint: hint(wanted, known),
            wanted: wanted.to_owned(),
        }
    }
}

fn hint<'n>(wanted: &str, known: impl Iterator<Item = Named<'n>>) -> String {
    let names: Vec<&str> = known
        .map(|(id, name)| id.as_deref().unwrap_or(name))
        .take(200)
        .collect();
    if let Some(name) = redthread_feel::closest(wanted, names.iter().copied()) {
        return format!(" Did you mean “{name}”?");
    }
    match names.as_slice() {
        [] => " There is none at all.".to_owned(),
        names if names.len() <= 10 => format!(" There is {}.", crate::words::listed(names)),
        names => format!(" There are {} others.", names.len()),
    }
}
