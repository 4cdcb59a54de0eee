//! The thread: where a process stands, what is behind it and what may come.

use super::people::PersonRef;
use crate::server::key::Instant;
use crate::server::names::People;
use redthread_runtime as runtime;
use serde::Serialize;
use utoipa::ToSchema;

/// Where an instance stands, as people read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// The last steps that were done, the latest last.
    pub done: Vec<ThreadDone>,
    /// Where it stands.
    pub now: Vec<ThreadNow>,
    /// What may come next.
    pub next: Vec<ThreadNext>,
    /// How far it is, roughly.
    pub about: ThreadAbout,
}

/// A step that was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadDone {
    /// The element.
    pub element: String,
    /// Its name.
    pub name: String,
    /// When.
    pub at: Instant,
    /// Who did it; null: the process itself.
    #[schema(required = true)]
    pub by: Option<PersonRef>,
}

/// A step at which it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadNow {
    /// The element.
    pub element: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Instant,
    /// Who has it; null: nobody, or no person.
    #[schema(required = true)]
    pub who: Option<PersonRef>,
    /// Whether it is late.
    pub overdue: bool,
}

/// A step that may come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadNext {
    /// The element.
    pub element: String,
    /// Its name.
    pub name: String,
    /// Whether it comes for sure: no decision lies before it.
    pub certain: bool,
}

/// Step `position` of about `total`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadAbout {
    /// The step, from 1.
    pub position: u32,
    /// About how many there are on the usual way.
    pub total: u32,
}

impl Thread {
    /// The engine's thread, with people's names.
    pub fn new(thread: runtime::Thread, people: &People) -> Thread {
        let done = thread.done.into_iter().map(|done| ThreadDone {
            element: done.element.to_string(),
            name: done.name,
            at: done.at.into(),
            by: done.by.map(|login| people.of(&login)),
        });
        let now = thread.now.into_iter().map(|now| ThreadNow {
            element: now.element.to_string(),
            name: now.name,
            since: now.since.into(),
            who: now.who.map(|login| people.of(&login)),
            overdue: now.overdue,
        });
        let next = thread.next.into_iter().map(|next| ThreadNext {
            element: next.element.to_string(),
            name: next.name,
            certain: next.certain,
        });
        Thread {
            done: done.collect(),
            now: now.collect(),
            next: next.collect(),
            about: ThreadAbout {
                position: thread.position,
                total: thread.total,
            },
        }
    }
}
