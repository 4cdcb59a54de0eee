//! Idempotency keys: what is asked twice under one key is done once, and answered twice (the IETF's draft of the header
//! `Idempotency-Key`). What was answered is stored with the effect, in one transaction. A refusal changes nothing and is
//! not stored: the same key may be tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::runtime::Runtime;
use crate::schema::kept_answer;

/// Characters of an idempotency key at most.
const LONGEST: usize = 255;
/// What the caller notes has the first place; commands follow.
const NOTED: i32 = 0;

/// One request that is to be carried out once: whose, under which key, and what tells it from other requests.
///
/// [`Runtime::once`] gives a runtime that sends under it. Each command takes the next place, so that a request may send
/// several, one after the other; each of them is done once. Clones count together.
#[derive(Clone, Debug)]
pub struct Once {
    request: Arc<Request>,
    places: Arc<AtomicI32>,
}

#[derive(Debug, PartialEq, Eq)]
struct Request {
    who: String,
    key: String,
    fingerprint: String,
}

/// A place of one command under an idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    request: Arc<Request>,
    pub part: i32,
}

/// What is known of a request that may have been asked before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What the caller noted as its answer.
    pub noted: Option<String>,
    /// Whether a command was carried out for it.
    pub carried_out: bool,
}

impl Once {
    /// A request of somebody, under a key that they chose. `fingerprint` tells what was asked: the same for the same
    /// request, different for others.
    ///
    /// # Errors
    /// [`RuntimeError::BadIdempotencyKey`] where the key is empty, longer than 255 characters, or holds others than
    /// visible ASCII.
    pub fn new(who: &str, key: &str, fingerprint: &str) -> Result<Once, RuntimeError> {
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > LONGEST || !visible {
            return Err(RuntimeError::BadIdempotencyKey);
        }
        let request = Request {
            who: who.to_owned(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
        };
        Ok(Once {
            request: Arc::new(request),
            places: Arc::new(AtomicI32::new(NOTED)),
        })
    }

    /// The place of the next command.
    pub(crate) fn next(&self) -> Ticket {
        let part = self.places.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        self.ticket(part)
    }

    fn ticket(&self, part: i32) -> Ticket {
        let request = self.request.clone();
        Ticket { request, part }
    }
}

impl Ticket {
    pub fn who(&self) -> &str {
        &self.request.who
    }

    pub fn key(&self) -> &str {
        &self.request.key
    }

    /// Whether a row is about this command or its neighbours.
    pub fn is_of(&self, row: &kept_answer::Model) -> bool {
        row.who == self.request.who && row.key == self.request.key
    }

    /// Refuses a key that came with another request before.
    pub fn compare(&self, row: &kept_answer::Model) -> Result<(), RuntimeError> {
        if row.request == self.request.fingerprint {
            return Ok(());
        }
        Err(RuntimeError::IdempotencyKeyReused(row.key.clone()))
    }

    /// The row that keeps an answer.
    pub fn row(&self, answer: String) -> kept_answer::Model {
        kept_answer::Model {
            key: self.request.key.clone(),
            who: self.request.who.clone(),
            part: self.part,
            request: self.request.fingerprint.clone(),
            answer,
            at: crate::clock::real_now().as_micros(),
        }
    }
}

impl Runtime {
    /// What was asked under this key before.
    ///
    /// # Errors
    /// [`RuntimeError::IdempotencyKeyReused`] where it was something else.
    pub async fn asked(&self, once: &Once) -> Result<Asked, RuntimeError> {
        let request = &once.request;
        let rows = kept_answer::Entity::find()
            .filter(kept_answer::Column::Key.eq(&request.key))
            .filter(kept_answer::Column::Who.eq(&request.who))
            .all(self.database().readers())
            .await?;
        let mut asked = Asked::default();
        for row in rows {
            once.ticket(row.part).compare(&row)?;
            match row.part {
                NOTED => asked.noted = Some(row.answer),
                _ => asked.carried_out = true,
            }
        }
        Ok(asked)
    }

    /// Notes what the caller answered, for whoever asks again. The first note stays.
    ///
    /// # Errors
    /// Where the queue is full, the server shuts down, or the database fails.
    pub async fn note_answer(&self, once: &Once, answer: String) -> Result<(), RuntimeError> {
        let row = once.ticket(NOTED).row(answer);
        let plain = self.without_key();
        let noted = plain.write(Actor::System, move |tx, _| {
            let row = row.clone();
            Box::pin(async move {
                let row = kept_answer::ActiveModel::from(row);
                kept_answer::Entity::insert(row)
                    .on_conflict_do_nothing()
                    .exec_without_returning(tx)
                    .await
                    .map(drop)
            })
        });
        Ok(noted.await??)
    }
}
