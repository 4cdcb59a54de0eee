//! Signing in and out, and who one is.

use super::people::TeamRef;
use crate::server::accounts::{
    Role, Session, address_of, cookie_of, expired_cookie, sign_in_cookie,
};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::Key;
use crate::server::known::PEOPLE;
use crate::server::problem::Refusals;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use redthread_crm::{Scope, Team, User, teams, users};
use redthread_runtime::World;
use serde::{Deserialize, Serialize};
use std::time::Instant;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What one signs in with.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    /// The login.
    pub login: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

/// The language of the pages.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Locale {
    /// English.
    En,
    /// Russian.
    Ru,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The key.
    pub key: Key,
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language of their pages.
    pub locale: Locale,
    /// The teams they are in.
    pub teams: Vec<TeamRef>,
    /// Their zone.
    pub zone: String,
}

/// What a person may change about themselves.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MePatch {
    /// The language of their pages.
    pub locale: Locale,
}

/// Sign in. The answer sets the session's cookie; a session that the browser had before ends.
#[utoipa::path(post, path = "/api/session", tag = "session",
    responses((status = 200, body = Me), Refusals))]
pub async fn sign_in(
    app: App,
    headers: HeaderMap,
    extensions: Extensions,
    Json(credentials): Json<Credentials>,
) -> Result<Response, ApiError> {
    let (login, address) = (credentials.login.trim(), address_of(&extensions));
    let throttle = app.throttle();
    throttle
        .attempt(login, address, Instant::now())
        .map_err(ApiError::Throttled)?;
    let user = match signing_in(&app, login, &credentials.password).await {
        Ok(user) => user.ok_or(ApiError::WrongCredentials)?,
        Err(error) => {
            throttle.take_back(login, address);
            return Err(error);
        }
    };
    throttle.succeeded(login, address);
    let before = cookie_of(&headers).map(|token| token.hash());
    let token = app.accounts().begin(&app, user.key, before).await?;
    let teams = teams::of_user(app.reader(), &Scope::system(), user.key).await?;
    let cookie = sign_in_cookie(&token, app.public_url())?;
    Ok((
        [(header::SET_COOKIE, cookie)],
        Json(me_of(&app, &user, &teams)),
    )
        .into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session", security(("session" = [])),
    responses((status = 200, body = Me), Refusals))]
pub async fn me(session: Session, app: App) -> Result<Json<Me>, ApiError> {
    Ok(Json(me_of(&app, &session, session.teams())))
}

/// Change the language.
#[utoipa::path(patch, path = "/api/session", tag = "session", security(("session" = [])),
    responses((status = 200, body = Me), Refusals))]
pub async fn change_me(
    session: Session,
    app: App,
    Json(patch): Json<MePatch>,
) -> Result<Json<Me>, ApiError> {
    let user = app
        .write(&session, move |write| {
            Box::pin(async move {
                let locale = Some(patch.locale.name());
                write.context.touches.topic(PEOPLE);
                Ok(users::set_preferences(&write.change, write.scope, locale, None).await?)
            })
        })
        .await?;
    Ok(Json(me_of(&app, &user, session.teams())))
}

/// Sign out.
#[utoipa::path(delete, path = "/api/session", tag = "session", security(("session" = [])),
    responses((status = 204), Refusals))]
pub async fn sign_out(session: Session, app: App) -> Result<Response, ApiError> {
    app.accounts().end(&app, session.token()).await?;
    Ok((StatusCode::NO_CONTENT, [expired_cookie()]).into_response())
}

impl Locale {
    /// Its name, as it is kept.
    pub fn name(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::Ru => "ru",
        }
    }

    /// The language of that name; English for any other.
    pub fn from_name(name: &str) -> Locale {
        match name {
            "ru" => Locale::Ru,
            _ => Locale::En,
        }
    }
}

/// The person of that login, if they may sign in and the password is theirs.
async fn signing_in(app: &App, login: &str, password: &str) -> Result<Option<User>, ApiError> {
    let user = users::by_login(app.reader(), &Scope::system(), login)
        .await?
        .filter(|user| user.active);
    let stored = match &user {
        Some(user) => app.accounts().password(app.reader(), user.key).await?,
        None => None,
    };
    let fits = app.hasher().verify(password, stored).await?;
    Ok(user.filter(|_| fits))
}

fn me_of(app: &App, user: &User, teams: &[Team]) -> Me {
    Me {
        key: user.key.into(),
        login: user.login.clone(),
        name: user.name.clone(),
        role: user.role.into(),
        locale: Locale::from_name(&user.locale),
        teams: teams.iter().map(TeamRef::from).collect(),
        zone: user.zone.unwrap_or_else(|| app.world().zone()).name(),
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in, me, change_me, sign_out))
}
