//! What this server is: all that is said before signing in.

use crate::server::accounts::Role;
use crate::server::app::App;
use crate::server::extract::Json;
use crate::server::key::Instant;
use redthread_runtime::World;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What this server is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Always `Redthread`.
    pub product: &'static str,
    /// The version.
    pub version: &'static str,
    /// Whether it shows the demo company.
    pub demo: bool,
    /// Who may try it, with their passwords. Empty unless it is a demo.
    pub demo_accounts: Vec<DemoAccount>,
    /// The process time: what due dates and the calendar go by.
    pub now: Instant,
    /// The company's zone.
    pub zone: String,
}

/// Somebody of the demo company.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DemoAccount {
    /// What to sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password: everybody knows it.
    pub password: String,
}

/// Whether the server is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: &'static str,
}

/// What this server is.
#[utoipa::path(get, path = "/api/about", tag = "about", responses((status = 200, body = About)))]
pub async fn about(app: App) -> Json<About> {
    Json(About {
        product: "Redthread",
        version: env!("CARGO_PKG_VERSION"),
        demo: app.demo().is_some(),
        demo_accounts: app.demo().unwrap_or_default().to_vec(),
        now: app.now().into(),
        zone: app.world().zone().name(),
    })
}

/// Whether the server is well. For load balancers and service managers.
#[utoipa::path(get, path = "/health", tag = "about", responses((status = 200, body = Health)))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(about))
        .routes(routes!(health))
}
