//! Every refusal of the API, and which status, code and sentence each has. The only place where errors of other rooms
//! become answers.

use super::problem::{MEDIA_TYPE, Problem, ProblemItem, Severity};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use redthread_core::Rejection;
use redthread_crm::CrmError;
use redthread_runtime::{FileProblem, RuntimeError, WorldError};

/// Why a request was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no session, or it has ended.
    #[error("You are not signed in. Sign in and try again.")]
    SignInNeeded,
    /// Login or password are wrong; which of them is not said.
    #[error("The login or the password is wrong.")]
    WrongCredentials,
    /// Too many wrong passwords.
    #[error("There were too many wrong passwords. Try again in {} minutes.", .0.div_ceil(60))]
    Throttled(u64),
    /// The person's role does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// The request did not come from our own pages.
    #[error(
        "The request did not come from a page of Redthread, so it was not carried out. Reload the page and try again."
    )]
    CrossSite,
    /// Nothing is there, or nothing that this person may see.
    #[error("There is no such {0} (any more).")]
    NotFound(&'static str),
    /// The request cannot be understood.
    #[error("The request could not be understood: {0}.")]
    BadRequest(String),
    /// Fields are wrong.
    #[error("Nothing was saved: please look at the marked fields.")]
    Invalid(Vec<ProblemItem>),
    /// A value makes no sense, wherever it came from.
    #[error("{0}")]
    Unusable(String),
    /// A file cannot be deployed.
    #[error("Nothing was deployed: the diagram has errors.")]
    DiagramHasErrors(Vec<ProblemItem>),
    /// Somebody else changed it in between.
    #[error(
        "Somebody else has changed this in the meantime. Nothing was saved; look at the new state and try again."
    )]
    Stale,
    /// It is not possible as things stand.
    #[error("{detail}")]
    Conflict {
        /// The stable code.
        code: &'static str,
        /// What happened and what to do.
        detail: String,
    },
    /// The body is too large.
    #[error("That is too large: at most 5 MiB for uploads and 1 MiB for everything else.")]
    TooLarge,
    /// Something is beyond a limit of the engine.
    #[error("{0}")]
    OverLimit(String),
    /// An idempotency key came with another request before.
    #[error("{0}")]
    KeyReused(String),
    /// More arrives than can be written.
    #[error(
        "Redthread is very busy at the moment. Nothing was changed; please try again in a few seconds."
    )]
    Busy,
    /// A defect of ours, or the database's. The cause goes to the log, not to the person.
    #[error("Something went wrong on our side. Nothing was changed; the log says more.")]
    Internal(String),
}

