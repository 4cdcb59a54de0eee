//! What may be asked of the engine. Whatever writes goes through the one writer; whatever reads goes through
//! [`Queries`].

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use redthread_bpmn::graph::Id;
use redthread_calendar::{IsoDuration, Timestamp};
use redthread_core::command::{Subject, Variables};
use redthread_core::{Command, Event, Key};
use sea_orm::{DatabaseTransaction, EntityTrait};
use sea_orm_migration::MigratorTrait;
use tokio::sync::{Notify, broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::actor::Actor;
use crate::clock::{Clock, SettableClock};
use crate::database::Database;
use crate::definitions::Definitions;
use crate::deploy::{Deployed, UploadedFile};
use crate::error::RuntimeError;
use crate::feed::Feed;
use crate::keys::Keys;
use crate::query::Queries;
use crate::schema::instance_comment;
use crate::world::{World, WriteContext};
use crate::writer::{Addressed, Answer, Erased, Plan, Submission, Work};

/// How many submissions may wait before others are refused as [`RuntimeError::Busy`].
const QUEUE: usize = 4_096;
/// How many batches a slow listener may fall behind before it misses some (and is told so).
const FEED_BACKLOG: usize = 1_024;

/// The engine, running on a database. Clones share it.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub database: Database,
    pub world: Arc<dyn World>,
    pub clock: Arc<dyn Clock>,
    pub keys: Arc<Keys>,
    pub definitions: Definitions,
    pub queue: mpsc::Sender<Submission>,
    pub feed: broadcast::Sender<Arc<Feed>>,
    pub observers: Mutex<Vec<mpsc::UnboundedSender<Arc<CommittedStep>>>>,
    /// Something may be due earlier than was thought.
    pub hint: Notify,
    /// Whether the inbox may hold work.
    pub inbox: AtomicBool,
    pub closing: AtomicBool,
    pub close: Notify,
    /// The process time of the last batch before the start: time does not go back over a restart.
    pub floor: Timestamp,
    pub background: Mutex<Vec<JoinHandle<()>>>,
}

impl Inner {
    /// The process time.
    pub fn now(&self) -> Timestamp {
        self.clock.now().max(self.floor)
    }
}

/// A new instance.
#[derive(Clone, Debug)]
pub struct StartInstance {
    /// Of which process.
    pub process: ProcessRef,
    /// At which start event; none: the none start event.
    pub element: Option<Id>,
    /// With which variables.
    pub variables: Variables,
    /// About which record.
    pub subject: Option<Subject>,
}

/// A process, or one version of it.
#[derive(Clone, Debug)]
pub enum ProcessRef {
    /// The latest version of the process with this id.
    Latest(String),
    /// Exactly this definition.
    Definition(Key),
}

/// A message from outside.
#[derive(Clone, Debug)]
pub struct Message {
    /// The name by which events wait for it.
    pub name: String,
    /// The correlation key; empty: for start events only.
    pub correlation_key: String,
    /// Its variables.
    pub variables: Variables,
    /// Its sender's id: the same id again is refused while the first is kept.
    pub id: Option<String>,
    /// How long it is kept for those who come to wait for it later.
    pub ttl: Option<IsoDuration>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The message's key.
    pub message: Key,
    /// The instances that received it, or were started by it.
    pub instances: Vec<Key>,
    /// It is kept until its time is over.
    pub kept: bool,
}

/// A step that is committed.
#[derive(Clone, Debug, PartialEq)]
pub struct CommittedStep {
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: Id,
    /// The definition.
    pub definition: Key,
    /// The step's place in the instance's history, counted from 1.
    pub sequence: i64,
    /// The process time.
    pub at: Timestamp,
    /// Who asked for it.
    pub actor: Actor,
    /// What was asked.
    pub command: Command,
    /// What happened.
    pub events: Vec<Event>,
}

/// What a closure given to [`Runtime::write`] returns.
pub type Writing<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

