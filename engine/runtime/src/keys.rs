//! Where keys come from: 64 bits, ordered by time, never given twice.
//!
//! A high-water mark is stored ahead of the keys that are given out. A restart goes on above the mark, so that a machine
//! whose clock jumped back does not give the same key again.

use std::sync::atomic::{AtomicU64, Ordering};

use redthread_calendar::Timestamp;
use redthread_core::Key;

/// How far ahead the mark is stored, in milliseconds: so often is it rewritten.
const MARK_AHEAD_MILLIS: i64 = 10_000;

/// Gives out keys for everything that lives. Shared by all who need one.
#[derive(Debug)]
pub struct Keys {
    node: u16,
    latest: AtomicU64,
}

impl Keys {
    /// Keys of a node, all above the stored high-water mark.
    pub(crate) fn new(node: u16, mark: Key) -> Keys {
        Keys {
            node,
            latest: AtomicU64::new(mark.0),
        }
    }

    /// Tells it the time, so that the next keys are of that time.
    pub(crate) fn advance(&self, now: Timestamp) {
        let floor = Key::first_of(now.as_micros().div_euclid(1_000), self.node);
        self.latest.fetch_max(floor.0, Ordering::Relaxed);
    }

    /// The next key.
    pub fn next_key(&self) -> Key {
        let step = |latest| Some(Key(latest).successor().0);
        // The closure always gives a value, so both arms hold the key before.
        match self
            .latest
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
        {
            Ok(before) | Err(before) => Key(before).successor(),
        }
    }

    /// The last key that was given out, at least.
    pub(crate) fn latest(&self) -> Key {
        Key(self.latest.load(Ordering::Relaxed))
    }

    /// Goes on after keys that a step drew by itself.
    pub(crate) fn used_to(&self, next_free: Key) {
        self.latest
            .fetch_max(next_free.0.saturating_sub(1), Ordering::Relaxed);
    }

    /// The mark to store now.
    pub(crate) fn mark_ahead(&self) -> Key {
        let (millis, counter_and_node) = (self.latest().0 >> 22, self.latest().0 & 0x3f_ffff);
        Key(((millis + MARK_AHEAD_MILLIS as u64) << 22) | counter_and_node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_up_across_time_and_restarts() {
        let keys = Keys::new(1, Key(0));
        keys.advance(Timestamp::parse("2026-01-05T09:00:00Z").unwrap());
        let first = keys.next_key();
        assert!(keys.next_key() > first);
        keys.used_to(Key(first.0 + 100));
        assert_eq!(keys.next_key(), Key(first.0 + 100));

        let restarted_with_a_clock_set_back = Keys::new(1, keys.mark_ahead());
        restarted_with_a_clock_set_back.advance(Timestamp::parse("2025-01-05T09:00:00Z").unwrap());
        assert!(restarted_with_a_clock_set_back.next_key() > keys.next_key());
    }
}
