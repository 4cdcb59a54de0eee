//! Users: the people who may sign in, as administrators see them.

use super::people::TeamRef;
use super::session::Locale;
use crate::server::accounts::{Administer, May, Role};
use crate::server::accounts::{end_sessions, set_password};
use crate::server::app::{App, Write};
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::Key;
use crate::server::known::PEOPLE;
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_calendar::Zone;
use redthread_crm::{self as crm, Kind, RecordKey, Scope, records, teams, users as store};
use redthread_runtime::World;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A person who may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The key.
    pub key: Key,
    /// Goes up with each change.
    pub version: i64,
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Where reminders go.
    #[schema(required = true)]
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// The language of their pages.
    pub locale: Locale,
    /// Their zone.
    pub zone: String,
    /// Whether they may sign in.
    pub active: bool,
    /// The teams they are in.
    pub teams: Vec<TeamRef>,
}

/// A person to add.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewUser {
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Where reminders go.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// The language of their pages; without it English.
    pub locale: Option<Locale>,
    /// Their zone; without it the company's.
    pub zone: Option<String>,
    /// The password, at least 8 characters.
    #[schema(format = Password)]
    pub password: String,
    /// The names of the teams they are in.
    #[serde(default)]
    pub teams: Vec<String>,
}

/// Changes to a person; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserPatch {
    /// The version that the change was made on; without it, the latest.
    pub version: Option<i64>,
    /// Their name.
    pub name: Option<String>,
    /// Where reminders go; null: nowhere.
    #[serde(default, deserialize_with = "crate::server::key::given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// What they may do.
    pub role: Option<Role>,
    /// The language of their pages.
    pub locale: Option<Locale>,
    /// Their zone.
    pub zone: Option<String>,
    /// Whether they may sign in. Who no longer may is signed out at once.
    pub active: Option<bool>,
    /// A new password. It signs them out everywhere.
    #[schema(format = Password)]
    pub password: Option<String>,
    /// The names of the teams they are in, all of them.
    pub teams: Option<Vec<String>>,
}

/// Everybody, by name.
#[utoipa::path(get, path = "/api/users", tag = "users",
    security(("session" = ["administrator"])), responses((status = 200, body = [User]), Refusals))]
pub async fn users(may: May<Administer>, app: App) -> Result<Json<Vec<User>>, ApiError> {
    let everybody = store::list(app.reader(), may.session.scope(), false).await?;
    Ok(Json(shown(&app, may.session.scope(), everybody).await?))
}

/// Add a person.
#[utoipa::path(post, path = "/api/users", tag = "users",
    security(("session" = ["administrator"])), responses((status = 201, body = User), Refusals))]
