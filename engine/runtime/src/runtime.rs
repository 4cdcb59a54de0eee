//! What may be asked of the engine. Whatever writes goes through the one writer; whatever reads goes through
//! [`Queries`].

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redthread_calendar::Timestamp;
use redthread_core::command::Variables;
use redthread_core::{Command, Holder, Key};
use sea_orm::DatabaseTransaction;
use sea_orm_migration::MigratorTrait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Notify, Semaphore, broadcast, mpsc};

use crate::actor::Actor;
use crate::clock::{Clock, SettableClock};
use crate::database::Database;
use crate::definitions::Definitions;
use crate::deploy::{Deployed, Reading, UploadedFile};
use crate::error::RuntimeError;
use crate::feed::Feed;
use crate::inner::Inner;
use crate::keys::Keys;
use crate::once::Once;
use crate::query::Queries;
use crate::request::{CommittedStep, StartInstance};
use crate::world::{World, WriteContext};
use crate::writer::{Addressed, Answer, Erased, Plan, Work};

/// How many submissions may wait before others are refused as [`RuntimeError::Busy`].
const QUEUE: usize = 4_096;
/// How much may wait, in KiB (about, with what it brings): 64 MiB.
const QUEUE_KIB: usize = 64 * 1024;
/// How often it is made sure that no other server works with the database.
const LOOK_AROUND: Duration = Duration::from_secs(5);
/// How many batches a slow listener may fall behind before it misses some (and is told so).
const FEED_BACKLOG: usize = 1_024;

/// The engine, running on a database. Clones share it.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
    /// Under which key it sends.
    once: Option<Once>,
}

/// What a closure given to [`Runtime::write`] returns.
pub type Writing<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

impl Runtime {
    /// Starts the engine on a database whose schema is up to date ([`Database::migrate`]).
    ///
    /// # Errors
    /// Where the database cannot be read, another server works with it, or its processes are further on than a clock that
    /// cannot be moved.
    pub async fn open(
        database: Database,
        world: Arc<dyn World>,
        clock: Arc<dyn Clock>,
    ) -> Result<Runtime, RuntimeError> {
        database.sole().take().await?;
        let kept = crate::writer::Kept::load(&database).await?;
        if let Some(offset) = kept.clock_offset {
            clock.restore_offset(offset);
        }
        crate::clock::catch_up(&*clock, kept.last_batch_at)?;
        let keys = Arc::new(Keys::new(kept.node, kept.mark));
        let (queue, arriving) = mpsc::channel(QUEUE);
        let inner = Arc::new(Inner {
            database,
            world,
            clock,
            keys,
            definitions: Definitions::default(),
            decisions: Default::default(),
            queue,
            feed: broadcast::channel(FEED_BACKLOG).0,
            observers: Mutex::default(),
            hint: Notify::new(),
            workers: Default::default(),
            inbox: AtomicBool::new(true),
            set_aside: AtomicBool::new(true),
            closing: AtomicBool::new(false),
            close: Notify::new(),
            moving: tokio::sync::Mutex::default(),
            floor: kept.last_batch_at,
            room: Arc::new(Semaphore::new(QUEUE_KIB)),
            answers: AtomicU64::new(0),
            background: Mutex::default(),
        });
        let mut background = vec![tokio::spawn(crate::writer::run(
            inner.clone(),
            arriving,
            kept,
        ))];
        if inner.clock.runs() {
            background.push(tokio::spawn(crate::timers::wake(inner.clone())));
        }
        background.push(tokio::spawn(crate::writer::checkpoint(inner.clone())));
        background.push(tokio::spawn(crate::workers::watch(inner.clone())));
        inner
            .background
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .extend(background);
        Ok(Runtime { inner, once: None })
    }

    /// The same engine, sending under an idempotency key: each command in turn is done once, however often the request
    /// is made, and answered the same. Commands of one request go one after the other.
    #[must_use]
    pub fn once(&self, once: Once) -> Runtime {
        Runtime {
            inner: self.inner.clone(),
            once: Some(once),
        }
    }

    pub(crate) fn without_key(&self) -> Runtime {
        Runtime {
            inner: self.inner.clone(),
            once: None,
        }
    }

    /// The engine on a database in memory and a clock that is moved by hand: what `play` and tests run on. It is the
    /// same engine in every other way.
    ///
    /// # Errors
    /// Where SQLite cannot be started.
    pub async fn in_memory<M: MigratorTrait>(
        world: Arc<dyn World>,
        clock: SettableClock,
    ) -> Result<Runtime, RuntimeError> {
        let database = Database::in_memory().await?;
        database.migrate::<M>().await?;
        Runtime::open(database, world, Arc::new(clock)).await
    }

