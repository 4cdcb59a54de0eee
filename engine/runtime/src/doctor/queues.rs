//! What is still to be done, what is kept for later, and what followers are told of.

use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Doctor;
use super::finding::{Finding, FindingCode};
use crate::error::RuntimeError;
use crate::feed::Touched;
use crate::schema::{feed, inbox, message};
use crate::writer::inbox_instances;

/// Rows that are read at once.
const PAGE: u64 = 500;

impl Doctor<'_> {
    pub(super) async fn examine_queues(&mut self) -> Result<(), RuntimeError> {
        self.examine_inbox().await?;
        self.examine_messages().await?;
        self.examine_feed().await?;
        self.examine_start_locks().await
    }

    async fn examine_inbox(&mut self) -> Result<(), RuntimeError> {
        let mut after = i64::MIN;
        loop {
            let page = inbox::Entity::find()
                .filter(sea_orm::ColumnTrait::gt(&inbox::Column::Key, after))
                .order_by_asc(inbox::Column::Key)
                .limit(PAGE)
                .all(&self.snapshot.tx)
                .await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.key;
            for row in page {
                let read = inbox_instances(&row.work);
                let finding = match (&row.failed, &read) {
                    (Some(why), _) => Some(Finding::new(
                        FindingCode::SetAside,
                        "inbox",
                        format!("Work was set aside because it could not be done: {why}"),
                    )),
                    (None, Err(error)) => Some(Finding::new(
                        FindingCode::Unreadable,
                        "inbox",
                        format!("Work in the inbox cannot be read: {error}."),
                    )),
                    (None, Ok(_)) => None,
                };
                let about = read.unwrap_or_default();
                if let Some(finding) = finding {
                    let instance = about.first().filter(|key| key.0 != 0);
                    let instance = instance.map(|key| key.as_i64());
                    self.find(finding.key(row.key).instance(instance));
                }
                self.inbox.extend(about);
            }
        }
    }

    async fn examine_messages(&mut self) -> Result<(), RuntimeError> {
        let mut after = i64::MIN;
        loop {
            let page = message::Entity::find()
                .filter(sea_orm::ColumnTrait::gt(&message::Column::Key, after))
                .order_by_asc(message::Column::Key)
                .limit(PAGE)
                .all(&self.snapshot.tx)
                .await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.key;
            for row in page {
                let variables =
                    serde_json::from_str::<redthread_core::command::Variables>(&row.variables);
                let taken = serde_json::from_str::<Vec<String>>(&row.taken);
                if let Some(error) = variables.err().or(taken.err()) {
                    let message = format!("A message that is kept cannot be read: {error}.");
                    let finding = Finding::new(FindingCode::Unreadable, "message", message);
                    self.find(finding.key(row.key));
                }
            }
        }
    }

    async fn examine_feed(&mut self) -> Result<(), RuntimeError> {
        let mut after: Option<i64> = None;
        loop {
            let page = feed::Entity::find()
                .filter(sea_orm::ColumnTrait::gt(
                    &feed::Column::Sequence,
                    after.unwrap_or(i64::MIN),
                ))
                .order_by_asc(feed::Column::Sequence)
                .limit(PAGE)
                .all(&self.snapshot.tx)
                .await?;
            if page.is_empty() {
                return Ok(());
            }
            for row in page {
                if let Some(before) = after
                    && row.sequence != before + 1
                {
                    let message = "The feed has a gap: who follows it has missed something.";
                    let finding = Finding::new(FindingCode::Gap, "feed", message);
                    self.find(finding.key(row.sequence).but(before + 1, row.sequence));
                }
                after = Some(row.sequence);
                if let Err(error) = serde_json::from_str::<Touched>(&row.touched) {
                    let message = format!("A row of the feed cannot be read: {error}.");
                    let finding = Finding::new(FindingCode::Unreadable, "feed", message);
                    self.find(finding.key(row.sequence));
                }
            }
        }
    }

    /// Who holds up others with the same correlation key runs, or is about to.
    async fn examine_start_locks(&mut self) -> Result<(), RuntimeError> {
        let sql = "SELECT DISTINCT instance FROM start_lock WHERE NOT EXISTS \
                   (SELECT 1 FROM instance WHERE key = start_lock.instance AND ended IS NULL)";
        for row in self.snapshot.numbers(sql).await? {
            let instance = row.first().copied().flatten().unwrap_or(0);
            if self
                .inbox
                .contains(&redthread_core::Key::from_i64(instance))
            {
                continue;
            }
            let message = "An instance that has ended, or is not there, holds up messages with its correlation key.";
            self.find(
                Finding::new(FindingCode::Orphan, "start_lock", message).instance(Some(instance)),
            );
        }
        Ok(())
    }
}