pub async fn add_user(
    may: May<Administer>,
    app: App,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    let hash = app.hasher().hash(&new.password).await?;
    let zone = zone_of(new.zone.as_deref())?;
    let key = app
        .write(&may.session, move |write| {
            let hash = hash.clone();
            let user = store::NewUser {
                login: new.login.trim().to_owned(),
                name: new.name.clone(),
                email: new.email.clone().filter(|email| !email.trim().is_empty()),
                role: new.role.into(),
                locale: new.locale.unwrap_or(Locale::En).name().to_owned(),
                zone,
            };
            let teams = new.teams.clone();
            Box::pin(async move {
                let user = store::create(&write.change, write.scope, user).await?;
                set_password(write.tx(), user.key, hash).await?;
                put_into_teams(write, user.key, &teams).await?;
                write.context.touches.topic(PEOPLE);
                Ok(user.key)
            })
        })
        .await?;
    let user = one(&app, may.session.scope(), key).await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// Change a person.
#[utoipa::path(patch, path = "/api/users/{key}", tag = "users", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["administrator"])), responses((status = 200, body = User), Refusals))]
pub async fn change_user(
    may: May<Administer>,
    app: App,
    Path(key): Path<Key>,
    Json(patch): Json<UserPatch>,
) -> Result<Json<User>, ApiError> {
    let user = RecordKey::from(key);
    let last_one =
        patch.active == Some(false) || patch.role.is_some_and(|r| r != Role::Administrator);
    if last_one && user == may.session.key {
        let detail = "You cannot take your own rights away. Ask another administrator to.";
        return Err(ApiError::Conflict {
            code: "ownRights",
            detail: detail.to_owned(),
        });
    }
    let hash = match &patch.password {
        Some(password) => Some(app.hasher().hash(password).await?),
        None => None,
    };
    let fields = fields(&patch)?;
    let signs_out = hash.is_some() || patch.active == Some(false);
    app.write(&may.session, move |write| {
        let (fields, hash, teams) = (fields.clone(), hash.clone(), patch.teams.clone());
        Box::pin(async move {
            if !fields.is_empty() {
                let version = patch.version;
                let change = &write.change;
                records::update(change, write.scope, Kind::User, user, version, &fields).await?;
            }
            if let Some(hash) = hash {
                set_password(write.tx(), user, hash).await?;
            }
            if signs_out {
                end_sessions(write.tx(), user).await?;
            }
            if let Some(teams) = teams {
                put_into_teams(write, user, &teams).await?;
            }
            write.context.touches.topic(PEOPLE);
            Ok(())
        })
    })
    .await?;
    if signs_out {
        app.accounts().ended_all(&app, user);
    }
    Ok(Json(one(&app, may.session.scope(), user).await?))
}

async fn one(app: &App, scope: &Scope, key: RecordKey) -> Result<User, ApiError> {
    let found = store::by_key(app.reader(), scope, key).await?;
    let mut shown = shown(app, scope, found.into_iter().collect()).await?;
    shown.pop().ok_or(ApiError::NotFound("user"))
}

/// People with their teams and the versions of their records.
async fn shown(app: &App, scope: &Scope, people: Vec<crm::User>) -> Result<Vec<User>, ApiError> {
    let keys: Vec<RecordKey> = people.iter().map(|user| user.key).collect();
    let records = records::get_many(app.reader(), scope, Kind::User, &keys).await?;
    let versions: HashMap<RecordKey, i64> = records
        .into_iter()
        .map(|record| (record.key, record.version))
        .collect();
    let mut teams = teams::of_users(app.reader(), scope, &keys).await?;
    let shown = people.into_iter().filter_map(|user| {
        Some(User {
            key: user.key.into(),
            // None: gone since the people were read.
            version: *versions.get(&user.key)?,
            zone: user.zone.unwrap_or_else(|| app.world().zone()).name(),
            login: user.login,
            name: user.name,
            email: user.email,
            role: user.role.into(),
            locale: Locale::from_name(&user.locale),
            active: user.active,
            teams: teams
                .remove(&user.key)
                .unwrap_or_default()
                .iter()
                .map(TeamRef::from)
                .collect(),
        })
    });
    Ok(shown.collect())
}

fn zone_of(name: Option<&str>) -> Result<Option<Zone>, ApiError> {
    let zone = name
        .filter(|name| !name.trim().is_empty())
        .map(Zone::parse)
        .transpose();
    zone.map_err(|error| ApiError::field("zone", "zone", format!("{error}.")))
}

/// The fields that a patch names, as the record has them.
fn fields(patch: &UserPatch) -> Result<Map<String, Value>, ApiError> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    set("name", patch.name.as_ref().map(|name| json!(name)));
    let email = patch.email.as_ref();
    let email = email.map(|email| email.as_deref().filter(|email| !email.trim().is_empty()));
    set("email", email.map(|email| json!(email)));
    set("role", patch.role.map(|role| json!(crm::Role::from(role))));
    set("locale", patch.locale.map(|locale| json!(locale.name())));
    set(
        "zone",
        zone_of(patch.zone.as_deref())?.map(|zone| json!(zone.name())),
    );
    set("active", patch.active.map(|active| json!(active)));
    Ok(fields)
}

/// Makes the named teams the ones that a person is in.
async fn put_into_teams(
    write: &Write<'_>,
    user: RecordKey,
    names: &[String],
) -> Result<(), ApiError> {
    let mut wanted = Vec::new();
    for name in names {
        let team = teams::by_name(write.tx(), write.scope, name).await?;
        let team = team.ok_or_else(|| {
            ApiError::field(
                "teams",
                "unknownTeam",
                format!("There is no team \"{name}\"."),
            )
        })?;
        wanted.push(team.key);
    }
    for team in teams::of_user(write.tx(), write.scope, user).await? {
        if !wanted.contains(&team.key) {
            teams::remove_member(&write.change, write.scope, team.key, user).await?;
        }
    }
    for team in wanted {
        teams::add_member(&write.change, write.scope, team, user).await?;
    }
    Ok(())
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(users, add_user))
        .routes(routes!(change_user))
}