impl Runtime {
    /// Starts the engine on a database whose schema is up to date ([`Database::migrate`]).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn open(
        database: Database,
        world: Arc<dyn World>,
        clock: Arc<dyn Clock>,
    ) -> Result<Runtime, RuntimeError> {
        let kept = crate::writer::Kept::load(&database).await?;
        if let Some(offset) = kept.clock_offset {
            clock.restore_offset(offset);
        }
        let keys = Arc::new(Keys::new(kept.node, kept.mark));
        let (queue, arriving) = mpsc::channel(QUEUE);
        let inner = Arc::new(Inner {
            database,
            world,
            clock,
            keys,
            definitions: Definitions::default(),
            queue,
            feed: broadcast::channel(FEED_BACKLOG).0,
            observers: Mutex::default(),
            hint: Notify::new(),
            inbox: AtomicBool::new(true),
            closing: AtomicBool::new(false),
            close: Notify::new(),
            floor: kept.last_batch_at,
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
        inner
            .background
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .extend(background);
        Ok(Runtime { inner })
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
        if let Err(error) = self.inner.database.close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
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

    /// Deploys files together: the next version of each process in them. Forms and diagrams are told apart by their
    /// content. A diagram without an executable process is kept as a drawing.
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
        let reading = crate::deploy::read_files(files);
        if reading.has_errors() {
            return Err(RuntimeError::DiagramErrors(reading.problems));
        }
        match self
            .submit(Work::Deploy(Arc::new(Plan::new(reading))), actor)
            .await?
        {
            Answer::Deployed(deployed) => Ok(deployed),
            other => Err(other.unexpected()),
        }
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
    /// Where the task is not open (any more).
    pub async fn complete_task(
        &self,
        task: Key,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Task(task),
            Command::CompleteTask { task, variables },
            actor,
        )
        .await
    }

    /// Gives a task to a person, or back to its team.
    ///
    /// # Errors
    /// Where the task is not open (any more).
    pub async fn assign_task(
        &self,
        task: Key,
        assignee: Option<String>,
        reason: Option<String>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Task(task),
            Command::AssignTask {
                task,
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

    /// A job is done.
    ///
    /// # Errors
    /// Where the job is not open (any more).
    pub async fn complete_job(
        &self,
        job: Key,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Job(job),
            Command::CompleteJob { job, variables },
            actor,
        )
        .await
    }

    /// A job failed. With no tries left it becomes an incident.
    ///
    /// # Errors
    /// Where the job is not open (any more).
    pub async fn fail_job(
        &self,
        job: Key,
        message: String,
        retries: u32,
        retry_at: Option<Timestamp>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let retry_at = retry_at.unwrap_or_else(|| self.now());
        self.addressed(
            Addressed::Job(job),
            Command::FailJob {
                job,
                message,
                retries,
                retry_at,
            },
            actor,
        )
        .await
    }

    /// A job met a business error that the diagram may catch.
    ///
    /// # Errors
    /// Where the job is not open (any more).
    pub async fn throw_error(
        &self,
        job: Key,
        code: String,
        message: Option<String>,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Job(job),
            Command::ThrowError {
                job,
                code,
                message,
                variables,
            },
            actor,
        )
        .await
    }

    /// Publishes a message: at most one instance of each process receives it, the one that has waited longest; message
    /// start events start an instance. It is kept for its time to live for processes that have not received it.
    ///
    /// # Errors
    /// [`RuntimeError::DuplicateMessage`] when one with the same name, key and id is kept.
    pub async fn publish_message(
        &self,
        message: Message,
        actor: Actor,
    ) -> Result<Published, RuntimeError> {
        match self.submit(Work::Publish(message), actor).await? {
            Answer::Published(published) => Ok(published),
            other => Err(other.unexpected()),
        }
    }

    /// Writes something else than processes in the writer's transaction, under a savepoint of its own: records that a
    /// person changes, sessions. The records it changed wake whoever waits for them, in the same transaction. The outer
    /// error is the engine's, the inner one the closure's; after either, nothing was kept.
    ///
    /// The closure may run more than once, each time on a clean slate, when its batch has to be taken apart: clone into
    /// its future what it needs.
    ///
    /// # Errors
    /// Where the queue is full, the server shuts down, or the database fails.
    pub async fn write<T, E, F>(&self, actor: Actor, work: F) -> Result<Result<T, E>, RuntimeError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: for<'a> Fn(&'a DatabaseTransaction, &'a WriteContext) -> Writing<'a, T, E>
            + Send
            + Sync
            + 'static,
    {
        let slot: Arc<Mutex<Option<Result<T, E>>>> = Arc::default();
        let filled = slot.clone();
        let erased: Erased = Box::new(move |tx, cx| {
            let (running, slot) = (work(tx, cx), slot.clone());
            Box::pin(async move {
                let result = running.await;
                let good = result.is_ok();
                *slot.lock().unwrap_or_else(|e| e.into_inner()) = Some(result);
                good
            })
        });
        self.submit(Work::Write(erased), actor).await?;
        let result = filled.lock().unwrap_or_else(|e| e.into_inner()).take();
        result.ok_or_else(|| RuntimeError::Internal("a write left no result".to_owned()))
    }

    /// Writes down what a person has to say about an instance.
    ///
    /// # Errors
    /// Where there is no such instance, or the text is empty.
    pub async fn comment(
        &self,
        instance: Key,
        text: &str,
        actor: Actor,
    ) -> Result<Key, RuntimeError> {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(RuntimeError::Invalid(
                "The comment is empty. Write something first.".to_owned(),
            ));
        }
        self.queries().instance_row(instance).await?;
        let written = self.write(actor, move |tx, cx| {
            let text = text.clone();
            Box::pin(async move {
                let key = cx.keys.next_key();
                let author = serde_json::to_string(&cx.actor)
                    .map_err(|e| RuntimeError::Internal(e.to_string()))?;
                let row = instance_comment::Model {
                    key: key.as_i64(),
                    instance: instance.as_i64(),
                    at: cx.now.as_micros(),
                    author,
                    text,
                };
                instance_comment::Entity::insert(instance_comment::ActiveModel::from(row))
                    .exec_without_returning(tx)
                    .await?;
                cx.touches.topic("instances");
                cx.touches.instance(instance);
                Ok::<Key, RuntimeError>(key)
            })
        });
        written.await?
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

    /// Moves the clock forward to `to`, and does on the way whatever is due, each at its own time.
    ///
    /// # Errors
    /// Where the clock cannot be moved, or `to` is past.
    pub async fn advance_to(&self, to: Timestamp) -> Result<(), RuntimeError> {
        crate::timers::advance_to(&self.inner, to).await
    }

    async fn addressed(
        &self,
        to: Addressed,
        command: Command,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.submit(Work::Addressed { to, command }, actor)
            .await
            .map(drop)
    }

    async fn submit(&self, work: Work, actor: Actor) -> Result<Answer, RuntimeError> {
        self.inner
            .try_submit(work, actor)?
            .await
            .map_err(|_| RuntimeError::Closed)?
    }
}

impl Inner {
    /// Puts work into the queue if there is room: what people and programs ask for.
    fn try_submit(
        &self,
        work: Work,
        actor: Actor,
    ) -> Result<oneshot::Receiver<Result<Answer, RuntimeError>>, RuntimeError> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(RuntimeError::Closed);
        }
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Submission { work, actor, reply })
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
            .send(Submission { work, actor, reply })
            .await
            .map_err(|_| RuntimeError::Closed)?;
        Ok(answer)
    }
}
