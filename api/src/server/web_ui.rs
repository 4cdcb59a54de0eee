//! The web UI inside the binary: `web/dist` as it was when the server was built.
//!
//! Files under `assets/` have their content's hash in their names and are kept by browsers for a year; everything else
//! is asked for again and answered by its ETag. A path that is no file is a page of the UI, which has its own routes.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Dist;

const PAGE: &str = "index.html";

/// What may run in our pages: our own scripts and nothing inline; styles may be inline, because bpmn-js and the
/// component library set some.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; \
    form-action 'self'; frame-ancestors 'none'";

/// Answers whatever no route of the API answers.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(answer) = file(path, &headers) {
        return answer;
    }
    // A missing script is an error; a missing page is one that the UI shows by itself.
    if path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
    {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    }
    file(PAGE, &headers).unwrap_or_else(not_built)
}

/// Adds to every answer what browsers are to be strict about. What the API answers is kept nowhere unless it says so.
pub fn harden(headers: &mut HeaderMap, is_api: bool) {
    if is_api {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    let strict = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in strict {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let path = if path.is_empty() { PAGE } else { path };
    if path.ends_with(".br") || path.starts_with('.') {
        return None;
    }
    let plain = Dist::get(path)?;
    let packed = accepts_brotli(headers)
        .then(|| Dist::get(&format!("{path}.br")))
        .flatten();
    let encoding = packed.is_some().then_some("br");
    Some(answer(path, packed.unwrap_or(plain), encoding, headers))
}

fn answer(
    path: &str,
    file: EmbeddedFile,
    encoding: Option<&'static str>,
    asked: &HeaderMap,
) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag: String = hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let etag = format!("\"{etag}\"");
    let keep = match path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let mut response = match asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| *v == *etag)
    {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(file.data).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(path)),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// RFC 9110 section 12.5.3; `br;q=0` refuses it.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|v| v.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = matches!(
            weight.trim().trim_start_matches("q=").parse::<f32>(),
            Ok(0.0)
        );
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "txt" => "text/plain; charset=utf-8",
        "bpmn" | "xml" => "text/xml; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn not_built() -> Response {
    const TEXT: &str = "The web UI was not built into this server. Run make run, or make web and \
        build the server again. The API works all the same.\n";
    (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        TEXT,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_encoding(accepted: &'static str, brotli: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        assert_eq!(accepts_brotli(&headers), brotli, "{accepted}");
    }

    #[test]
    fn brotli_is_sent_only_to_who_takes_it() {
        check_encoding("gzip, deflate, br, zstd", true);
        check_encoding("br;q=1.0", true);
        check_encoding("gzip", false);
        check_encoding("gzip, br;q=0", false);
        check_encoding("brotli", false);
    }

    #[tokio::test]
    async fn a_page_of_the_ui_is_answered_and_a_missing_file_is_not() {
        let page = serve(
            Method::GET,
            Uri::from_static("/processes/1"),
            HeaderMap::new(),
        )
        .await;
        match Dist::get(PAGE) {
            Some(_) => assert_eq!(page.status(), StatusCode::OK),
            None => assert_eq!(page.status(), StatusCode::NOT_FOUND),
        }
        let missing = Uri::from_static("/assets/none.js");
        let missing = serve(Method::GET, missing, HeaderMap::new()).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        let written = serve(Method::POST, Uri::from_static("/"), HeaderMap::new()).await;
        assert_eq!(written.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
