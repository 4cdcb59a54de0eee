//! What every handler can reach, and the one way in which the API writes.

use super::accounts::{Accounts, Hasher, Session, Throttle};
use super::error::ApiError;
use super::in_flight::InFlight;
use super::known::Known;
use super::routes::about::DemoAccount;
use redthread_calendar::Timestamp;
use redthread_connectors::CrmWorld;
use redthread_crm::{Actor as CrmActor, Cause, Change, KeySource, RecordKey, Scope};
use redthread_runtime::{Actor, Keys, Once, Runtime, WriteContext};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;

/// The server, as handlers see it. Clones share it.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// The engine, under the idempotency key of the request that is being carried out.
    runtime: Runtime,
    is_repeat: bool,
}

struct Inner {
    world: Arc<CrmWorld>,
    accounts: Accounts,
    known: Known,
    hasher: Hasher,
    throttle: Throttle,
    public_url: Option<String>,
    demo: Option<Vec<DemoAccount>>,
    closing: watch::Sender<bool>,
    in_flight: InFlight,
}

/// What a closure given to [`App::write`] returns.
pub type Writing<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'a>>;

/// What a write of the API happens with.
pub struct Write<'a> {
    /// The change, for writes to records.
    pub change: Change<'a>,
    /// Who may see and change what.
    pub scope: &'a Scope,
    /// The engine's side of it.
    pub context: &'a WriteContext,
}

impl Write<'_> {
    /// The writer's transaction.
    pub fn tx(&self) -> &DatabaseTransaction {
        self.change.tx
    }
}

impl App {
    /// A server over a running engine.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(runtime: Runtime, world: Arc<CrmWorld>) -> Result<App, ApiError> {
        let inner = Inner {
            world,
            accounts: Accounts::default(),
            known: Known::new(runtime.subscribe()),
            hasher: Hasher::new()?,
            throttle: Throttle::default(),
            public_url: None,
            demo: None,
            closing: watch::channel(false).0,
            in_flight: InFlight::default(),
        };
        Ok(App {
            inner: Arc::new(inner),
            runtime,
            is_repeat: false,
        })
    }

    /// The address that people use. Before the app is shared only.
    #[must_use]
    pub fn with_public_url(self, url: &str) -> App {
        self.with(|inner| inner.public_url = Some(url.to_owned()))
    }

    /// Shows the demo company: its clock can be moved, and its passwords are no secret. Before the app is shared only.
    #[must_use]
    pub fn with_demo(self, accounts: Vec<DemoAccount>) -> App {
        self.with(|inner| inner.demo = Some(accounts))
    }

    fn with(mut self, set: impl FnOnce(&mut Inner)) -> App {
        match Arc::get_mut(&mut self.inner) {
            Some(inner) => set(inner),
            None => tracing::error!("the server was set up after it had started"),
        }
        self
    }

    /// The engine.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The same server, whose commands go under an idempotency key.
    #[must_use]
    pub fn once(&self, once: Once, is_repeat: bool) -> App {
        App {
            inner: self.inner.clone(),
            runtime: self.runtime.once(once),
            is_repeat,
        }
    }

    /// Whether a command of this request was carried out before, but not answered: then whether it may be carried out
    /// was looked at then.
    pub fn is_repeat(&self) -> bool {
        self.is_repeat
    }

    /// The keys of requests that are under way.
    pub fn in_flight(&self) -> &InFlight {
        &self.inner.in_flight
    }

    /// The customer records as processes see them.
    pub fn world(&self) -> &CrmWorld {
        &self.inner.world
    }

    /// Who is signed in.
    pub fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// Who is signed in and what people are called, as far as it is in memory.
    pub fn known(&self) -> &Known {
        &self.inner.known
    }

    /// Passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    /// Who has to wait before trying another password.
    pub fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    /// The address that people use, if it is known.
    pub fn public_url(&self) -> Option<&str> {
        self.inner.public_url.as_deref()
    }

    /// Who may try the demo; none if this is none.
    pub fn demo(&self) -> Option<&[DemoAccount]> {
        self.inner.demo.as_deref()
    }

    /// Connections for reading.
    pub fn reader(&self) -> &DatabaseConnection {
        self.runtime.database().readers()
    }

    /// The process time.
    pub fn now(&self) -> Timestamp {
        self.runtime.now()
    }

    /// Ends what goes on for ever: the streams of events.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// Tells when [`App::close`] was called.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.inner.closing.subscribe()
    }

    /// Writes for a person, in the writer's transaction. Whatever fails keeps nothing. `work` may run more than once.
    ///
    /// # Errors
    /// What `work` gives, or why the engine could not take it on.
    pub async fn write<T, F>(&self, session: &Session, work: F) -> Result<T, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> Fn(&'a Write<'a>) -> Writing<'a, T> + Send + Sync + 'static,
    {
        let actor = CrmActor::User {
            key: session.key,
            name: session.name.clone(),
        };
        self.write_as(session.actor(), actor, session.scope().clone(), work)
            .await
    }

    /// Writes what the server does by itself.
    ///
    /// # Errors
    /// What `work` gives, or why the engine could not take it on.
    pub async fn write_by_itself<T, F>(&self, work: F) -> Result<T, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> Fn(&'a Write<'a>) -> Writing<'a, T> + Send + Sync + 'static,
    {
        self.write_as(Actor::System, CrmActor::System, Scope::system(), work)
            .await
    }

    /// Writes as somebody.
    ///
    /// # Errors
    /// What `work` gives, or why the engine could not take it on.
    pub async fn write_as<T, F>(
        &self,
        actor: Actor,
        crm_actor: CrmActor,
        scope: Scope,
        work: F,
    ) -> Result<T, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> Fn(&'a Write<'a>) -> Writing<'a, T> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        let written = self.runtime().write(actor, move |tx, cx| {
            let (work, scope, actor) = (work.clone(), scope.clone(), crm_actor.clone());
            Box::pin(async move {
                let keys = RecordKeys(cx.keys.clone());
                let cause = Cause {
                    processes: cx.causes.iter().map(ToString::to_string).collect(),
                };
                let change = Change {
                    tx,
                    now: cx.now,
                    keys: &keys,
                    actor,
                    cause,
                };
                let write = Write {
                    change,
                    scope: &scope,
                    context: cx,
                };
                work(&write).await
            })
        });
        written.await?
    }
}

/// The engine's keys, for records.
struct RecordKeys(Arc<Keys>);

impl KeySource for RecordKeys {
    fn next_key(&self) -> i64 {
        self.0.next_key().as_i64()
    }
}

impl From<super::key::Key> for RecordKey {
    fn from(key: super::key::Key) -> RecordKey {
        RecordKey(key.0)
    }
}

impl From<RecordKey> for super::key::Key {
    fn from(key: RecordKey) -> super::key::Key {
        super::key::Key(key.0)
    }
}