impl ApiError {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            ApiError::SignInNeeded | ApiError::WrongCredentials => StatusCode::UNAUTHORIZED,
            ApiError::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            ApiError::Forbidden(_) | ApiError::CrossSite => StatusCode::FORBIDDEN,
            ApiError::NotFound(_) => StatusCode::NOT_FOUND,
            ApiError::BadRequest(_) => StatusCode::BAD_REQUEST,
            ApiError::Invalid(_)
            | ApiError::Unusable(_)
            | ApiError::KeyReused(_)
            | ApiError::DiagramHasErrors(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Stale | ApiError::Conflict { .. } => StatusCode::CONFLICT,
            ApiError::TooLarge | ApiError::OverLimit(_) => StatusCode::PAYLOAD_TOO_LARGE,
            ApiError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ApiError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ApiError::SignInNeeded => "signInNeeded",
            ApiError::WrongCredentials => "wrongCredentials",
            ApiError::Throttled(_) => "throttled",
            ApiError::Forbidden(_) => "forbidden",
            ApiError::CrossSite => "crossSite",
            ApiError::NotFound(_) => "notFound",
            ApiError::BadRequest(_) => "badRequest",
            ApiError::Invalid(_) => "invalid",
            ApiError::Unusable(_) => "unusable",
            ApiError::DiagramHasErrors(_) => "diagramHasErrors",
            ApiError::Stale => "stale",
            ApiError::Conflict { code, .. } => code,
            ApiError::TooLarge | ApiError::OverLimit(_) => "tooLarge",
            ApiError::KeyReused(_) => "idempotencyKeyReused",
            ApiError::Busy => "busy",
            ApiError::Internal(_) => "internal",
        }
    }

    /// The problem that travels.
    pub fn problem(self) -> Problem {
        let status = self.status();
        Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: self.to_string(),
            code: self.code().to_owned(),
            problems: match self {
                ApiError::Invalid(problems) | ApiError::DiagramHasErrors(problems) => problems,
                _ => Vec::new(),
            },
        }
    }

    /// One field is wrong.
    pub fn field(field: &str, code: &str, message: impl Into<String>) -> ApiError {
        ApiError::Invalid(vec![ProblemItem {
            field: Some(field.to_owned()),
            code: code.to_owned(),
            message: message.into(),
            ..ProblemItem::default()
        }])
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let ApiError::Internal(cause) = &self {
            tracing::error!(%cause, "a request failed");
        }
        let retry_after = match &self {
            ApiError::Throttled(seconds) => Some(*seconds),
            ApiError::Busy => Some(2),
            _ => None,
        };
        let mut response = (self.status(), axum::Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<sea_orm::DbErr> for ApiError {
    fn from(error: sea_orm::DbErr) -> ApiError {
        ApiError::Internal(error.to_string())
    }
}

impl From<CrmError> for ApiError {
    fn from(error: CrmError) -> ApiError {
        let detail = error.to_string();
        match error {
            CrmError::NotFound { kind, .. } => ApiError::NotFound(kind.name()),
            CrmError::Invalid { problems } => {
                ApiError::Invalid(problems.into_iter().map(ProblemItem::from).collect())
            }
            CrmError::Conflict { .. } => ApiError::Stale,
            CrmError::Forbidden(sentence) => ApiError::Forbidden(sentence.to_owned()),
            CrmError::InUse { .. } => ApiError::Conflict {
                code: "inUse",
                detail,
            },
            CrmError::WrongState { code, .. } => ApiError::Conflict { code, detail },
            CrmError::Stored { .. } | CrmError::Database(_) => ApiError::Internal(detail),
        }
    }
}

impl From<RuntimeError> for ApiError {
    fn from(error: RuntimeError) -> ApiError {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            RuntimeError::Rejected(rejection) => rejected(&rejection),
            RuntimeError::Unknown { what, .. } => ApiError::NotFound(what),
            RuntimeError::UnknownProcess(_) => ApiError::NotFound("process"),
            RuntimeError::Drawing(_)
            | RuntimeError::DuplicateMessage { .. }
            | RuntimeError::StaleToken { .. }
            | RuntimeError::ClockNotSettable
            | RuntimeError::ClockBackwards { .. }
            | RuntimeError::Conflict => ApiError::Conflict { code, detail },
            RuntimeError::IdempotencyKeyReused(_) => ApiError::KeyReused(detail),
            RuntimeError::BadIdempotencyKey => ApiError::BadRequest(
                "an idempotency key has 1 to 255 characters, each of them visible ASCII".to_owned(),
            ),
            RuntimeError::NothingToDeploy
            | RuntimeError::BadCursor
            | RuntimeError::Invalid(_)
            | RuntimeError::World(WorldError::Failed(_)) => ApiError::Unusable(detail),
            RuntimeError::DiagramErrors(problems) => {
                ApiError::DiagramHasErrors(problems.into_iter().map(ProblemItem::from).collect())
            }
            RuntimeError::Busy | RuntimeError::Closed | RuntimeError::Unavailable => ApiError::Busy,
            RuntimeError::Damaged { .. }
            | RuntimeError::InUse
            | RuntimeError::World(WorldError::Database(_))
            | RuntimeError::Database(_)
            | RuntimeError::Internal(_) => ApiError::Internal(detail),
        }
    }
}

/// The engine's refusals, for people who do not know its words.
fn rejected(rejection: &Rejection) -> ApiError {
    match rejection {
        Rejection::Ended(_) => ApiError::Conflict {
            code: "ended",
            detail: "The process has ended already. Nothing was changed.".to_owned(),
        },
        Rejection::NotOpen { what, .. } => ApiError::Conflict {
            code: "notOpen",
            detail: format!(
                "This {what} is no longer open: somebody was faster. Nothing was changed."
            ),
        },
        Rejection::HeldByOther { .. } => ApiError::Conflict {
            code: "heldByOther",
            detail: "Somebody has taken or handed over this task in the meantime. Nothing was changed; look who has it \
                     now."
                .to_owned(),
        },
        Rejection::NotAdHoc(_) => ApiError::Conflict {
            code: "notOpen",
            detail: "Nothing can be begun there (any more): that part of the process does not run. Nothing was changed."
                .to_owned(),
        },
        Rejection::TooLarge(_) => ApiError::OverLimit(rejection.to_string()),
        Rejection::NoScope(_)
        | Rejection::EmptyName
        | Rejection::NoStart(_)
        | Rejection::NotActivatable { .. } => {
            ApiError::Unusable(rejection.to_string())
        }
        Rejection::AlreadyStarted | Rejection::NotStarted | Rejection::UnknownElement(_) => {
            ApiError::Internal(rejection.to_string())
        }
    }
}

impl From<redthread_crm::Problem> for ProblemItem {
    fn from(problem: redthread_crm::Problem) -> ProblemItem {
        ProblemItem {
            field: Some(problem.field),
            code: problem.code.to_owned(),
            message: problem.sentence,
            ..ProblemItem::default()
        }
    }
}

impl From<FileProblem> for ProblemItem {
    fn from(of_file: FileProblem) -> ProblemItem {
        ProblemItem {
            file: Some(of_file.file),
            ..of_file.problem.into()
        }
    }
}

impl From<redthread_bpmn::Problem> for ProblemItem {
    fn from(problem: redthread_bpmn::Problem) -> ProblemItem {
        ProblemItem {
            element: problem.element.map(|id| id.to_string()),
            line: problem.line,
            code: problem.code.as_str().to_owned(),
            severity: match problem.severity {
                redthread_bpmn::Severity::Error => Severity::Error,
                redthread_bpmn::Severity::Warning => Severity::Warning,
            },
            message: problem.message,
            hint: problem.hint,
            ..ProblemItem::default()
        }
    }
}
