//! Who asks: the one place that decides who may see and change what.
//!
//! Every query on records begins at [`Scope::find`], and every field that a request names is looked
//! up by [`Scope::field`], whether for reading, filtering or sorting: a right that is narrowed here
//! is narrowed everywhere.

use crate::kind::{Field, Kind};
use crate::store::Stored;
use crate::{CrmError, RecordKey, User};
use sea_orm::Select;
use serde::{Deserialize, Serialize};

/// What a user is in the company.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Draws, checks and deploys processes.
    Analyst,
    /// Works a list and a calendar.
    Employee,
    /// Watches the map, the people and the numbers, and steps in.
    Manager,
    /// Keeps users, teams and the calendar.
    Administrator,
}

impl Role {
    /// All roles, as a field's choices.
    pub(crate) const NAMES: &[&str] = &["analyst", "employee", "manager", "administrator"];

    /// Its name in JSON and in the database.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Role::Analyst,
            Role::Employee,
            Role::Manager,
            Role::Administrator,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }
}

/// Who asks, in which role and teams. There is no way to read or write a record without one.
#[derive(Debug, Clone)]
pub struct Scope {
    who: Who,
    teams: Vec<RecordKey>,
}

#[derive(Debug, Clone)]
enum Who {
    User { key: RecordKey, role: Role },
    Process,
    System,
}

impl Scope {
    /// What a signed-in user may do. `teams` are the keys of the teams that the user is in.
    pub fn user(user: &User, teams: Vec<RecordKey>) -> Self {
        Scope {
            who: Who::User {
                key: user.key,
                role: user.role,
            },
            teams,
        }
    }

    /// What a process may do: all that concerns clients, nothing that concerns accounts.
    pub fn process() -> Self {
        Scope {
            who: Who::Process,
            teams: Vec::new(),
        }
    }

    /// What the server does by itself: sign-in, reminders, loading the demo company.
    pub fn system() -> Self {
        Scope {
            who: Who::System,
            teams: Vec::new(),
        }
    }

    /// The user who asks, if it is one.
    pub fn user_key(&self) -> Option<RecordKey> {
        match self.who {
            Who::User { key, .. } => Some(key),
            Who::Process | Who::System => None,
        }
    }

    /// The asker's role, if it is a user.
    pub fn role(&self) -> Option<Role> {
        match self.who {
            Who::User { role, .. } => Some(role),
            Who::Process | Who::System => None,
        }
    }

    /// The teams that the asker is in.
    pub fn teams(&self) -> &[RecordKey] {
        &self.teams
    }

    /// Whether users, teams and the calendar are the asker's to keep.
    pub fn administers(&self) -> bool {
        matches!(
            self.who,
            Who::System
                | Who::User {
                    role: Role::Administrator,
                    ..
                }
        )
    }

    /// Whether other people's mail is the asker's to see.
    pub(crate) fn oversees(&self) -> bool {
        matches!(
            self.who,
            Who::System
                | Who::User {
                    role: Role::Administrator | Role::Manager,
                    ..
                }
        )
    }

    /// Refuses what only administrators may do.
    pub(crate) fn must_administer(&self) -> Result<(), CrmError> {
        if self.administers() {
            return Ok(());
        }
        Err(CrmError::Forbidden(
            "Only an administrator may change users, teams and the company's calendar. Nothing was saved.",
        ))
    }

    /// Refuses a change to a kind of record that is not the asker's to change.
    pub fn may_write(&self, kind: Kind) -> Result<(), CrmError> {
        match kind {
            Kind::User | Kind::Team => self.must_administer(),
            Kind::Account | Kind::Contact | Kind::Case | Kind::Deal | Kind::Activity => Ok(()),
        }
    }

    /// The field of that name, if the asker may know of it.
    pub fn field(&self, kind: Kind, name: &str) -> Option<&'static Field> {
        self.fields(kind).find(|field| field.name == name)
    }

    /// The fields that the asker may read: all, so far.
    pub fn fields(&self, kind: Kind) -> impl Iterator<Item = &'static Field> + use<> {
        kind.description().fields.iter()
    }

    /// Begins every query: the rows of a kind that the asker may see. So far everyone sees all.
    pub(crate) fn find<E: Stored>(&self) -> Select<E> {
        E::find()
    }
}
