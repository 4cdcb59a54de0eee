//! Telling people of tasks, in the transaction that gives the task to them.

use redthread_crm::notifications::{self, Notice};
use redthread_crm::{CrmError, RecordKey, Scope, teams, users};
use redthread_runtime::{OpenTask, WriteContext};
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::collections::BTreeSet;

use crate::world::CrmWrite;

/// The codes by which pages word what they tell.
pub(crate) const TASK_CREATED: &str = "task.created";
pub(crate) const TASK_ASSIGNED: &str = "task.assigned";

/// A new task: its assignee is told; without one, all who may take it.
pub(crate) async fn task_created(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    task: &OpenTask,
) -> Result<(), CrmError> {
    let mut told = BTreeSet::new();
    match &task.task.assignee {
        Some(login) => told.extend(person(tx, login).await?),
        None => {
            for login in &task.task.candidate_users {
                told.extend(person(tx, login).await?);
            }
            for name in &task.task.candidate_teams {
                if let Some(team) = teams::by_name(tx, &Scope::system(), name).await? {
                    told.extend(
                        teams::members(tx, &Scope::system(), team.key)
                            .await?
                            .iter()
                            .map(|user| user.key),
                    );
                }
            }
        }
    }
    tell(tx, cx, task, TASK_CREATED, told).await
}

/// A task was handed to somebody: that person is told, unless it was their own doing.
pub(crate) async fn task_assigned(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    task: &OpenTask,
) -> Result<(), CrmError> {
    let Some(login) = task.task.assignee.as_deref() else {
        return Ok(());
    };
    if cx.actor.login() == Some(login) {
        return Ok(());
    }
    let told = person(tx, login).await?.into_iter().collect();
    tell(tx, cx, task, TASK_ASSIGNED, told).await
}

async fn person(tx: &DatabaseTransaction, login: &str) -> Result<Option<RecordKey>, CrmError> {
    Ok(users::by_login(tx, &Scope::system(), login)
        .await?
        .filter(|user| user.active)
        .map(|user| user.key))
}

async fn tell(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    task: &OpenTask,
    code: &'static str,
    people: BTreeSet<RecordKey>,
) -> Result<(), CrmError> {
    if people.is_empty() {
        return Ok(());
    }
    cx.touches.topic("notifications");
    let params = json!({
        "task": task.key,
        "name": task.name,
        "process": task.process_name,
        "instance": task.instance,
        "due": task.task.due,
    });
    let link = Some(("task".to_owned(), RecordKey(task.key.as_i64())));
    for user in people {
        let notice = Notice {
            code: code.to_owned(),
            params: params.clone(),
            link: link.clone(),
        };
        notifications::notify(&CrmWrite::of(cx).change(tx), user, notice).await?;
    }
    Ok(())
}
