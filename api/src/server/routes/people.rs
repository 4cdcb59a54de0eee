//! People, as everybody sees them: to assign tasks to, to invite to calls.

use crate::server::accounts::Role;
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Query};
use crate::server::key::Key;
use crate::server::problem::Refusals;
use redthread_crm::{RecordKey, Team, teams, users};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A person by name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonRef {
    /// What they sign in with.
    pub login: String,
    /// Their name; the login where nobody of that login is known.
    pub name: String,
}

/// A team by name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamRef {
    /// The team's name in diagrams.
    pub name: String,
    /// What people call it.
    pub title: String,
}

/// A person who may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The key.
    pub key: Key,
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The teams they are in.
    pub teams: Vec<TeamRef>,
}

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Part of a name or login.
    search: Option<String>,
}

/// The active people, by name.
#[utoipa::path(get, path = "/api/people", tag = "people", params(PeopleQuery),
    security(("session" = [])), responses((status = 200, body = [Person]), Refusals))]
pub async fn people(
    session: Session,
    app: App,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<Vec<Person>>, ApiError> {
    let wanted = query.search.unwrap_or_default().trim().to_lowercase();
    let mut found = users::list(app.reader(), session.scope(), true).await?;
    found.retain(|user| user.name.to_lowercase().contains(&wanted) || user.login.contains(&wanted));
    let keys: Vec<RecordKey> = found.iter().map(|user| user.key).collect();
    let mut teams = teams::of_users(app.reader(), session.scope(), &keys).await?;
    let people = found.into_iter().map(|user| Person {
        teams: teams
            .remove(&user.key)
            .unwrap_or_default()
            .iter()
            .map(TeamRef::from)
            .collect(),
        key: user.key.into(),
        login: user.login,
        name: user.name,
        role: user.role.into(),
    });
    Ok(Json(people.collect()))
}

impl From<&Team> for TeamRef {
    fn from(team: &Team) -> TeamRef {
        TeamRef {
            name: team.name.clone(),
            title: team.title.clone(),
        }
    }
}

/// The routes of people.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(people))
}
