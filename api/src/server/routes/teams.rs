//! Teams: who may take tasks together. Diagrams and lanes name them.

use super::people::PersonRef;
use crate::server::accounts::{Administer, May};
use crate::server::app::{App, Write};
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::Key;
use crate::server::known::PEOPLE;
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_crm::{Kind, Record, RecordKey, Scope, User, records, teams as store, users};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A team.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    /// The key.
    pub key: Key,
    /// Goes up with each change.
    pub version: i64,
    /// Its name in diagrams.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Who is in it.
    pub members: Vec<PersonRef>,
}

/// A team to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTeam {
    /// Its name in diagrams.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The logins of its members.
    #[serde(default)]
    pub members: Vec<String>,
}

/// Changes to a team; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TeamPatch {
    /// The version that the change was made on; without it, the latest.
    pub version: Option<i64>,
    /// What people call it.
    pub title: Option<String>,
    /// The logins of its members, all of them.
    pub members: Option<Vec<String>>,
}

/// All teams, by name.
#[utoipa::path(get, path = "/api/teams", tag = "teams",
    security(("session" = ["administrator"])), responses((status = 200, body = [Team]), Refusals))]
pub async fn teams(may: May<Administer>, app: App) -> Result<Json<Vec<Team>>, ApiError> {
    let (conn, scope) = (app.reader(), may.session.scope());
    let keys: Vec<RecordKey> = store::list(conn, scope)
        .await?
        .into_iter()
        .map(|team| team.key)
        .collect();
    let teams = records::get_many(conn, scope, Kind::Team, &keys).await?;
    let mut members = store::all_members(conn, scope).await?;
    let teams = teams.into_iter().map(|team| {
        let members = members.remove(&team.key).unwrap_or_default();
        Team::new(&team, members)
    });
    Ok(Json(teams.collect()))
}

/// Add a team.
#[utoipa::path(post, path = "/api/teams", tag = "teams",
    security(("session" = ["administrator"])), responses((status = 201, body = Team), Refusals))]
pub async fn add_team(
    may: May<Administer>,
    app: App,
    Json(new): Json<NewTeam>,
) -> Result<(StatusCode, Json<Team>), ApiError> {
    let key = app
        .write(&may.session, move |write| {
            let mut fields = Map::new();
            fields.insert("name".to_owned(), json!(new.name));
            fields.insert("title".to_owned(), json!(new.title));
            let members = new.members.clone();
            Box::pin(async move {
                let team = records::create(&write.change, write.scope, Kind::Team, &fields).await?;
                put_in(write, team.key, &members).await?;
                write.context.touches.topic(PEOPLE);
                Ok(team.key)
            })
        })
        .await?;
    let team = shown(&app, may.session.scope(), key).await?;
    Ok((StatusCode::CREATED, Json(team)))
}

/// Change a team.
#[utoipa::path(patch, path = "/api/teams/{key}", tag = "teams", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["administrator"])), responses((status = 200, body = Team), Refusals))]
pub async fn change_team(
    may: May<Administer>,
    app: App,
    Path(key): Path<Key>,
    Json(patch): Json<TeamPatch>,
) -> Result<Json<Team>, ApiError> {
    let team = RecordKey::from(key);
    app.write(&may.session, move |write| {
        let (title, members, version) = (patch.title.clone(), patch.members.clone(), patch.version);
        Box::pin(async move {
            if let Some(title) = title {
                let fields = Map::from_iter([("title".to_owned(), json!(title))]);
                let change = &write.change;
                records::update(change, write.scope, Kind::Team, team, version, &fields).await?;
            }
            if let Some(members) = members {
                put_in(write, team, &members).await?;
            }
            write.context.touches.topic(PEOPLE);
            Ok(())
        })
    })
    .await?;
    Ok(Json(shown(&app, may.session.scope(), team).await?))
}

async fn shown(app: &App, scope: &Scope, key: RecordKey) -> Result<Team, ApiError> {
    let record = records::get(app.reader(), scope, Kind::Team, key).await?;
    let members = store::members(app.reader(), scope, key).await?;
    Ok(Team::new(&record, members))
}

impl Team {
    fn new(record: &Record, members: Vec<User>) -> Team {
        let text = |name: &str| {
            let value = record.fields.get(name).and_then(|value| value.as_str());
            value.unwrap_or_default().to_owned()
        };
        let members = members.into_iter().map(|user| PersonRef {
            login: user.login,
            name: user.name,
        });
        Team {
            key: record.key.into(),
            version: record.version,
            name: text("name"),
            title: text("title"),
            members: members.collect(),
        }
    }
}

/// Makes the people of these logins the members of a team.
async fn put_in(write: &Write<'_>, team: RecordKey, logins: &[String]) -> Result<(), ApiError> {
    let mut wanted = Vec::new();
    for login in logins {
        let user = users::by_login(write.tx(), write.scope, login).await?;
        let user = user.ok_or_else(|| {
            ApiError::field(
                "members",
                "unknownUser",
                format!("Nobody has the login \"{login}\"."),
            )
        })?;
        wanted.push(user.key);
    }
    for member in store::members(write.tx(), write.scope, team).await? {
        if !wanted.contains(&member.key) {
            store::remove_member(&write.change, write.scope, team, member.key).await?;
        }
    }
    for user in wanted {
        store::add_member(&write.change, write.scope, team, user).await?;
    }
    Ok(())
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(teams, add_team))
        .routes(routes!(change_team))
}
