//! What each role may do. Records, tasks and the calendar are open to everyone who is signed in; what is not stands
//! here, and nowhere else.

use super::session::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;
use utoipa::ToSchema;

/// A person has one role.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Draws, checks, deploys and improves processes.
    Analyst,
    /// Works a list and a calendar.
    Employee,
    /// Watches the map and steps in.
    Manager,
    /// May do everything.
    Administrator,
}

impl From<redthread_crm::Role> for Role {
    fn from(role: redthread_crm::Role) -> Role {
        match role {
            redthread_crm::Role::Analyst => Role::Analyst,
            redthread_crm::Role::Employee => Role::Employee,
            redthread_crm::Role::Manager => Role::Manager,
            redthread_crm::Role::Administrator => Role::Administrator,
        }
    }
}

impl From<Role> for redthread_crm::Role {
    fn from(role: Role) -> redthread_crm::Role {
        match role {
            Role::Analyst => redthread_crm::Role::Analyst,
            Role::Employee => redthread_crm::Role::Employee,
            Role::Manager => redthread_crm::Role::Manager,
            Role::Administrator => redthread_crm::Role::Administrator,
        }
    }
}

/// Something that not everybody may do.
pub trait Permission: Send + Sync + 'static {
    /// Whether the role has it.
    fn includes(role: Role) -> bool;
    /// The refusal.
    const REFUSAL: &'static str;
}

/// Upload diagrams and publish messages.
pub struct Deploy;

impl Permission for Deploy {
    fn includes(role: Role) -> bool {
        matches!(role, Role::Analyst | Role::Administrator)
    }
    const REFUSAL: &'static str =
        "Only analysts and administrators may do that. Ask one of them to.";
}

/// See maps and instances, and step in: hand tasks over, set values, cancel.
pub struct Oversee;

impl Permission for Oversee {
    fn includes(role: Role) -> bool {
        matches!(role, Role::Analyst | Role::Manager | Role::Administrator)
    }
    const REFUSAL: &'static str =
        "Only managers, analysts and administrators may do that. Ask one of them to.";
}

/// Read the mail that went out.
pub struct ReadMail;

impl Permission for ReadMail {
    fn includes(role: Role) -> bool {
        matches!(role, Role::Manager | Role::Administrator)
    }
    const REFUSAL: &'static str =
        "Only managers and administrators may read the mail that went out. Ask one of them.";
}

/// Do the jobs of programs: take them, and say what became of them.
pub struct DoJobs;

impl Permission for DoJobs {
    fn includes(role: Role) -> bool {
        matches!(role, Role::Administrator)
    }
    const REFUSAL: &'static str =
        "Only a worker that is signed in as an administrator may do that. Ask an administrator to.";
}

/// Change people, teams and working hours.
pub struct Administer;

impl Permission for Administer {
    fn includes(role: Role) -> bool {
        matches!(role, Role::Administrator)
    }
    const REFUSAL: &'static str = "Only administrators may do that. Ask one of them to.";
}

/// A signed-in person who has the permission. As the first argument of a handler it refuses before anything else of
/// the request is looked at.
pub struct May<P> {
    /// The person.
    pub session: Session,
    permission: PhantomData<P>,
}

impl<P: Permission> FromRequestParts<App> for May<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<May<P>, ApiError> {
        let session = Session::from_request_parts(parts, app).await?;
        session.require::<P>()?;
        Ok(May {
            session,
            permission: PhantomData,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_may_everything_and_employees_none_of_it() {
        fn check<P: Permission>() {
            assert!(P::includes(Role::Administrator));
            assert!(!P::includes(Role::Employee));
        }
        check::<Deploy>();
        check::<Oversee>();
        check::<ReadMail>();
        check::<DoJobs>();
        check::<Administer>();
    }
}