    /// Finishes what has been taken on and lets go of the database. What comes later is refused.
    pub async fn close(&self) {
        self.inner.closing.store(true, Ordering::SeqCst);
        self.inner.close.notify_waiters();
        self.inner.close.notify_one();
        self.inner.hint.notify_one();
        self.inner.workers.close();
        let background: Vec<_> = self
            .inner
            .background
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .drain(..)
            .collect();
        for task in background {
            if let Err(error) = task.await {
                tracing::error!(%error, "a background task ended badly");
            }
        }
        // A move of the clock ends at its next step, now that nothing is taken on any more.
        let _moved = self.inner.moving.lock().await;
        if let Err(error) = self.inner.database.close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
    }

    /// Ends when another server works with the database: after the connection that kept others away was lost for a while.
    /// Whoever runs this one has to stop it then.
    pub async fn displaced(&self) {
        while !self.inner.database.sole().is_lost().await {
            tokio::time::sleep(LOOK_AROUND).await;
        }
    }

    /// The process time.
    pub fn now(&self) -> Timestamp {
        self.inner.now()
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// Keys for what is created outside of writes.
    pub fn keys(&self) -> &Arc<Keys> {
        &self.inner.keys
    }

    /// Reads for people.
    pub fn queries(&self) -> Queries<'_> {
        Queries::new(&self.inner)
    }

    /// Deploys files together: the next version of each process and decision in them. Diagrams, decisions and forms are
    /// told apart by their content. A diagram without an executable process is kept as a drawing. A file that is there
    /// already just as it is makes no new version.
    ///
    /// # Errors
    /// [`RuntimeError::DiagramErrors`] with all problems when one of them is an error.
    pub async fn deploy(
        &self,
        files: Vec<UploadedFile>,
        actor: Actor,
    ) -> Result<Deployed, RuntimeError> {
        if files.is_empty() {
            return Err(RuntimeError::NothingToDeploy);
        }
        let reading = self.examine(files).await?;
        if reading.has_errors() {
            return Err(RuntimeError::DiagramErrors(reading.problems));
        }
        let warnings = reading.problems.clone();
        match self
            .submit(Work::Deploy(Arc::new(Plan::new(reading))), actor)
            .await?
        {
            // An answer that was stored leaves them out.
            Answer::Deployed(deployed) => Ok(Deployed {
                warnings,
                ..deployed
            }),
            other => Err(other.unexpected()),
        }
    }

