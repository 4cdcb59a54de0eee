//! Signals (BPMN 2.0 section 10.5.5.9): every instance that waits for one gets it, and every process whose latest version
//! has a signal start event of its name is started.
//!
//! They reach those who waited when they were sent, some at a time: what does not fit into a transaction follows in later
//! ones, with a cursor.

use redthread_core::command::Variables;
use redthread_core::{Command, Key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::all_at_once::{Came, Occurred, started};
use super::batch::Batch;
use super::follow_up::FollowUp;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::request::{Signal, Signalled};
use crate::schema::{signal, start_signal};

/// Those who wait for a signal that are reached at a time.
const CHUNK: u64 = 500;

/// A signal on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Broadcast {
    pub name: String,
    pub variables: Variables,
    /// The instance that sends it: what waits there has got it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Key>,
    /// Those up to this key have been reached.
    pub after: Key,
    /// Those that began to wait with this key or later did not wait yet when it was sent.
    pub before: Key,
    pub actor: Actor,
}

impl Batch<'_> {
    /// Sends a signal that comes from outside.
    pub(super) async fn send_signal(
        &mut self,
        sent: &Signal,
        actor: Actor,
    ) -> Result<Signalled, RuntimeError> {
        if sent.name.trim().is_empty() {
            return Err(RuntimeError::Invalid(
                "The signal has no name. Give the name that events wait for.".to_owned(),
            ));
        }
        let signal = Broadcast {
            name: sent.name.clone(),
            variables: sent.variables.clone(),
            from: None,
            after: Key(0),
            before: self.inner.keys.next_key(),
            actor,
        };
        self.broadcast(signal).await
    }

    /// Lets a signal reach the next of those who wait for it; with the first of them it starts processes.
    pub(super) async fn broadcast(&mut self, signal: Broadcast) -> Result<Signalled, RuntimeError> {
        let mut instances = Vec::new();
        let (waiting, cursor) = self.waiting_for_signal(&signal).await?;
        for row in waiting {
            let instance = Key::from_i64(row.instance);
            let command = Command::ReceiveSignal {
                wait: Key::from_i64(row.key),
                variables: signal.variables.clone(),
            };
            self.queue(FollowUp::Step {
                instance,
                command,
                actor: signal.actor.clone(),
            });
            if !instances.contains(&instance) {
                instances.push(instance);
            }
        }
        if signal.after == Key(0) {
            for start in self.starts_at_signal(&signal.name).await? {
                let definition = match self.definition(Key::from_i64(start.definition)).await {
                    Ok(definition) => definition,
                    Err(error @ RuntimeError::Damaged { .. }) => {
                        tracing::error!(%error, "a process that a signal starts cannot be started");
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let occurred = Occurred {
                    variables: signal.variables.clone(),
                    ..Occurred::default()
                };
                let came = self.came(&definition, &start.element, start.nth, occurred);
                if let Came::Start(command) = came.await? {
                    instances.push(started(&command));
                    let actor = signal.actor.clone();
                    self.queue(FollowUp::Start { command, actor });
                }
            }
        }
        if let Some(after) = cursor {
            self.queue(FollowUp::Broadcast(Broadcast { after, ..signal }));
        }
        Ok(Signalled {
            instances,
            more: cursor.is_some(),
        })
    }

    /// The next of those who wait, the longest waiting first, and where to go on after them.
    async fn waiting_for_signal(
        &self,
        sent: &Broadcast,
    ) -> Result<(Vec<signal::Model>, Option<Key>), RuntimeError> {
        let mut query = signal::Entity::find()
            .filter(signal::Column::Name.eq(&*sent.name))
            .filter(signal::Column::Key.gt(sent.after.as_i64()))
            .filter(signal::Column::Key.lt(sent.before.as_i64()));
        if let Some(from) = sent.from {
            query = query.filter(signal::Column::Instance.ne(from.as_i64()));
        }
        let stored = query
            .order_by_asc(signal::Column::Key)
            .limit(CHUNK)
            .all(self.tx().await?)
            .await?;
        // What this batch has written beyond the chunk belongs to the next one.
        let last = stored
            .last()
            .filter(|_| stored.len() as u64 == CHUNK)
            .map(|row| row.key);
        let to = last.unwrap_or(i64::MAX);
        let matches = |row: &signal::Model| {
            row.name == sent.name
                && row.key > sent.after.as_i64()
                && row.key < sent.before.as_i64()
                && row.key <= to
                && sent.from.is_none_or(|from| row.instance != from.as_i64())
        };
        let waiting = self.rows.signal.over(stored, |row| row.key, matches);
        Ok((waiting, last.map(Key::from_i64)))
    }

    async fn starts_at_signal(&self, name: &str) -> Result<Vec<start_signal::Model>, RuntimeError> {
        let starts = start_signal::Entity::find()
            .filter(start_signal::Column::Name.eq(name))
            .order_by_asc(start_signal::Column::Definition)
            .order_by_asc(start_signal::Column::Element);
        Ok(starts.all(self.tx().await?).await?)
    }
}
