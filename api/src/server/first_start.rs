//! The first start without the demo company: somebody must be able to sign in.

use super::accounts::{Token, add_person};
use super::app::App;
use super::error::ApiError;
use redthread_crm::users::{self, NewUser};
use redthread_crm::{Role, Scope};

/// The login of the administrator who is added when there is nobody.
pub const LOGIN: &str = "admin";

/// Adds an administrator where there is nobody yet, and answers with the password, which is shown once and can be
/// changed under Administration.
///
/// # Errors
/// Where the database or the operating system's randomness fails.
pub async fn add_administrator(app: &App) -> Result<Option<String>, ApiError> {
    let scope = Scope::system();
    if !users::list(app.reader(), &scope, false).await?.is_empty() {
        return Ok(None);
    }
    let password: String = Token::random()?.as_str().chars().take(16).collect();
    let user = NewUser {
        login: LOGIN.to_owned(),
        name: "Administrator".to_owned(),
        email: None,
        role: Role::Administrator,
        locale: "en".to_owned(),
        zone: None,
    };
    add_person(app, user, &password).await?;
    Ok(Some(password))
}
