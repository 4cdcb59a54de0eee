//! Requests under the same idempotency key go one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::MutexGuard;

/// Whose key, and the key.
type Id = (String, String);
type Turns = Mutex<HashMap<Id, Arc<tokio::sync::Mutex<()>>>>;

/// The keys of requests that are under way.
#[derive(Debug, Clone, Default)]
pub struct InFlight {
    turns: Arc<Turns>,
}

/// A place in the row of a key. The row goes away with its last place.
#[derive(Debug)]
pub struct Place {
    turns: Arc<Turns>,
    id: Id,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl InFlight {
    /// Joins the row of a key.
    pub fn enter(&self, id: Id) -> Place {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(id.clone()).or_default().clone();
        Place {
            turns: self.turns.clone(),
            id,
            turn,
        }
    }
}

impl Place {
    /// Waits until those before have gone.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // One is the map's, one is ours.
        if Arc::strong_count(&self.turn) <= 2 {
            turns.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_goes_after_the_other_and_nothing_is_left() {
        let in_flight = InFlight::default();
        let id = || ("ann".to_owned(), "k".to_owned());
        let (first, second) = (in_flight.enter(id()), in_flight.enter(id()));
        let turn = first.turn().await;
        let mut waits = Box::pin(second.turn());
        assert!(futures::poll!(&mut waits).is_pending());
        drop(turn);
        drop(first);
        drop(waits.await);
        assert_eq!(in_flight.turns.lock().unwrap().len(), 1);
        drop(second);
        assert!(in_flight.turns.lock().unwrap().is_empty());
    }
}
