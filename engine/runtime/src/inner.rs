//! What all parts of a running engine share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use redthread_calendar::Timestamp;
use tokio::sync::{Notify, Semaphore, broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::actor::Actor;
use crate::clock::Clock;
use crate::database::Database;
use crate::decisions::DecisionCache;
use crate::definitions::Definitions;
use crate::error::RuntimeError;
use crate::feed::Feed;
use crate::keys::Keys;
use crate::once::Ticket;
use crate::request::CommittedStep;
use crate::workers::Workers;
use crate::world::World;
use crate::writer::{Answer, Submission, Work};

/// What all parts of a running engine share.
pub(crate) struct Inner {
    pub database: Database,
    pub world: Arc<dyn World>,
    pub clock: Arc<dyn Clock>,
    pub keys: Arc<Keys>,
    pub definitions: Definitions,
    pub decisions: DecisionCache,
    pub queue: mpsc::Sender<Submission>,
    pub feed: broadcast::Sender<Arc<Feed>>,
    pub observers: Mutex<Vec<mpsc::UnboundedSender<Arc<CommittedStep>>>>,
    /// Something may be due earlier than was thought.
    pub hint: Notify,
    /// Workers that wait for jobs.
    pub workers: Workers,
    /// Whether the inbox may hold work.
    pub inbox: AtomicBool,
    /// Whether work in the inbox may be set aside.
    pub set_aside: AtomicBool,
    pub closing: AtomicBool,
    pub close: Notify,
    /// Held while the clock is being moved.
    pub moving: tokio::sync::Mutex<()>,
    /// The process time of the last batch before the start: time does not go back over a restart.
    pub floor: Timestamp,
    /// What may wait, in KiB.
    pub room: Arc<Semaphore>,
    /// Answers stored since old ones were deleted.
    pub answers: AtomicU64,
    pub background: Mutex<Vec<JoinHandle<()>>>,
}

impl Inner {
    /// The process time.
    pub fn now(&self) -> Timestamp {
        self.clock.now().max(self.floor)
    }

    /// Puts work into the queue if there is room: what people and programs ask for.
    pub fn try_submit(
        &self,
        work: Work,
        actor: Actor,
        once: Option<Ticket>,
    ) -> Result<oneshot::Receiver<Result<Answer, RuntimeError>>, RuntimeError> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(RuntimeError::Closed);
        }
        work.admit()?;
        let kibibytes = u32::try_from(work.size().div_ceil(1024)).unwrap_or(u32::MAX);
        let room = self.room.clone().try_acquire_many_owned(kibibytes);
        let room = Some(room.map_err(|_| RuntimeError::Busy)?);
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Submission {
                work,
                actor,
                once,
                room,
                reply,
            })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => RuntimeError::Busy,
                mpsc::error::TrySendError::Closed(_) => RuntimeError::Closed,
            })?;
        Ok(answer)
    }

    /// Puts work into the queue, waiting for room: what the engine itself has to do.
    pub async fn submit_waiting(
        &self,
        work: Work,
        actor: Actor,
    ) -> Result<oneshot::Receiver<Result<Answer, RuntimeError>>, RuntimeError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Submission {
                work,
                actor,
                once: None,
                room: None,
                reply,
            })
            .await
            .map_err(|_| RuntimeError::Closed)?;
        Ok(answer)
    }
}
