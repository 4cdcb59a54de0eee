//! The inbox: work that waits for a later batch, and work that is set aside because it cannot be done.

use std::sync::atomic::Ordering;

use redthread_core::{Command, Key, Status};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};

use super::batch::{Batch, json};
use super::cache::Live;
use super::follow_up::{FollowUp, Linked, is_too_late};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::schema::{Row, inbox};

impl Batch<'_> {
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
        if !self.inner.set_aside.load(Ordering::SeqCst) {
            return Ok(());
        }
        let rows = inbox::Entity::find().filter(inbox::Column::Failed.is_not_null());
        let rows = rows.all(self.tx().await?).await?;
        self.inner
            .set_aside
            .store(!rows.is_empty(), Ordering::SeqCst);
        for row in rows {
            let over = |work: FollowUp| {
                work.ends_with_instance() && self.live.get(&work.instance()).is_some_and(has_ended)
            };
            if serde_json::from_str(&row.work).is_ok_and(over) {
                inbox::Entity::delete_by_id(row.key)
                    .exec(self.tx().await?)
                    .await?;
            }
        }
        Ok(())
    }

    /// A person has stepped in: an instance that went in a circle may go on.
    pub(super) async fn take_up_again(&mut self, instance: Key) -> Result<(), RuntimeError> {
        for row in set_aside(self.tx().await?, instance).await? {
            let work = serde_json::from_str(&row.work).ok();
            if let Some(work) = work.filter(FollowUp::goes_on) {
                self.revision += 1;
                self.left_in_inbox = true;
                let again = inbox::ActiveModel {
                    key: Set(row.key),
                    work: Set(json(&Linked { chain: 0, work })?),
                    failed: Set(None),
                };
                inbox::Entity::update(again).exec(self.tx().await?).await?;
            }
        }
        Ok(())
    }

    /// Leaves work for a later batch.
    pub(super) async fn leave_in_inbox(&mut self, work: &FollowUp) -> Result<(), RuntimeError> {
        self.left_in_inbox = true;
        self.put_into_inbox(work, None).await
    }

    pub(super) async fn set_aside(
        &mut self,
        work: &FollowUp,
        why: &RuntimeError,
    ) -> Result<(), RuntimeError> {
        self.put_into_inbox(work, Some(why.to_string())).await
    }

    async fn put_into_inbox(
        &mut self,
        work: &FollowUp,
        failed: Option<String>,
    ) -> Result<(), RuntimeError> {
        self.revision += 1;
        if failed.is_some() {
            self.inner.set_aside.store(true, Ordering::SeqCst);
        }
        let work = Linked {
            chain: self.chain,
            work: work.clone(),
        };
        let row = inbox::Model {
            key: self.inner.keys.next_key().as_i64(),
            work: json(&work)?,
            failed,
        };
        super::many_rows::insert(
            self.tx().await?,
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
        let Some(row) = inbox::Entity::find_by_id(key.as_i64())
            .one(self.tx().await?)
            .await?
        else {
            return Ok(());
        };
        let before = self.revision;
        let done = match serde_json::from_str::<Linked>(&row.work) {
            Ok(linked) => {
                self.chain = linked.chain;
                self.follow_guarded(linked.work).await
            }
            Err(error) => Err(RuntimeError::damaged("work in the inbox", key, error)),
        };
        match done {
            Err(error) if !is_too_late(&error) => {
                if self.revision != before || error.may_pass() || error.spoils_transaction() {
                    // Only a rollback undoes what it did; the writer then sets it aside, or leaves it for a better moment.
                    self.revision += 1;
                    return Err(error);
                }
                tracing::error!(%key, %error, "work in the inbox cannot be done and is set aside");
                self.revision += 1;
                mark_failed(self.inner, self.tx().await?, key, &error).await?;
            }
            Ok(()) | Err(_) => {
                self.revision += 1;
                inbox::Entity::delete_by_id(key.as_i64())
                    .exec(self.tx().await?)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Sets work in the inbox aside.
pub(super) async fn mark_failed(
    inner: &Inner,
    conn: &impl ConnectionTrait,
    key: Key,
    why: &RuntimeError,
) -> Result<(), DbErr> {
    inner.set_aside.store(true, Ordering::SeqCst);
    let row = inbox::ActiveModel {
        key: Set(key.as_i64()),
        failed: Set(Some(why.to_string())),
        ..Default::default()
    };
    inbox::Entity::update(row).exec(conn).await.map(drop)
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

/// The instances that work in the inbox is about, the first one whose work it is.
///
/// # Errors
/// Where the work cannot be read.
pub(crate) fn instances(work: &str) -> Result<Vec<Key>, serde_json::Error> {
    let work = serde_json::from_str::<Linked>(work)?.work;
    let mut about = vec![work.instance()];
    match &work {
        FollowUp::Step {
            command: Command::EndCall { call, .. },
            ..
        } => about.push(*call),
        FollowUp::Call(called) => {
            if let Command::Start { instance, .. } = &called.command {
                about.push(*instance);
            }
        }
        _ => {}
    }
    Ok(about)
}
