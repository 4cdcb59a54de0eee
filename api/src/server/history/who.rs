//! Who did something, as pages show it.

use crate::server::key::Key;
use crate::server::routes::calendar::Origin;
use redthread_runtime::Actor;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// A person, a process or Redthread itself.
    #[serde(rename = "type")]
    pub kind: WhoType,
    /// What people call them: a person's or process's name. Redthread itself has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A person's login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// A process's instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Key>,
    /// The version of a process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// Who can do something.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WhoType {
    /// A person.
    User,
    /// A process.
    Process,
    /// Redthread itself.
    System,
}

impl Who {
    /// Redthread itself.
    pub const SYSTEM: Who = Who {
        kind: WhoType::System,
        name: None,
        login: None,
        instance: None,
        version: None,
    };

    /// A person.
    pub fn user(name: impl Into<String>, login: Option<String>) -> Who {
        Who {
            kind: WhoType::User,
            name: Some(name.into()),
            login,
            instance: None,
            version: None,
        }
    }

    /// A process, by its instance.
    pub fn process(instance: Key, name: impl Into<String>) -> Who {
        Who {
            kind: WhoType::Process,
            name: Some(name.into()),
            login: None,
            instance: Some(instance),
            version: None,
        }
    }

    /// Calls a process what people call it, where that is known by its id.
    pub fn name_process(&mut self, names: &BTreeMap<String, String>) {
        if self.kind == WhoType::Process
            && let Some(name) = self.name.as_ref().and_then(|id| names.get(id))
        {
            self.name = Some(name.clone());
        }
    }

    /// The same process, with its name and version.
    pub fn named(self, origin: &Origin) -> Who {
        Who {
            name: Some(origin.name.clone()),
            version: Some(origin.version),
            ..self
        }
    }
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Who {
        match actor {
            Actor::System => Who::SYSTEM,
            Actor::User { login, name } => Who::user(name, Some(login.clone())),
            Actor::Process {
                instance, process, ..
            } => Who {
                kind: WhoType::Process,
                name: Some(process.to_string()),
                login: None,
                instance: Some((*instance).into()),
                version: None,
            },
            Actor::Worker { name } => Who {
                name: Some(name.clone()),
                ..Who::SYSTEM
            },
        }
    }
}
