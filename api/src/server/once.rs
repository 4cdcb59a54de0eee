//! The header `Idempotency-Key` (IETF draft): a request that changes something is carried out once under a key, however
//! often it is sent, and answered the same each time. Keys belong to the person who sends them.
//!
//! What a request did is stored with its effect (see [`redthread_runtime::Once`]), what it was answered right after. A
//! second request under the same key waits for the first. Where the server went down between effect and answer, the
//! request is run again: commands that were carried out are answered from what is stored, and the answer is made anew.

use super::accounts::Session;
use super::app::App;
use super::error::ApiError;
use super::routes::deployments::MOST_BYTES;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use redthread_runtime::{Once, RuntimeError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use tracing::Instrument;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, OpenApi, Required, schema};

/// The header.
pub const HEADER: &str = "idempotency-key";
/// Says that an answer is that of an earlier request.
pub const REPLAYED: &str = "idempotency-replayed";
/// Answers longer than this are not stored, but made anew.
const LONGEST: usize = 1024 * 1024;

/// A request as its handler finds it.
#[derive(Clone)]
struct UnderKey {
    once: Once,
    is_repeat: bool,
}

/// An answer, as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Noted {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    body: String,
}

impl FromRequestParts<App> for App {
    type Rejection = Infallible;

    /// The server as a handler uses it: what it sends to the engine goes under the request's idempotency key.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<App, Infallible> {
        Ok(match parts.extensions.get::<UnderKey>() {
            Some(UnderKey { once, is_repeat }) => app.once(once.clone(), *is_repeat),
            None => app.clone(),
        })
    }
}

