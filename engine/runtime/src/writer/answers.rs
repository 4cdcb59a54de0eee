//! Answers to commands that carry an idempotency key: looked up before their batch, stored with it.
//!
//! Two nodes may do the same at once; then the second one's rows conflict, its batch is rolled back and run again, and
//! finds the answers of the first.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::batch::{Batch, json};
use super::many_rows;
use super::submission::{Answer, Submission};
use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::once::Ticket;
use crate::schema::{Row, kept_answer};

/// Answers are kept so long, in microseconds of real time: a day, and an hour for clocks that are set back.
const KEPT: i64 = 25 * 60 * 60 * 1_000_000;
/// After so many new answers, old ones are deleted.
const SWEEP_EVERY: u64 = 256;
/// So many at once: more than have come meanwhile.
const SWEPT_AT_ONCE: u64 = 1_024;
/// Keys in one query, and rows in one statement.
const AT_ONCE: usize = 64;

/// What has been answered before, and what this batch answers.
#[derive(Default)]
pub(super) struct Answers {
    /// By (who, key): all parts.
    known: HashMap<(String, String), Vec<kept_answer::Model>>,
    new: Vec<kept_answer::Model>,
}

impl Answers {
    /// What was answered to the command before, if it was asked before.
    pub fn find(&self, ticket: &Ticket) -> Result<Option<Answer>, RuntimeError> {
        let id = (ticket.who().to_owned(), ticket.key().to_owned());
        let Some(rows) = self.known.get(&id) else {
            return Ok(None);
        };
        for row in rows {
            ticket.compare(row)?;
        }
        let Some(row) = rows.iter().find(|row| row.part == ticket.part) else {
            return Ok(None);
        };
        serde_json::from_str(&row.answer)
            .map(Some)
            .map_err(|error| RuntimeError::damaged("answer", &row.key, error))
    }

    /// What is to be stored.
    pub fn into_new(self) -> Vec<kept_answer::Model> {
        self.new
    }

    /// Keeps an answer, unless nothing was done.
    pub fn keep(&mut self, ticket: &Ticket, answer: &Answer) -> Result<(), RuntimeError> {
        if matches!(answer, Answer::Undone) {
            return Ok(());
        }
        let row = ticket.row(json(answer)?);
        let id = (row.who.clone(), row.key.clone());
        self.known.entry(id).or_default().push(row.clone());
        self.new.push(row);
        Ok(())
    }
}

impl Batch<'_> {
    /// Looks up what these submissions were answered before.
    pub(super) async fn find_answers(
        &mut self,
        submissions: &[Submission],
    ) -> Result<(), RuntimeError> {
        let tickets: Vec<&Ticket> = submissions
            .iter()
            .filter_map(|submission| submission.once.as_ref())
            .collect();
        for some in tickets.chunks(AT_ONCE) {
            let rows = kept_answer::Entity::find()
                .filter(kept_answer::Column::Key.is_in(some.iter().map(|ticket| ticket.key())))
                .all(self.tx().await?)
                .await?;
            for row in rows {
                if some.iter().any(|ticket| ticket.is_of(&row)) {
                    let id = (row.who.clone(), row.key.clone());
                    let known = self.answers.known.entry(id).or_default();
                    if !known.contains(&row) {
                        known.push(row);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Stores answers.
pub(super) async fn write(
    tx: &DatabaseTransaction,
    inner: &Inner,
    new: Vec<kept_answer::Model>,
) -> Result<(), RuntimeError> {
    for some in new.chunks(AT_ONCE) {
        let rows = some.iter().cloned().map(kept_answer::ActiveModel::from);
        let nothing = sea_orm::sea_query::OnConflict::new()
            .do_nothing()
            .to_owned();
        let written = kept_answer::Entity::insert_many(rows)
            .on_conflict(nothing)
            .exec_without_returning(tx)
            .await?;
        if written < some.len() as u64 {
            return Err(RuntimeError::Conflict);
        }
    }
    let count = new.len() as u64;
    if count > 0 && inner.answers.fetch_add(count, Ordering::Relaxed) >= SWEEP_EVERY {
        inner.answers.store(0, Ordering::Relaxed);
        sweep(tx).await?;
    }
    Ok(())
}

async fn sweep(tx: &DatabaseTransaction) -> Result<(), RuntimeError> {
    let until = crate::clock::real_now().as_micros().saturating_sub(KEPT);
    let old: Vec<(String, String, i32)> = kept_answer::Entity::find()
        .select_only()
        .column(kept_answer::Column::Key)
        .column(kept_answer::Column::Who)
        .column(kept_answer::Column::Part)
        .filter(kept_answer::Column::At.lt(until))
        .order_by_asc(kept_answer::Column::At)
        .limit(SWEPT_AT_ONCE)
        .into_tuple()
        .all(tx)
        .await?;
    let old = old
        .into_iter()
        .map(|(key, who, part)| vec![key.into(), who.into(), part.into()]);
    let (table, key) = (kept_answer::Model::TABLE, kept_answer::Model::KEY);
    Ok(many_rows::delete(tx, table, key, old.collect()).await?)
}
