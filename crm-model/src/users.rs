//! Users, typed: who signs in, who owns, who is reminded.

use crate::kind::user::{Column, Entity, Model};
use crate::{Change, CrmError, Kind, Problem, RecordKey, Role, Scope, records};
use redthread_calendar::Zone;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The key of the user's record.
    pub key: RecordKey,
    /// What the user signs in with, and what diagrams name; in lower case.
    pub login: String,
    /// The user's name.
    pub name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// What the user is in the company.
    pub role: Role,
    /// The user's language, `en` or `ru`.
    pub locale: String,
    /// The user's zone; the company's, if none.
    pub zone: Option<Zone>,
    /// Whether the user may sign in.
    pub active: bool,
}

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What the user signs in with.
    pub login: String,
    /// The user's name.
    pub name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// What the user is in the company.
    pub role: Role,
    /// `en` or `ru`.
    pub locale: String,
    /// The user's zone.
    pub zone: Option<Zone>,
}

fn read(model: Model) -> Result<User, CrmError> {
    let stored = |reason: String| CrmError::Stored {
        what: "user",
        reason,
    };
    let role = Role::from_name(&model.role);
    let zone = model.zone.map(|zone| Zone::parse(&zone)).transpose();
    Ok(User {
        key: RecordKey(model.key),
        login: model.login,
        name: model.name,
        email: model.email,
        role: role.ok_or_else(|| stored(format!("\"{}\" is no role", model.role)))?,
        locale: model.locale,
        zone: zone.map_err(|error| stored(error.to_string()))?,
        active: model.active,
    })
}

/// The user with that login, in whatever case it is written.
pub async fn by_login<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    login: &str,
) -> Result<Option<User>, CrmError> {
    let login = login.trim().to_lowercase();
    let found = scope
        .find::<Entity>()
        .filter(Column::Login.eq(login))
        .one(conn)
        .await?;
    found.map(read).transpose()
}

/// The users with those logins, in whatever case they are written.
pub async fn by_logins<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    logins: &[&str],
) -> Result<Vec<User>, CrmError> {
    let mut found = Vec::new();
    for chunk in logins.chunks(500) {
        let logins = chunk.iter().map(|login| login.trim().to_lowercase());
        let select = scope.find::<Entity>().filter(Column::Login.is_in(logins));
        for model in select.all(conn).await? {
            found.push(read(model)?);
        }
    }
    Ok(found)
}

/// The user of that key.
pub async fn by_key<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    key: RecordKey,
) -> Result<Option<User>, CrmError> {
    Ok(by_keys(conn, scope, &[key]).await?.pop())
}

/// The users of those keys, by name.
pub async fn by_keys<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    keys: &[RecordKey],
) -> Result<Vec<User>, CrmError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(500) {
        let keys = chunk.iter().map(|key| key.0);
        let select = scope.find::<Entity>().filter(Column::Key.is_in(keys));
        for model in select.order_by_asc(Column::SearchText).all(conn).await? {
            found.push(read(model)?);
        }
    }
    Ok(found)
}

/// All users by name, or all who are active.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    only_active: bool,
) -> Result<Vec<User>, CrmError> {
    let mut select = scope.find::<Entity>().order_by_asc(Column::SearchText);
    if only_active {
        select = select.filter(Column::Active.eq(true));
    }
    select.all(conn).await?.into_iter().map(read).collect()
}

/// A new user, who is active. Only administrators may.
pub async fn create(change: &Change<'_>, scope: &Scope, user: NewUser) -> Result<User, CrmError> {
    let mut fields = Map::new();
    fields.insert("login".to_owned(), json!(user.login));
    fields.insert("name".to_owned(), json!(user.name));
    fields.insert("email".to_owned(), json!(user.email));
    fields.insert("role".to_owned(), json!(user.role));
    fields.insert("locale".to_owned(), json!(user.locale));
    fields.insert("zone".to_owned(), json!(user.zone));
    let record = records::create(change, scope, Kind::User, &fields).await?;
    must_find(change, scope, record.key).await
}

/// A user's own language and zone: what everyone may change of themselves.
pub async fn set_preferences(
    change: &Change<'_>,
    scope: &Scope,
    locale: Option<&str>,
    zone: Option<Zone>,
) -> Result<User, CrmError> {
    let Some(key) = scope.user_key() else {
        return Err(CrmError::Forbidden(
            "Only a user has a language and a zone of their own.",
        ));
    };
    let mut system = Vec::new();
    if let Some(locale) = locale {
        if !["en", "ru"].contains(&locale) {
            let sentence = format!("There is no translation into \"{locale}\" yet.");
            return Err(Problem::new("locale", "notAChoice", sentence).into());
        }
        system.push(("locale", Value::String(Some(locale.to_owned()))));
    }
    if let Some(zone) = zone {
        system.push(("zone", Value::String(Some(zone.name()))));
    }
    // On one's own account, in the system's name: users are otherwise the administrators'.
    let own = Scope::system();
    records::update_with(change, &own, Kind::User, key, None, &Map::new(), &system).await?;
    must_find(change, scope, key).await
}

async fn must_find(change: &Change<'_>, scope: &Scope, key: RecordKey) -> Result<User, CrmError> {
    let found = by_key(change.tx, scope, key).await?;
    found.ok_or(CrmError::NotFound {
        kind: Kind::User,
        key,
    })
}