/// Middleware: carries a request with an idempotency key out once.
pub async fn answer_once(State(app): State<App>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(HEADER) || !counts(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let answered = under_key(app, request, next).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// Whether a request is a command of somebody who is signed in.
fn counts(method: &Method, path: &str) -> bool {
    let signs_in_or_out = path == "/api/session" && method != Method::PATCH;
    !method.is_safe() && path.starts_with("/api/") && !signs_in_or_out
}

async fn under_key(app: App, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let key = key_of(&parts.headers)?;
    let session = Session::from_request_parts(&mut parts, &app).await?;
    let body = to_bytes(body, MOST_BYTES)
        .await
        .map_err(|_| ApiError::TooLarge)?;
    let who = format!("user:{}", session.key.0);
    let once = Once::new(&who, &key, &fingerprint(&parts, &body))?;
    let alone = app.in_flight().enter((who, key));
    // Goes on when whoever asked has gone: they will ask again.
    let answered = async move {
        let _alone = alone.turn().await;
        let asked = app.runtime().asked(&once).await?;
        if let Some(noted) = asked.noted {
            return replayed(&noted);
        }
        parts.extensions.insert(UnderKey {
            once: once.clone(),
            is_repeat: asked.carried_out,
        });
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        note(&app, &once, response).await
    };
    let answered = tokio::spawn(answered.in_current_span()).await;
    answered.map_err(|error| ApiError::Internal(error.to_string()))?
}

fn key_of(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut keys = headers.get_all(HEADER).iter();
    match (keys.next().map(HeaderValue::to_str), keys.next()) {
        (Some(Ok(key)), None) => Ok(key.to_owned()),
        _ => Err(RuntimeError::BadIdempotencyKey.into()),
    }
}

/// What tells a request from others. The same content counts as the same, however it is written: the order of members
/// in JSON, the boundary between files. Passwords do not count: what is stored must not help to guess them.
fn fingerprint(parts: &Parts, body: &Bytes) -> String {
    let mut digest = Sha256::new();
    digest.update(parts.method.as_str());
    let address = parts.uri.path_and_query().map(|address| address.as_str());
    digest.update(address.unwrap_or_default());
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let boundary = content_type
        .filter(|kind| kind.starts_with("multipart/"))
        .and_then(|kind| kind.split_once("boundary="))
        .map(|(_, boundary)| boundary.trim_matches('"').as_bytes());
    match (boundary, serde_json::from_slice(body)) {
        (Some(boundary), _) => hash_between(&mut digest, body, boundary),
        (None, Ok(serde_json::Value::Object(mut members))) => {
            members.remove("password");
            let mut content = serde_json::Value::Object(members);
            content.sort_all_objects();
            digest.update(content.to_string());
        }
        _ => digest.update(body),
    }
    let bytes = digest.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes what is between boundaries, each part apart.
fn hash_between(digest: &mut Sha256, body: &[u8], boundary: &[u8]) {
    let mut rest = body;
    while let Some(at) = find(rest, boundary) {
        digest.update((at as u64).to_le_bytes());
        digest.update(&rest[..at]);
        rest = &rest[at + boundary.len()..];
    }
    digest.update(rest);
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        let start = from + at;
        if bytes[start..].starts_with(wanted) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

/// Stores an answer, for whoever asks again. Refusals are not kept: they changed nothing.
async fn note(app: &App, once: &Once, response: Response) -> Result<Response, ApiError> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    if let Ok(text) = std::str::from_utf8(&body)
        && text.len() <= LONGEST
    {
        let noted = Noted {
            status: parts.status.as_u16(),
            content_type: content_type.map(str::to_owned),
            body: text.to_owned(),
        };
        let noted =
            serde_json::to_string(&noted).map_err(|error| ApiError::Internal(error.to_string()))?;
        if let Err(error) = app.runtime().note_answer(once, noted).await {
            // It was carried out, and whoever asks again gets an answer that is made anew.
            tracing::warn!(%error, "an answer could not be stored");
        }
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(noted: &str) -> Result<Response, ApiError> {
    let unreadable = |error: String| ApiError::Internal(format!("a stored answer: {error}"));
    let noted: Noted =
        serde_json::from_str(noted).map_err(|error| unreadable(error.to_string()))?;
    let mut response = Response::new(Body::from(noted.body));
    *response.status_mut() =
        StatusCode::from_u16(noted.status).map_err(|error| unreadable(error.to_string()))?;
    let headers = response.headers_mut();
    if let Some(text) = noted.content_type {
        let value = HeaderValue::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Documents the header on every operation that heeds it.
pub fn document(document: &mut OpenApi) {
    const WHAT: &str = "Up to 255 visible ASCII characters of your choice. The same request under the same key is \
        carried out once and answered the same for a day; another request under it is refused with the code \
        `idempotencyKeyReused`. Refusals are not kept.";
    let text = ObjectBuilder::new()
        .schema_type(schema::Type::String)
        .max_length(Some(255));
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(WHAT))
        .schema(Some(text))
        .build();
    for (path, item) in &mut document.paths.paths {
        let changing = [
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in changing {
            if let Some(operation) = operation
                && counts(&method, path)
            {
                let parameters = operation.parameters.get_or_insert_default();
                parameters.push(parameter.clone().into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print_of(address: &str, content_type: &str, body: &str) -> String {
        let request = Request::post(address).header(header::CONTENT_TYPE, content_type);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        fingerprint(&parts, &Bytes::from(body.to_owned()))
    }

    fn upload(boundary: &str, content: &str) -> String {
        let body = format!("--{boundary}\r\nname=a\r\n\r\n{content}\r\n--{boundary}--\r\n");
        let kind = format!("multipart/form-data; boundary={boundary}");
        print_of("/api/deployments", &kind, &body)
    }

    #[test]
    fn the_same_content_is_the_same_request_however_it_is_written() {
        let json = |address: &str, body: &str| print_of(address, "application/json", body);
        assert_eq!(
            json("/api/a", r#"{"b": 1, "a": 2}"#),
            json("/api/a", r#"{"a":2,"b":1}"#)
        );
        assert_ne!(json("/api/a", r#"{"a": 1}"#), json("/api/a", r#"{"a": 2}"#));
        assert_ne!(json("/api/a", "{}"), json("/api/b", "{}"));
        assert_eq!(upload("x1", "text"), upload("another", "text"));
        assert_ne!(upload("x1", "text"), upload("x1", "other"));
        // Nothing that is stored tells a password.
        assert_eq!(
            json("/api/users", r#"{"login": "a", "password": "p"}"#),
            json("/api/users", r#"{"login": "a", "password": "q"}"#)
        );
    }
}