    /// Reads files as [`Runtime::deploy`] does, and stores nothing.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn examine(&self, files: Vec<UploadedFile>) -> Result<Reading, RuntimeError> {
        let world = self.inner.world.clone();
        // Reading a large diagram takes a while of pure computing.
        let read = tokio::task::spawn_blocking(move || {
            crate::deploy::read_files(files, &|diagram| world.review(diagram))
        });
        let mut reading = read
            .await
            .map_err(|error| RuntimeError::Internal(error.to_string()))?;
        let known = self.queries().decision_ids().await?;
        reading.warn_of_unknown_decisions(&known);
        let known = self.queries().process_ids().await?;
        reading.warn_of_unknown_processes(&known);
        Ok(reading)
    }

    /// Starts an instance and runs it as far as it can.
    ///
    /// # Errors
    /// Where there is no such process or start event.
    pub async fn start(&self, start: StartInstance, actor: Actor) -> Result<Key, RuntimeError> {
        match self.submit(Work::Start(start), actor).await? {
            Answer::Started(instance) => Ok(instance),
            other => Err(other.unexpected()),
        }
    }

    /// Sends a command to an instance.
    ///
    /// # Errors
    /// [`RuntimeError::Rejected`] where the command does not fit the instance's state.
    pub async fn command(
        &self,
        instance: Key,
        command: Command,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.submit(Work::Command { instance, command }, actor)
            .await
            .map(drop)
    }

    /// Completes a task with what the person entered.
    ///
    /// # Errors
    /// Where the task is not open (any more), or is with somebody else than `holder`.
    pub async fn complete_task(
        &self,
        task: Key,
        holder: Holder,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Task(task),
            Command::CompleteTask {
                task,
                holder,
                variables,
            },
            actor,
        )
        .await
    }

    /// Gives a task to a person, or back to its team.
    ///
    /// # Errors
    /// Where the task is not open (any more), or is with somebody else than `holder`.
    pub async fn assign_task(
        &self,
        task: Key,
        holder: Holder,
        assignee: Option<String>,
        reason: Option<String>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Task(task),
            Command::AssignTask {
                task,
                holder,
                assignee,
                reason,
            },
            actor,
        )
        .await
    }

    /// Sets variables of the instance, or of one of its element instances.
    ///
    /// # Errors
    /// Where the instance has ended, or has no such scope.
    pub async fn set_variables(
        &self,
        instance: Key,
        scope: Option<Key>,
        variables: Variables,
        reason: Option<String>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let scope = scope.unwrap_or(instance);
        self.command(
            instance,
            Command::SetVariables {
                scope,
                variables,
                reason,
            },
            actor,
        )
        .await
    }

    /// Ends an instance where it stands.
    ///
    /// # Errors
    /// Where it has ended already.
    pub async fn cancel(
        &self,
        instance: Key,
        reason: Option<String>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.command(instance, Command::Cancel { reason }, actor)
            .await
    }

    /// Tries again what an incident stopped.
    ///
    /// # Errors
    /// Where there is no such incident (any more).
    pub async fn retry(&self, incident: Key, actor: Actor) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Incident(incident),
            Command::Retry { incident },
            actor,
        )
        .await
    }

    /// Writes something else than processes in the writer's transaction, under a savepoint of its own: records that a
    /// person changes, sessions. The records it changed wake whoever waits for them, in the same transaction. The outer
    /// error is the engine's, the inner one the closure's; after either, nothing was kept.
    ///
    /// What it gives can be stored, for [`Runtime::once`]. The closure may run more than once, each time on a clean slate,
    /// when its batch has to be taken apart: clone into its future what it needs.
    ///
    /// # Errors
    /// Where the queue is full, the server shuts down, or the database fails.
    pub async fn write<T, E, F>(&self, actor: Actor, work: F) -> Result<Result<T, E>, RuntimeError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: Send + 'static,
        F: for<'a> Fn(&'a DatabaseTransaction, &'a WriteContext) -> Writing<'a, T, E>
            + Send
            + Sync
            + 'static,
    {
        let slot: Arc<Mutex<Option<Result<T, E>>>> = Arc::default();
        let (filled, is_stored) = (slot.clone(), self.once.is_some());
        let erased: Erased = Box::new(move |tx, cx| {
            let (running, slot) = (work(tx, cx), slot.clone());
            Box::pin(async move {
                let result = running.await;
                let answer = match &result {
                    Ok(value) if is_stored => match serde_json::to_string(value) {
                        Ok(text) => Answer::Written(text),
                        Err(error) => {
                            tracing::error!(%error, "what a write gave cannot be stored");
                            return Answer::Undone;
                        }
                    },
                    Ok(_) => Answer::Done,
                    Err(_) => Answer::Undone,
                };
                *slot.lock().unwrap_or_else(|e| e.into_inner()) = Some(result);
                answer
            })
        });
        let answer = self.submit(Work::Write(erased), actor).await?;
        if let Answer::Written(text) = answer {
            // Perhaps of an earlier time that it was asked.
            return serde_json::from_str(&text)
                .map(Ok)
                .map_err(|error| RuntimeError::damaged("answer", "of a write", error));
        }
        let result = filled.lock().unwrap_or_else(|e| e.into_inner()).take();
        result.ok_or_else(|| RuntimeError::Internal("a write left no result".to_owned()))
    }

    /// What each committed batch touches, from now on. A listener that falls far behind is told that it missed some.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Feed>> {
        self.inner.feed.subscribe()
    }

    /// Every step that is committed from now on, in order. The steps wait for whoever asked for them, however many.
    pub fn steps(&self) -> mpsc::UnboundedReceiver<Arc<CommittedStep>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inner
            .observers
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .push(sender);
        receiver
    }

    /// When something is due next: a timer, a connector's next try, a reminder.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, RuntimeError> {
        crate::timers::next_due(&self.inner).await
    }

    /// Does everything that is due now, and what follows from it, until nothing is left to do at this time.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn run_until_idle(&self) -> Result<(), RuntimeError> {
        crate::timers::run_until_idle(&self.inner).await
    }

    /// Moves the clock forward to `to`, and does on the way whatever is due, each at its own time. One move comes after
    /// the other, and each goes on when whoever asked for it has gone.
    ///
    /// # Errors
    /// Where the clock cannot be moved, or `to` is past.
    pub async fn advance_to(&self, to: Timestamp) -> Result<(), RuntimeError> {
        let inner = self.inner.clone();
        let moved = tokio::spawn(async move {
            let _alone = inner.moving.lock().await;
            crate::timers::advance_to(&inner, to).await
        });
        let moved = moved.await;
        moved.unwrap_or_else(|error| Err(RuntimeError::Internal(error.to_string())))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) async fn addressed(
        &self,
        to: Addressed,
        command: Command,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.submit(Work::Addressed { to, command }, actor)
            .await
            .map(drop)
    }

    pub(crate) async fn submit(&self, work: Work, actor: Actor) -> Result<Answer, RuntimeError> {
        self.inner
            .try_submit(work, actor, self.once.as_ref().map(Once::next))?
            .await
            .map_err(|_| RuntimeError::Closed)?
    }
}
