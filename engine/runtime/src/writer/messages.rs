//! Messages: to whom they go, and how long they are kept.
//!
//! As in Camunda 8, at most one instance of each process receives a message: the one that has waited longest; else a
//! message start event of the process's latest version starts one. A message with a time to live is kept for processes
//! that have not received it. While an instance that a message with a correlation key has started runs, further messages
//! with that key start no other one: those that are kept wait until it has ended.

use redthread_bpmn::graph::Message as Awaited;
use redthread_calendar::Timestamp;
use redthread_core::command::Variables;
use redthread_core::event::MessageData;
use redthread_core::state::WaitKind;
use redthread_core::{Command, Key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::all_at_once::{Came, Occurred, started};
use super::batch::{Batch, json};
use super::follow_up::FollowUp;
use super::outside;
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::request::{Message, Published};
use crate::schema::{Row, message, start_lock, start_subscription};

/// How long a message that an element sends is kept where the diagram says nothing: an hour, in microseconds. Two
/// processes that talk to each other need not be at the same point at the same instant.
const USUAL_TIME: i64 = 3_600_000_000;

/// A message on its way.
struct Sent {
    name: String,
    correlation_key: String,
    variables: Variables,
    id: Option<String>,
    /// Until when it is kept.
    until: Timestamp,
}

/// Whether a process has taken a message that could start it.
enum Taken {
    /// It starts this instance.
    Starts(Key),
    /// Its start event waits for more than that.
    Kept,
    /// Not now.
    No,
}

impl Batch<'_> {
    /// Publishes a message that comes from outside.
    pub(super) async fn publish(
        &mut self,
        sent: &Message,
        actor: Actor,
    ) -> Result<Published, RuntimeError> {
        if sent.name.trim().is_empty() {
            return Err(RuntimeError::Invalid(
                "The message has no name. Give the name that events wait for.".to_owned(),
            ));
        }
        let until = match &sent.ttl {
            None => self.now,
            Some(ttl) => ttl.add_to(self.now, &self.zone).ok_or_else(|| {
                RuntimeError::Invalid(format!(
                    "The time to live {ttl} is too long. Give a shorter one."
                ))
            })?,
        };
        let sent = Sent {
            name: sent.name.clone(),
            correlation_key: sent.correlation_key.clone(),
            variables: sent.variables.clone(),
            id: sent.id.clone(),
            until,
        };
        self.publish_one(sent, actor).await
    }

    /// Publishes a message that an element sends.
    pub(super) async fn publish_thrown(
        &mut self,
        sent: MessageData,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let usual = || self.now.saturating_add_micros(USUAL_TIME);
        let sent = Sent {
            until: sent.expires.unwrap_or_else(usual),
            name: sent.name,
            correlation_key: sent.correlation_key,
            variables,
            id: sent.message_id,
        };
        self.publish_one(sent, actor).await.map(drop)
    }

    async fn publish_one(&mut self, sent: Sent, actor: Actor) -> Result<Published, RuntimeError> {
        self.refuse_twin(&sent).await?;
        let key = self.inner.keys.next_key();
        let mut taken: Vec<String> = Vec::new();
        let mut instances: Vec<Key> = Vec::new();
        let mut receivers = Vec::new();
        for waiting in self.waiting_for(&sent.name, &sent.correlation_key).await? {
            if taken.contains(&waiting.process_id) {
                continue;
            }
            let instance = Key::from_i64(waiting.instance);
            receivers.push((instance, Key::from_i64(waiting.key)));
            instances.push(instance);
            taken.push(waiting.process_id);
        }
        // Each gets it before anything else happens: a second message of the same step must find the next one.
        for (instance, subscription) in receivers.into_iter().rev() {
            self.correlate(
                instance,
                subscription,
                sent.variables.clone(),
                actor.clone(),
            );
        }
        for start in self.starts_at(&sent.name).await?.iter() {
            if taken.contains(&start.process_id) {
                continue;
            }
            let key = self.start_key(start, &sent).await?;
            let started = self.start_by_message(start, key, sent.variables.clone(), &actor);
            match started.await? {
                Taken::Starts(instance) => {
                    instances.push(instance);
                    taken.push(start.process_id.clone());
                }
                Taken::Kept => taken.push(start.process_id.clone()),
                Taken::No => {}
            }
        }
        let kept = sent.until > self.now;
        if kept {
            self.revision += 1;
            self.cache.kept_names.learn(&sent.name);
            let row = message::Model {
                key: key.as_i64(),
                name: sent.name,
                correlation_key: sent.correlation_key,
                message_id: sent.id,
                variables: json(&sent.variables)?,
                expires: sent.until.as_micros(),
                taken: json(&taken)?,
            };
            super::many_rows::insert(
                self.tx().await?,
                message::Model::TABLE,
                message::Model::COLUMNS,
                vec![row.values()],
            )
            .await?;
        }
        Ok(Published {
            message: key,
            instances,
            kept,
        })
    }

    /// The same message again, while the first one is kept, must have no second effect.
    async fn refuse_twin(&mut self, sent: &Sent) -> Result<(), RuntimeError> {
        let Some(id) = &sent.id else { return Ok(()) };
        let twin = message::Entity::find()
            .filter(message::Column::Name.eq(&*sent.name))
            .filter(message::Column::CorrelationKey.eq(&*sent.correlation_key))
            .filter(message::Column::MessageId.eq(&**id))
            .filter(message::Column::Expires.gt(self.now.as_micros()));
        match twin.one(self.tx().await?).await? {
            Some(_) => Err(RuntimeError::DuplicateMessage {
                name: sent.name.clone(),
                id: id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// A subscription was opened: perhaps a message is kept that it waits for.
    pub(super) async fn look_for_message(
        &mut self,
        instance: Key,
        subscription: Key,
    ) -> Result<(), RuntimeError> {
        let live = self.live(instance).await?;
        let Some(wait) = live.state.waits.get(&subscription) else {
            return Ok(());
        };
        let WaitKind::Subscription(data) = &wait.what else {
            return Ok(());
        };
        if !self.may_be_kept(&data.name).await? {
            return Ok(());
        }
        let mut kept = self.kept(&data.name);
        if !data.correlation_key.is_empty() {
            kept = kept.filter(message::Column::CorrelationKey.eq(&*data.correlation_key));
        }
        let process = &*live.definition.process_id;
        for row in kept.all(self.tx().await?).await? {
            if let Some(variables) = self.take_kept(row, process).await? {
                self.correlate(instance, subscription, variables, Actor::System);
                return Ok(());
            }
        }
        Ok(())
    }

    /// The instance that a message had started has ended: the next message with its key that is kept starts one.
    pub(super) async fn look_for_start(
        &mut self,
        process: &str,
        name: &str,
        correlation_key: &str,
    ) -> Result<(), RuntimeError> {
        let starts = self.starts_at(name).await?;
        let Some(start) = starts.iter().find(|start| start.process_id == process) else {
            return Ok(());
        };
        for row in self.kept(name).all(self.tx().await?).await? {
            let sent = Sent {
                name: row.name.clone(),
                correlation_key: row.correlation_key.clone(),
                variables: variables_of(&row)?,
                id: None,
                until: self.now,
            };
            if self.start_key(start, &sent).await? != correlation_key
                || self.is_locked(process, name, correlation_key).await?
            {
                continue;
            }
            if let Some(variables) = self.take_kept(row, process).await? {
                let key = correlation_key.to_owned();
                self.start_by_message(start, key, variables, &Actor::System)
                    .await?;
                return Ok(());
            }
        }
        Ok(())
    }

    /// The messages of a name that are kept, the oldest first.
    fn kept(&self, name: &str) -> sea_orm::Select<message::Entity> {
        message::Entity::find()
            .filter(message::Column::Name.eq(name))
            .filter(message::Column::Expires.gt(self.now.as_micros()))
            .order_by_asc(message::Column::Key)
    }

    /// Gives a message that is kept to a process. None: it has had it already.
    async fn take_kept(
        &mut self,
        row: message::Model,
        process: &str,
    ) -> Result<Option<Variables>, RuntimeError> {
        let mut taken: Vec<String> = serde_json::from_str(&row.taken)
            .map_err(|error| RuntimeError::damaged("message", row.key, error))?;
        if taken.iter().any(|by| by == process) {
            return Ok(None);
        }
        let variables = variables_of(&row)?;
        taken.push(process.to_owned());
        self.revision += 1;
        let update = message::ActiveModel {
            key: sea_orm::Set(row.key),
            taken: sea_orm::Set(json(&taken)?),
            ..Default::default()
        };
        message::Entity::update(update)
            .exec(self.tx().await?)
            .await?;
        Ok(Some(variables))
    }

    /// What a message correlates by where it starts a process; empty: nothing.
    async fn start_key(
        &mut self,
        start: &start_subscription::Model,
        sent: &Sent,
    ) -> Result<String, RuntimeError> {
        let definition = match self.definition(Key::from_i64(start.definition)).await {
            Ok(definition) => definition,
            // It is refused where it is started.
            Err(RuntimeError::Damaged { .. }) => return Ok(sent.correlation_key.clone()),
            Err(error) => return Err(error),
        };
        let own = awaited(&definition, start).and_then(|message| message.correlation_key.as_ref());
        let inputs = self.outside_inputs(definition.owner.clone());
        let own = own.and_then(|own| outside::key(own, &sent.variables, &inputs));
        Ok(own.unwrap_or_else(|| sent.correlation_key.clone()))
    }

    /// Starts an instance, unless one that was started with the same key still runs.
    async fn start_by_message(
        &mut self,
        start: &start_subscription::Model,
        correlation_key: String,
        variables: Variables,
        actor: &Actor,
    ) -> Result<Taken, RuntimeError> {
        let (process, name) = (&start.process_id, &start.name);
        if self.is_locked(process, name, &correlation_key).await? {
            return Ok(Taken::No);
        }
        let definition = self.definition(Key::from_i64(start.definition)).await?;
        let occurred = Occurred {
            variables,
            ..Occurred::default()
        };
        let came = self.came(&definition, &start.element, start.nth, occurred);
        let command = match came.await? {
            Came::Start(command) => command,
            Came::Waits => return Ok(Taken::Kept),
            Came::Twice => return Ok(Taken::No),
        };
        let instance = started(&command);
        if !correlation_key.is_empty() {
            let lock = start_lock::Model {
                process_id: process.clone(),
                name: name.clone(),
                correlation_key,
                instance: instance.as_i64(),
            };
            self.revision += 1;
            self.rows.start_lock.insert(lock_key(&lock), lock);
        }
        let actor = actor.clone();
        self.queue(FollowUp::Start { command, actor });
        Ok(Taken::Starts(instance))
    }

    async fn is_locked(
        &self,
        process: &str,
        name: &str,
        correlation_key: &str,
    ) -> Result<bool, RuntimeError> {
        if correlation_key.is_empty() {
            return Ok(false);
        }
        let key = (
            process.to_owned(),
            name.to_owned(),
            correlation_key.to_owned(),
        );
        if let Some(pending) = self.rows.start_lock.get(&key) {
            return Ok(pending.is_some());
        }
        let stored = start_lock::Entity::find_by_id(key)
            .one(self.tx().await?)
            .await?;
        Ok(stored.is_some())
    }

    /// An instance that a message had started has ended, or could not be started: others with its key may be.
    pub(super) async fn release_starts(&mut self, instance: Key) -> Result<(), RuntimeError> {
        let stored = start_lock::Entity::find()
            .filter(start_lock::Column::Instance.eq(instance.as_i64()))
            .all(self.tx().await?)
            .await?;
        let of_instance = |row: &start_lock::Model| row.instance == instance.as_i64();
        let held = self.rows.start_lock.over(stored, lock_key, of_instance);
        for lock in held {
            self.rows.start_lock.delete(lock_key(&lock));
            self.queue_link(FollowUp::LookForStart {
                process: lock.process_id.into(),
                name: lock.name,
                correlation_key: lock.correlation_key,
            });
        }
        Ok(())
    }

    fn correlate(&mut self, instance: Key, subscription: Key, variables: Variables, actor: Actor) {
        let command = Command::Correlate {
            subscription,
            variables,
        };
        self.queue_first(FollowUp::Step {
            instance,
            command,
            actor,
        });
    }
}

fn lock_key(lock: &start_lock::Model) -> (String, String, String) {
    let start_lock::Model {
        process_id,
        name,
        correlation_key,
        ..
    } = lock.clone();
    (process_id, name, correlation_key)
}

fn variables_of(row: &message::Model) -> Result<Variables, RuntimeError> {
    serde_json::from_str(&row.variables)
        .map_err(|error| RuntimeError::damaged("message", row.key, error))
}

/// The message that a start subscription waits for, as the diagram has it.
fn awaited<'d>(
    definition: &'d Definition,
    start: &start_subscription::Model,
) -> Option<&'d Awaited> {
    let (at, nth) = (
        definition.graph.find(&start.element)?,
        usize::try_from(start.nth).ok()?,
    );
    super::starts::parts(&definition.graph)
        .into_iter()
        .find_map(|part| match part.what {
            super::starts::What::Message(message) if (part.element, part.nth) == (at, nth) => {
                Some(message)
            }
            _ => None,
        })
}
