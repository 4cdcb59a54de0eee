//! What nearly every request asks: who is signed in, and what people and teams are called. It is kept in memory until
//! something of it changes.
//!
//! A write tells the feed what it touches before it is answered. The feed is looked at before each answer from memory, so
//! whoever asks after a write has been answered is told nothing older.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use redthread_runtime::Feed;
use tokio::sync::broadcast::{self, error::TryRecvError};

use super::accounts::{Session, SessionEnd, TokenHash};
use super::error::ApiError;
use super::names::{People, Teams};

/// How long something is kept at most: a session may run out, or another program may have changed something.
const KEPT: Duration = Duration::from_secs(5);
/// Sessions that are kept at most.
const SESSIONS: usize = 10_000;
/// What is touched by a change of people or teams.
pub const PEOPLE: &str = "people";

/// What is kept in memory.
pub struct Known {
    state: Mutex<State>,
}

struct State {
    feed: broadcast::Receiver<Arc<Feed>>,
    /// Goes up when something is forgotten: what began to be read before that is not kept.
    age: u64,
    sessions: HashMap<TokenHash, (Session, Instant)>,
    names: Option<(Names, Instant)>,
}

/// What people and teams are called.
#[derive(Clone)]
pub struct Names {
    /// People.
    pub people: Arc<People>,
    /// Teams.
    pub teams: Arc<Teams>,
}

impl Known {
    /// Nothing yet. `feed` tells what is touched from now on.
    pub fn new(feed: broadcast::Receiver<Arc<Feed>>) -> Known {
        let state = State {
            feed,
            age: 0,
            sessions: HashMap::new(),
            names: None,
        };
        Known {
            state: Mutex::new(state),
        }
    }

    /// The session of this token: `load` reads it where it is not known.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn session(
        &self,
        token: TokenHash,
        load: impl Future<Output = Result<Option<Session>, ApiError>>,
    ) -> Result<Option<Session>, ApiError> {
        let age = {
            let state = self.fresh();
            if let Some((session, since)) = state.sessions.get(&token)
                && since.elapsed() < KEPT
            {
                return Ok(Some(session.clone()));
            }
            state.age
        };
        let loaded = load.await?;
        let mut state = self.fresh();
        if let Some(session) = loaded.as_ref().filter(|_| state.age == age) {
            if state.sessions.len() >= SESSIONS {
                state.sessions.clear();
            }
            let kept = (session.clone(), Instant::now());
            state.sessions.insert(token, kept);
        }
        Ok(loaded)
    }

    /// What people and teams are called: `load` reads it where it is not known.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn names(
        &self,
        load: impl Future<Output = Result<Names, ApiError>>,
    ) -> Result<Names, ApiError> {
        let age = {
            let state = self.fresh();
            if let Some((names, since)) = &state.names
                && since.elapsed() < KEPT
            {
                return Ok(names.clone());
            }
            state.age
        };
        let loaded = load.await?;
        let mut state = self.fresh();
        if state.age == age {
            state.names = Some((loaded.clone(), Instant::now()));
        }
        Ok(loaded)
    }

    /// Sessions have ended.
    pub fn forget(&self, end: SessionEnd) {
        let mut state = self.fresh();
        state.age += 1;
        match end {
            SessionEnd::Session(token) => drop(state.sessions.remove(&token)),
            SessionEnd::User(user) => state.sessions.retain(|_, (session, _)| session.key != user),
        }
    }

    /// What is known, without what has been touched.
    fn fresh(&self) -> MutexGuard<'_, State> {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        loop {
            let is_touched = match state.feed.try_recv() {
                Ok(feed) => concerns_people(&feed),
                Err(TryRecvError::Lagged(_)) => true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return state,
            };
            if is_touched {
                state.age += 1;
                state.sessions.clear();
                state.names = None;
            }
        }
    }
}

fn concerns_people(feed: &Feed) -> bool {
    let touched = &feed.touched;
    let is_of_people = |kind: &str| matches!(kind, "user" | "team");
    touched.topics.contains(PEOPLE)
        || touched
            .records
            .iter()
            .any(|record| is_of_people(&record.kind))
}
