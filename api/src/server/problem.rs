//! Problem details: how every refusal travels (RFC 9457).

use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The media type of a problem (RFC 9457 section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was refused, for programs (`code`) and for people (`detail`).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the code says it all (RFC 9457 section 4.2.1).
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, what was kept and what to do, in one or two sentences.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// What exactly is wrong, where more than one thing may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub problems: Vec<ProblemItem>,
}

/// One thing that is wrong with a form or a diagram.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemItem {
    /// The uploaded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The field of the form or record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The BPMN element's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// The line in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The stable code.
    pub code: String,
    /// Whether it stands in the way.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// How bad a problem is.
#[derive(Debug, Copy, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// It stands in the way.
    #[default]
    Error,
    /// It works, but perhaps not as meant.
    Warning,
}

/// For the OpenAPI document: whatever is not a success is a [`Problem`].
pub struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let problem = ContentBuilder::new()
            .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
            .build();
        let response = ResponseBuilder::new()
            .description("Refused: nothing was changed.")
            .content(MEDIA_TYPE, problem)
            .build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}
