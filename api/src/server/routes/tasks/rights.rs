//! Who may do what with a task.

use crate::server::accounts::{Oversee, Session};
use crate::server::error::ApiError;
use redthread_runtime as runtime;

/// Refuses what is no longer open.
///
/// # Errors
/// The code `notOpen`.
pub fn must_be_open(row: &runtime::TaskRow) -> Result<(), ApiError> {
    match row.state {
        runtime::TaskState::Open => Ok(()),
        runtime::TaskState::Done | runtime::TaskState::Cancelled => Err(ApiError::Conflict {
            code: "notOpen",
            detail: "This task is no longer open: somebody was faster. Nothing was changed."
                .to_owned(),
        }),
    }
}

/// Why a person may not do that with a task.
pub fn not_yours(session: &Session, row: &runtime::TaskRow) -> ApiError {
    let sentence = match row.assignee {
        Some(_) if has_it(session, row) => {
            "You have this task, but only a manager can hand it to somebody else. Give it back, or ask a manager."
        }
        Some(_) => "Somebody else has this task. Ask them, or a manager, to hand it over.",
        None if may_take(session, row) => {
            "You may take this task yourself, but only a manager can hand it to somebody else."
        }
        None => "This task is for another team. A manager can hand it over.",
    };
    ApiError::Forbidden(sentence.to_owned())
}

/// Whether the task is the person's.
pub fn has_it(session: &Session, row: &runtime::TaskRow) -> bool {
    row.assignee.as_deref() == Some(&*session.login)
}

/// Whether a person may complete a task that is open.
pub fn may_complete(session: &Session, row: &runtime::TaskRow) -> bool {
    let theirs = match &row.assignee {
        Some(login) => *login == session.login,
        None => may_take(session, row),
    };
    theirs || session.may::<Oversee>()
}

/// Whether a person may take a task that nobody has: as one of its candidates, or if it has none.
pub fn may_take(session: &Session, row: &runtime::TaskRow) -> bool {
    if row
        .assignee
        .as_ref()
        .is_some_and(|login| *login != session.login)
    {
        return false;
    }
    let teams = names_of_teams(session);
    let everybody = row.candidate_users.is_empty() && row.candidate_teams.is_empty();
    everybody
        || row.candidate_users.contains(&session.login)
        || row.candidate_teams.iter().any(|team| teams.contains(team))
}

/// Diagrams name teams by name; lanes, by what people call them.
pub fn names_of_teams(session: &Session) -> Vec<String> {
    let teams = session.teams().iter();
    teams
        .flat_map(|team| [team.name.clone(), team.title.clone()])
        .collect()
}
