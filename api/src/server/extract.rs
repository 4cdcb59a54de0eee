//! axum's extractors, answering with problem details when the request does not fit.

use super::error::ApiError;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A JSON body, in and out.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The parameters of a path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);

/// The parameters behind the question mark.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Query<T>(pub T);

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> ApiError {
        match rejection.status() {
            axum::http::StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
            _ => ApiError::BadRequest(reason(&rejection.body_text())),
        }
    }
}

impl From<PathRejection> for ApiError {
    /// An address that cannot be one of ours is one where nothing is.
    fn from(_: PathRejection) -> ApiError {
        ApiError::NotFound("page")
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> ApiError {
        ApiError::BadRequest(reason(&rejection.body_text()))
    }
}

/// What is wrong, without the words of the program that found it.
fn reason(text: &str) -> String {
    let reason = text
        .strip_prefix("Failed to ")
        .and_then(|rest| rest.split_once(": "));
    reason
        .map_or(text, |(_, reason)| reason)
        .trim_end_matches('.')
        .to_owned()
}
