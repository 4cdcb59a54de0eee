//! The demo's clock: timers, due dates and the calendar follow it. Sessions do not. It exists only under `--demo`.

use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::Instant;
use crate::server::problem::Refusals;
use redthread_calendar::{Timestamp, parse_duration};
use redthread_runtime::World;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the clock shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DemoClock {
    /// The process time.
    pub now: Instant,
    /// When something is due next; null: nothing waits for a time.
    #[schema(required = true)]
    pub next: Option<Instant>,
}

/// How to move it. Exactly one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClockMove {
    /// Forward by so much: an ISO 8601 duration, at most 366 days.
    #[schema(examples("PT1H", "P1D", "P7D"))]
    pub advance: Option<String>,
    /// Forward to what is due next.
    pub until_next: Option<bool>,
}

/// What the demo's clock shows.
#[utoipa::path(get, path = "/api/demo/clock", tag = "demo", security(("session" = [])),
    responses((status = 200, body = DemoClock), Refusals))]
pub async fn clock(_session: Session, app: App) -> Result<Json<DemoClock>, ApiError> {
    Ok(Json(shown(&app).await?))
}

/// Move the demo's clock forward. Everything that is due on the way happens at its own time.
#[utoipa::path(post, path = "/api/demo/clock", tag = "demo", security(("session" = [])),
    responses((status = 200, body = DemoClock), Refusals))]
pub async fn move_clock(
    session: Session,
    app: App,
    Json(asked): Json<ClockMove>,
) -> Result<Json<DemoClock>, ApiError> {
    must_be_demo(&app)?;
    let to = match (asked.advance, asked.until_next) {
        (Some(advance), None | Some(false)) => later(&app, &advance)?,
        (None, Some(true)) => match app.runtime().next_due().await? {
            Some(due) => due.max(app.now()),
            None => return Ok(Json(shown(&app).await?)),
        },
        _ => {
            let detail = "Say either how far to move the clock, or to move it to what comes next.";
            return Err(ApiError::Unusable(detail.to_owned()));
        }
    };
    tracing::info!(by = %session.login, %to, "the demo's clock is moved");
    app.runtime().advance_to(to).await?;
    Ok(Json(shown(&app).await?))
}

/// How far the clock may be moved at once.
const FARTHEST_DAYS: i64 = 366;

fn must_be_demo(app: &App) -> Result<(), ApiError> {
    app.demo().map(|_| ()).ok_or(ApiError::NotFound("page"))
}

async fn shown(app: &App) -> Result<DemoClock, ApiError> {
    must_be_demo(app)?;
    let next = app.runtime().next_due().await?.map(Instant::from);
    Ok(DemoClock {
        now: app.now().into(),
        next,
    })
}

fn later(app: &App, text: &str) -> Result<Timestamp, ApiError> {
    let unusable = || {
        ApiError::field(
            "advance",
            "duration",
            "That is no duration such as P1D, PT1H or P7D.",
        )
    };
    let (now, zone) = (app.now(), app.world().zone());
    let duration = parse_duration(text).map_err(|_| unusable())?;
    let to = duration
        .add_to(now, &zone)
        .filter(|to| *to > now)
        .ok_or_else(unusable)?;
    let farthest = now.saturating_add_micros(FARTHEST_DAYS * 24 * 60 * 60 * 1_000_000);
    if to > farthest {
        let sentence = "The clock can be moved by at most a year at once.";
        return Err(ApiError::field("advance", "tooFar", sentence));
    }
    Ok(to)
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(clock, move_clock))
}
