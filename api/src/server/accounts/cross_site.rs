//! Requests that change something must come from our own pages: other sites can neither set a header of their own
//! choice nor claim our origin (OWASP: custom request header, verified origin). SameSite=Lax stands behind that.

use crate::server::app::App;
use crate::server::error::ApiError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The header that every request which changes something carries; its value does not matter.
pub const HEADER: &str = "x-redthread";

/// Middleware: refuses unsafe requests without the header, or with an origin that is not ours.
pub async fn refuse_cross_site(State(app): State<App>, request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_ours(request.headers(), app.public_url()) {
        return ApiError::CrossSite.into_response();
    }
    next.run(request).await
}

fn is_ours(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    if !headers.contains_key(HEADER) {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let same_host = authority.is_some() && authority == host;
    same_host || public_url.is_some_and(|url| url.trim_end_matches('/') == origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn check(headers: &[(&'static str, &'static str)], expected: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        let ours = is_ours(&map, Some("https://crm.example.org/"));
        assert_eq!(ours, expected, "{headers:?}");
    }

    #[test]
    fn a_request_needs_the_header_and_if_it_names_an_origin_ours() {
        let header = ("x-redthread", "1");
        let host = ("host", "127.0.0.1:8080");
        check(&[host], false);
        check(&[header, host], true);
        check(&[header, host, ("origin", "http://127.0.0.1:8080")], true);
        check(&[header, host, ("origin", "https://evil.example")], false);
        check(&[header, host, ("origin", "null")], false);
        check(&[header, host, ("origin", "http://127.0.0.1:8081")], false);
        check(&[host, ("origin", "http://127.0.0.1:8080")], false);
    }

    #[test]
    fn behind_a_proxy_the_public_address_is_ours() {
        check(
            &[
                ("x-redthread", "1"),
                ("host", "10.0.0.7:8080"),
                ("origin", "https://crm.example.org"),
            ],
            true,
        );
    }
}
