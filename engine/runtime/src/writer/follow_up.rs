//! What follows from a step within its own transaction: connectors, messages that were kept, changes that wake others.
//! Beyond a budget the rest goes to the inbox, so that a cascade cannot hold up everybody else.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use redthread_core::state::WaitKind;
use redthread_core::{Command, Key, Status};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set,
    TransactionTrait,
};
use serde::{Deserialize, Serialize};

use super::batch::{Batch, json};
use super::cache::Live;
use super::guard::said;
use super::project::Noticed;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::schema::{Row, inbox};
use crate::world::{OpenTask, RecordChange};

/// Follow-ups of one submission within its own transaction.
const BUDGET: usize = 500;

/// Something that follows from a step. Stored in the inbox where it has to wait.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(super) enum FollowUp {
    /// A command to another instance, or to the same one.
    Step {
        instance: Key,
        command: Command,
        actor: Actor,
    },
    /// A new instance, as its start command says.
    Start { command: Command, actor: Actor },
    /// A connector does a job.
    Perform { instance: Key, job: Key },
    /// A job that waits for a record hears of its change.
    TellJob {
        instance: Key,
        job: Key,
        change: Box<RecordChange>,
        /// Who changed it.
        #[serde(default = "redthread")]
        actor: Actor,
    },
    /// A subscription looks through the messages that are kept.
    LookForMessage { instance: Key, subscription: Key },
}

fn redthread() -> Actor {
    Actor::System
}

impl FollowUp {
    /// Whose work it is.
    fn instance(&self) -> Key {
        match self {
            FollowUp::Start {
                command: Command::Start { instance, .. },
                ..
            }
            | FollowUp::Step { instance, .. }
            | FollowUp::Perform { instance, .. }
            | FollowUp::TellJob { instance, .. }
            | FollowUp::LookForMessage { instance, .. } => *instance,
            // Only start commands start.
            FollowUp::Start { .. } => Key(0),
        }
    }
}

