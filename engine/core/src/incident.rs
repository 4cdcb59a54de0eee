//! Why an element is stuck, and what resolves it.

use serde::{Deserialize, Serialize};

/// What stopped an element. [`Command::Retry`](crate::Command::Retry) does again what stopped: it helps once the cause
/// is mended, for example by setting a variable.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IncidentCode {
    /// No outgoing flow of a gateway had a true condition, and there is no default flow.
    NoFlow,
    /// An expression gave something else than what is needed there.
    ExpressionFailed,
    /// A job failed and has no tries left.
    JobFailed,
    /// A job threw an error that nothing in the diagram catches.
    UncaughtError,
    /// A decision could not be made, or is not deployed.
    DecisionFailed,
    /// A called process is not deployed, or its instance was cancelled.
    CallFailed,
    /// A value, or all values of the instance together, would be larger than is possible: see [`crate::limits`].
    TooLarge,
}

impl IncidentCode {
    /// The stable code that `play` and the API show.
    pub fn as_str(self) -> &'static str {
        match self {
            IncidentCode::NoFlow => "noFlow",
            IncidentCode::ExpressionFailed => "expressionFailed",
            IncidentCode::JobFailed => "jobFailed",
            IncidentCode::UncaughtError => "uncaughtError",
            IncidentCode::DecisionFailed => "decisionFailed",
            IncidentCode::CallFailed => "callFailed",
            IncidentCode::TooLarge => "tooLarge",
        }
    }
}

/// What is wrong, before it is written down as an incident of an element instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The stable code.
    pub code: IncidentCode,
    /// What happened and what to do, in one or two plain sentences.
    pub message: String,
}

impl Stuck {
    pub(crate) fn decision(message: impl Into<String>) -> Stuck {
        Stuck {
            code: IncidentCode::DecisionFailed,
            message: message.into(),
        }
    }

    pub(crate) fn call(message: impl Into<String>) -> Stuck {
        Stuck {
            code: IncidentCode::CallFailed,
            message: message.into(),
        }
    }

    pub(crate) fn expression(message: impl Into<String>) -> Stuck {
        Stuck {
            code: IncidentCode::ExpressionFailed,
            message: message.into(),
        }
    }
}
