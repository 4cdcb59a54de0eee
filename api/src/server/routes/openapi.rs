//! The OpenAPI document: made from the handlers, kept as a checked snapshot in `api/openapi.json`, and what the web's
//! client is generated from.

use super::events::Changed;
use super::records::RecordKind;
use crate::server::accounts::Role;
use crate::server::app::App;
use crate::server::problem::Problem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Redthread",
        description = "Processes over customer records.\n\n\
            Keys are decimal strings, instants RFC 3339 in UTC, refusals problem details (RFC 9457). Requests that \
            change something carry the header `x-redthread`. A session's scopes are the roles that may; none: \
            everybody who is signed in."
    ),
    components(schemas(Problem, Changed, RecordKind, Role)),
    modifiers(&SessionCookie)
)]
struct Document;

struct SessionCookie;

impl Modify for SessionCookie {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKey::Cookie(ApiKeyValue::new("redthread_session"));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// A router that begins the document.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
}
