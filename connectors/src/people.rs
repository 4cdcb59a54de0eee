//! Telling people of tasks, in the transaction that gives the tasks to them.
//!
//! Of a new task its assignee is told; without one, all who may take it. Of a task that was handed to somebody, that
//! person is told, unless it was their own doing.

use std::collections::{BTreeSet, HashMap};

use redthread_crm::notifications::{self, Notice};
use redthread_crm::{CrmError, RecordKey, Scope, Team, teams, users};
use redthread_runtime::{GivenTask, WriteContext};
use sea_orm::DatabaseTransaction;
use serde_json::json;

use crate::world::CrmWrite;

/// The codes by which pages word what they tell.
pub(crate) const TASK_CREATED: &str = "task.created";
pub(crate) const TASK_ASSIGNED: &str = "task.assigned";

/// Tells people of tasks: in a few queries, however many they are.
pub(crate) async fn tell(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    given: &[GivenTask],
) -> Result<(), CrmError> {
    let people = People::of(tx, given).await?;
    let mut notices = Vec::new();
    for given in given {
        let (code, told) = if given.is_new {
            (TASK_CREATED, people.candidates(given))
        } else {
            (TASK_ASSIGNED, people.assignee(given))
        };
        if told.is_empty() {
            continue;
        }
        let task = &given.task;
        let notice = Notice {
            code: code.to_owned(),
            params: json!({
                "task": task.key,
                "name": task.name,
                "process": task.process_name,
                "instance": task.instance,
                "due": task.task.due,
            }),
            link: Some(("task".to_owned(), RecordKey(task.key.as_i64()))),
        };
        notices.extend(told.into_iter().map(|user| (user, notice.clone())));
    }
    if notices.is_empty() {
        return Ok(());
    }
    cx.touches.topic("notifications");
    notifications::notify_all(&CrmWrite::of(cx).change(tx), notices).await
}

/// Who is meant by the names that tasks carry.
#[derive(Default)]
struct People {
    /// Active users by login.
    users: HashMap<String, RecordKey>,
    teams: Vec<Team>,
    /// Active users of each team.
    members: HashMap<RecordKey, Vec<RecordKey>>,
}

impl People {
    async fn of(tx: &DatabaseTransaction, given: &[GivenTask]) -> Result<People, CrmError> {
        let scope = Scope::system();
        let mut people = People::default();
        let mut logins = BTreeSet::new();
        let mut is_for_teams = false;
        for given in given {
            let task = &given.task.task;
            match &task.assignee {
                Some(login) => logins.extend([login.as_str()]),
                None if given.is_new => {
                    logins.extend(task.candidate_users.iter().map(|login| &**login));
                    is_for_teams |= !task.candidate_teams.is_empty();
                }
                None => {}
            }
        }
        let logins: Vec<&str> = logins.into_iter().collect();
        for user in users::by_logins(tx, &scope, &logins).await? {
            if user.active {
                people.users.insert(user.login, user.key);
            }
        }
        if is_for_teams {
            people.teams = teams::list(tx, &scope).await?;
            for (team, members) in teams::all_members(tx, &scope).await? {
                let keys = members.into_iter().map(|user| user.key).collect();
                people.members.insert(team, keys);
            }
        }
        Ok(people)
    }

    fn user(&self, login: &str) -> Option<RecordKey> {
        self.users.get(&login.trim().to_lowercase()).copied()
    }

    fn assignee(&self, given: &GivenTask) -> BTreeSet<RecordKey> {
        let login = given.task.task.assignee.as_deref();
        let told = login.filter(|login| given.by.login() != Some(login));
        told.and_then(|login| self.user(login))
            .into_iter()
            .collect()
    }

    fn candidates(&self, given: &GivenTask) -> BTreeSet<RecordKey> {
        let task = &given.task.task;
        if let Some(login) = &task.assignee {
            return self.user(login).into_iter().collect();
        }
        let users = task.candidate_users.iter();
        let mut told: BTreeSet<RecordKey> = users.filter_map(|login| self.user(login)).collect();
        for name in &task.candidate_teams {
            if let Some(team) = teams::named(&self.teams, name) {
                told.extend(self.members.get(&team.key).into_iter().flatten());
            }
        }
        told
    }
}