impl Batch<'_> {
    /// Does what follows from the submission until nothing is left, or leaves the rest in the inbox.
    pub(super) async fn follow_up(&mut self) -> Result<(), RuntimeError> {
        let mut budget = BUDGET;
        loop {
            self.take_changes_made().await?;
            let Some(next) = self.follow_ups.pop_front() else {
                return Ok(());
            };
            if budget == 0 {
                self.leave_in_inbox(&next).await?;
                continue;
            }
            budget -= 1;
            self.follow(next).await?;
        }
    }

    async fn follow(&mut self, next: FollowUp) -> Result<(), RuntimeError> {
        let before = self.revision;
        let kept = next.clone();
        match self.follow_guarded(next).await {
            Ok(()) => Ok(()),
            Err(RuntimeError::Rejected(rejection)) => {
                // What it was for has ended meanwhile.
                tracing::debug!(%rejection, "a follow-up came too late");
                Ok(())
            }
            Err(error @ (RuntimeError::Damaged { .. } | RuntimeError::Internal(_)))
                if self.revision == before =>
            {
                // Whoever caused it is not to blame: its own work is kept, and the other instance's is set aside.
                tracing::error!(%error, "an instance cannot be woken; its work is set aside in the inbox");
                self.set_aside(&kept, &error).await
            }
            Err(error) => Err(error),
        }
    }

    /// A panic is a mistake of ours like any other.
    async fn follow_guarded(&mut self, next: FollowUp) -> Result<(), RuntimeError> {
        let done = AssertUnwindSafe(self.follow_unguarded(next))
            .catch_unwind()
            .await;
        done.unwrap_or_else(|panic| Err(RuntimeError::Internal(said(&*panic))))
    }

    async fn follow_unguarded(&mut self, next: FollowUp) -> Result<(), RuntimeError> {
        match next {
            FollowUp::Step {
                instance,
                command,
                actor,
            } => self.step(instance, command, actor).await,
            FollowUp::Start { command, actor } => {
                let Command::Start {
                    instance,
                    definition,
                    ..
                } = &command
                else {
                    return Ok(());
                };
                let (instance, definition) = (*instance, self.definition(*definition).await?);
                self.step_new(instance, definition, command, actor).await
            }
            FollowUp::Perform { instance, job } => self.perform(instance, job).await,
            FollowUp::TellJob {
                instance,
                job,
                change,
                actor,
            } => self.tell_job(instance, job, &change, actor).await,
            FollowUp::LookForMessage {
                instance,
                subscription,
            } => self.look_for_message(instance, subscription).await,
        }
    }

    /// Sees to what came up in a step.
    pub(super) async fn notice(
        &mut self,
        noticed: Vec<Noticed>,
        actor: &Actor,
    ) -> Result<(), RuntimeError> {
        for one in noticed {
            match one {
                Noticed::TaskCreated { instance, task } => {
                    self.announce(instance, task, actor, true).await?
                }
                Noticed::TaskAssigned { instance, task } => {
                    self.announce(instance, task, actor, false).await?
                }
                Noticed::JobToPerform { instance, job } => {
                    self.follow_ups
                        .push_back(FollowUp::Perform { instance, job });
                }
                Noticed::JobAbandoned { before } => self.abandon(*before).await?,
                Noticed::SubscriptionOpened {
                    instance,
                    subscription,
                } => {
                    self.follow_ups.push_back(FollowUp::LookForMessage {
                        instance,
                        subscription,
                    });
                }
            }
        }
        Ok(())
    }

    /// Lets the world tell people of a task. A notice that fails does not keep the process from going on.
    async fn announce(
        &mut self,
        instance: Key,
        task: Key,
        actor: &Actor,
        is_new: bool,
    ) -> Result<(), RuntimeError> {
        let live = self.live(instance).await?;
        let Some(wait) = live.state.waits.get(&task) else {
            return Ok(());
        };
        let WaitKind::Task(data) = &wait.what else {
            return Ok(());
        };
        let Some(element) = live.state.elements.get(&wait.element_instance) else {
            return Ok(());
        };
        let open = OpenTask {
            key: task,
            instance,
            process: live.definition.process_id.clone(),
            process_name: live.definition.name.clone(),
            element: element.element.clone(),
            name: live.definition.label(&element.element).to_owned(),
            subject: live.state.subject.clone(),
            task: data.clone(),
        };
        let (world, context) = (self.inner.world.clone(), self.context(actor.clone()));
        let savepoint = self.tx.begin().await?;
        let telling = async {
            if is_new {
                world.task_created(&savepoint, &context, &open).await
            } else {
                world.task_assigned(&savepoint, &context, &open).await
            }
        };
        let told = AssertUnwindSafe(telling).catch_unwind().await;
        if let Err(why) = self.settle(savepoint, told).await? {
            tracing::warn!(%task, why, "nobody could be told of a task");
        }
        Ok(())
    }

    /// Lets an instance go on in a later batch; one that goes in a circle does not.
    pub(super) async fn go_on(
        &mut self,
        instance: Key,
        circle: Option<&str>,
    ) -> Result<(), RuntimeError> {
        let work = FollowUp::Step {
            instance,
            command: Command::Continue,
            actor: Actor::System,
        };
        match circle {
            None => self.leave_in_inbox(&work).await,
            Some(why) => self.stop(&work, why).await,
        }
    }

    /// Sets work aside that would go on for ever.
    pub(super) async fn stop(&mut self, work: &FollowUp, why: &str) -> Result<(), RuntimeError> {
        tracing::error!(instance = %work.instance(), "{why}");
        self.put_into_inbox(work, Some(why.to_owned())).await
    }

    /// Instances that this batch has ended have nothing left to do: what was set aside of their work goes.
    pub(super) async fn forget_ended(&mut self) -> Result<(), RuntimeError> {
        let has_ended = |live: &Live| live.state.status != Status::Active;
        if !self.live.values().any(has_ended) {
            return Ok(());
        }
        let rows = inbox::Entity::find().filter(inbox::Column::Failed.is_not_null());
        for row in rows.all(self.tx).await? {
            let whose = serde_json::from_str(&row.work).map(|work: FollowUp| work.instance());
            if whose.is_ok_and(|key| self.live.get(&key).is_some_and(has_ended)) {
                inbox::Entity::delete_by_id(row.key).exec(self.tx).await?;
            }
        }
        Ok(())
    }

    /// A person has stepped in: an instance that went in a circle may go on.
    pub(super) async fn take_up_again(&mut self, instance: Key) -> Result<(), RuntimeError> {
        for row in set_aside(self.tx, instance).await? {
            if goes_on(&row) {
                self.revision += 1;
                self.left_in_inbox = true;
                let again = inbox::ActiveModel {
                    key: Set(row.key),
                    failed: Set(None),
                    ..Default::default()
                };
                inbox::Entity::update(again).exec(self.tx).await?;
            }
        }
        Ok(())
    }

    /// Leaves work for a later batch.
    pub(super) async fn leave_in_inbox(&mut self, work: &FollowUp) -> Result<(), RuntimeError> {
        self.left_in_inbox = true;
        self.put_into_inbox(work, None).await
    }

    async fn set_aside(&mut self, work: &FollowUp, why: &RuntimeError) -> Result<(), RuntimeError> {
        self.put_into_inbox(work, Some(why.to_string())).await
    }

    async fn put_into_inbox(
        &mut self,
        work: &FollowUp,
        failed: Option<String>,
    ) -> Result<(), RuntimeError> {
        self.revision += 1;
        let row = inbox::Model {
            key: self.inner.keys.next_key().as_i64(),
            work: json(work)?,
            failed,
        };
        super::sqlite::insert(
            self.tx,
            inbox::Model::TABLE,
            inbox::Model::COLUMNS,
            vec![row.values()],
        )
        .await?;
        Ok(())
    }

    /// Does work from the inbox, whose row goes away in the same transaction. Work that fails would fail again and again:
    /// its row is kept with the reason, and not tried again.
    pub(super) async fn take_from_inbox(&mut self, key: Key) -> Result<(), RuntimeError> {
        let Some(row) = inbox::Entity::find_by_id(key.as_i64()).one(self.tx).await? else {
            return Ok(());
        };
        let before = self.revision;
        let done = match serde_json::from_str(&row.work) {
            Ok(work) => self.follow_guarded(work).await,
            Err(error) => Err(RuntimeError::damaged("work in the inbox", key, error)),
        };
        match done {
            Ok(()) | Err(RuntimeError::Rejected(_)) => {
                self.revision += 1;
                inbox::Entity::delete_by_id(key.as_i64())
                    .exec(self.tx)
                    .await?;
            }
            Err(error) if self.revision == before && !error.may_pass() => {
                tracing::error!(%key, %error, "work in the inbox cannot be done and is set aside");
                self.revision += 1;
                mark_failed(self.tx, key, &error).await?;
            }
            Err(error) => {
                // Only a rollback undoes what it did; the writer then sets it aside, or leaves it for a better moment.
                self.revision += 1;
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Sets work in the inbox aside.
pub(super) async fn mark_failed(
    conn: &impl ConnectionTrait,
    key: Key,
    why: &RuntimeError,
) -> Result<(), DbErr> {
    let row = inbox::ActiveModel {
        key: Set(key.as_i64()),
        failed: Set(Some(why.to_string())),
        ..Default::default()
    };
    inbox::Entity::update(row).exec(conn).await.map(drop)
}

/// Whether it is what an instance that goes in a circle would have done next.
fn goes_on(row: &inbox::Model) -> bool {
    matches!(
        serde_json::from_str(&row.work),
        Ok(FollowUp::Step {
            command: Command::Continue,
            ..
        } | FollowUp::Perform { .. })
    )
}

/// The rows of an instance's work that is set aside, the oldest first.
pub(crate) async fn set_aside(
    conn: &impl ConnectionTrait,
    instance: Key,
) -> Result<Vec<inbox::Model>, DbErr> {
    // Few rows are ever set aside: a search through their texts does, and what they say decides.
    let rows = inbox::Entity::find()
        .filter(inbox::Column::Failed.is_not_null())
        .filter(inbox::Column::Work.contains(instance.to_string()))
        .order_by_asc(inbox::Column::Key)
        .all(conn)
        .await?;
    let of_instance = |row: &inbox::Model| {
        serde_json::from_str(&row.work).is_ok_and(|work: FollowUp| work.instance() == instance)
    };
    Ok(rows.into_iter().filter(of_instance).collect())
}
