//! Messages: to whom they go, and how long they are kept.
//!
//! As in Camunda 8, at most one instance of each process receives a message: the one that has waited longest; else a
//! message start event of the process's latest version starts one. A message with a time to live is kept for processes
//! that have not received it.

use redthread_core::command::Variables;
use redthread_core::{Command, Key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::batch::{Batch, json};
use super::follow_up::FollowUp;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::request::{Message, Published};
use crate::schema::{Row, message, start_subscription, subscription};

impl Batch<'_> {
    /// Publishes a message.
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
        self.refuse_twin(sent).await?;
        let key = self.inner.keys.next_key();
        let mut taken: Vec<String> = Vec::new();
        let mut instances: Vec<Key> = Vec::new();
        for waiting in self.waiting_for(&sent.name, &sent.correlation_key).await? {
            if taken.contains(&waiting.process_id) {
                continue;
            }
            let (instance, subscription) =
                (Key::from_i64(waiting.instance), Key::from_i64(waiting.key));
            self.correlate(
                instance,
                subscription,
                sent.variables.clone(),
                actor.clone(),
            );
            instances.push(instance);
            taken.push(waiting.process_id);
        }
        for start in self.starts_at(&sent.name).await? {
            if taken.contains(&start.process_id) {
                continue;
            }
            let instance = self.inner.keys.next_key();
            let command = Command::Start {
                instance,
                definition: Key::from_i64(start.definition),
                element: Some(start.element.into()),
                variables: sent.variables.clone(),
                subject: None,
                causes: Vec::new(),
            };
            self.follow_ups.push_back(FollowUp::Start {
                command,
                actor: actor.clone(),
            });
            instances.push(instance);
            taken.push(start.process_id);
        }
        let kept = until > self.now;
        if kept {
            self.revision += 1;
            let row = message::Model {
                key: key.as_i64(),
                name: sent.name.clone(),
                correlation_key: sent.correlation_key.clone(),
                message_id: sent.id.clone(),
                variables: json(&sent.variables)?,
                expires: until.as_micros(),
                taken: json(&taken)?,
            };
            super::sqlite::insert(
                self.tx,
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
    async fn refuse_twin(&mut self, sent: &Message) -> Result<(), RuntimeError> {
        let Some(id) = &sent.id else { return Ok(()) };
        let twin = message::Entity::find()
            .filter(message::Column::Name.eq(&*sent.name))
            .filter(message::Column::CorrelationKey.eq(&*sent.correlation_key))
            .filter(message::Column::MessageId.eq(&**id))
            .filter(message::Column::Expires.gt(self.now.as_micros()));
        match twin.one(self.tx).await? {
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
        let redthread_core::state::WaitKind::Subscription(data) = &wait.what else {
            return Ok(());
        };
        let kept = message::Entity::find()
            .filter(message::Column::Name.eq(&*data.name))
            .filter(message::Column::CorrelationKey.eq(&*data.correlation_key))
            .filter(message::Column::Expires.gt(self.now.as_micros()))
            .order_by_asc(message::Column::Key)
            .all(self.tx)
            .await?;
        let process = &*live.definition.process_id;
        for row in kept {
            let damaged =
                |error: serde_json::Error| RuntimeError::damaged("message", row.key, error);
            let mut taken: Vec<String> = serde_json::from_str(&row.taken).map_err(damaged)?;
            if taken.iter().any(|by| by == process) {
                continue;
            }
            let variables: Variables = serde_json::from_str(&row.variables).map_err(damaged)?;
            taken.push(process.to_owned());
            self.revision += 1;
            let update = message::ActiveModel {
                key: sea_orm::Set(row.key),
                taken: sea_orm::Set(json(&taken)?),
                ..Default::default()
            };
            message::Entity::update(update).exec(self.tx).await?;
            self.correlate(instance, subscription, variables, Actor::System);
            return Ok(());
        }
        Ok(())
    }

    fn correlate(&mut self, instance: Key, subscription: Key, variables: Variables, actor: Actor) {
        let command = Command::Correlate {
            subscription,
            variables,
        };
        self.follow_ups.push_back(FollowUp::Step {
            instance,
            command,
            actor,
        });
    }

    /// Those that wait for a message, the longest waiting first.
    async fn waiting_for(
        &self,
        name: &str,
        key: &str,
    ) -> Result<Vec<subscription::Model>, RuntimeError> {
        let stored = subscription::Entity::find()
            .filter(subscription::Column::Name.eq(name))
            .filter(subscription::Column::CorrelationKey.eq(key))
            .all(self.tx)
            .await?;
        let matches = |row: &subscription::Model| row.name == name && row.correlation_key == key;
        Ok(self.rows.subscription.over(stored, |row| row.key, matches))
    }

    async fn starts_at(&self, name: &str) -> Result<Vec<start_subscription::Model>, RuntimeError> {
        let starts = start_subscription::Entity::find()
            .filter(start_subscription::Column::Name.eq(name))
            .order_by_asc(start_subscription::Column::Definition)
            .order_by_asc(start_subscription::Column::Element);
        Ok(starts.all(self.tx).await?)
    }
}
