//! The session of a request: its person, loaded and allowed in.

use super::account::LONGEST;
use super::role::{Permission, Role};
use super::token::{Token, TokenHash};
use crate::server::app::App;
use crate::server::error::ApiError;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use redthread_crm::{Scope, Team, User, teams, users};
use redthread_runtime::Actor;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

/// The cookie's name.
pub const COOKIE: &str = "redthread_session";

/// Somebody who is signed in. As an argument of a handler it refuses whoever is not. Derefs to the [`User`].
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    user: User,
    teams: Vec<Team>,
    scope: Scope,
    token: TokenHash,
}

impl Deref for Session {
    type Target = User;

    fn deref(&self) -> &User {
        &self.inner.user
    }
}

impl Session {
    /// The session of a person, for what happens without a request.
    pub fn of(user: User, teams: Vec<Team>, token: TokenHash) -> Session {
        let scope = Scope::user(&user, teams.iter().map(|team| team.key).collect());
        Session {
            inner: Arc::new(Inner {
                user,
                teams,
                scope,
                token,
            }),
        }
    }

    /// What the person may see and change of the records.
    pub fn scope(&self) -> &Scope {
        &self.inner.scope
    }

    /// The teams that the person is in.
    pub fn teams(&self) -> &[Team] {
        &self.inner.teams
    }

    /// What the person may do.
    pub fn role(&self) -> Role {
        self.inner.user.role.into()
    }

    /// The person, for histories.
    pub fn actor(&self) -> Actor {
        Actor::User {
            login: self.login.clone(),
            name: self.name.clone(),
        }
    }

    /// The session's own mark.
    pub fn token(&self) -> TokenHash {
        self.inner.token
    }

    /// Whether the person has the permission.
    pub fn may<P: Permission>(&self) -> bool {
        P::includes(self.role())
    }

    /// Refuses whoever has not the permission.
    ///
    /// # Errors
    /// The permission's own sentence.
    pub fn require<P: Permission>(&self) -> Result<(), ApiError> {
        match self.may::<P>() {
            true => Ok(()),
            false => Err(ApiError::Forbidden(P::REFUSAL.to_owned())),
        }
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Session, ApiError> {
        if let Some(known) = parts.extensions.get::<Session>() {
            return Ok(known.clone());
        }
        let token = cookie_of(&parts.headers)
            .ok_or(ApiError::SignInNeeded)?
            .hash();
        let session = app.known().session(token, load(app, token)).await?;
        let session = session.ok_or(ApiError::SignInNeeded)?;
        parts.extensions.insert(session.clone());
        Ok(session)
    }
}

/// The session of that token, unless it has ended or its person may no longer sign in.
async fn load(app: &App, token: TokenHash) -> Result<Option<Session>, ApiError> {
    let Some(key) = app.accounts().user_of(app, token).await? else {
        return Ok(None);
    };
    let system = Scope::system();
    let user = users::by_key(app.reader(), &system, key)
        .await?
        .filter(|user| user.active);
    let Some(user) = user else { return Ok(None) };
    let teams = teams::of_user(app.reader(), &system, key).await?;
    Ok(Some(Session::of(user, teams, token)))
}

/// The token that a request's cookies carry.
pub fn cookie_of(headers: &HeaderMap) -> Option<Token> {
    let cookies = axum_extra::extract::CookieJar::from_headers(headers);
    cookies
        .get(COOKIE)
        .and_then(|cookie| Token::from_cookie(cookie.value()))
}

/// The cookie that begins a session. Scripts cannot read it; other sites' requests do not carry it, apart from
/// following a link to us.
pub fn sign_in_cookie(token: &Token, public_url: Option<&str>) -> Result<HeaderValue, ApiError> {
    let seconds = LONGEST / 1_000_000;
    let secure = if public_url.is_some_and(|url| url.starts_with("https:")) {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
        token.as_str()
    );
    HeaderValue::from_str(&text).map_err(|error| ApiError::Internal(error.to_string()))
}

/// The cookie that ends a session.
pub fn expired_cookie() -> (header::HeaderName, HeaderValue) {
    const GONE: &str = "redthread_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";
    (header::SET_COOKIE, HeaderValue::from_static(GONE))
}

/// Where a request came from, if the server knows.
pub fn address_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip())
}
