//! Process time: what timers, due dates and calendars go by. Sessions go by the real time instead.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use redthread_calendar::Timestamp;

use crate::error::RuntimeError;

/// Tells the process time, which never goes backwards.
pub trait Clock: Send + Sync + 'static {
    /// The process time now.
    fn now(&self) -> Timestamp;

    /// Moves the clock forward.
    ///
    /// # Errors
    /// A clock that follows the real time cannot be moved, and none goes back.
    fn set(&self, to: Timestamp) -> Result<(), RuntimeError>;

    /// Whether it goes on by itself. A clock that stands (in `play`) is moved by hand, and nothing wakes by itself.
    fn runs(&self) -> bool;

    /// How far it is ahead of the real time, in microseconds: what survives a restart. None: it was never moved, or
    /// it stands.
    fn offset(&self) -> Option<i64>;

    /// Goes on from where it was before a restart. Does nothing on a clock that cannot be moved.
    fn restore_offset(&self, offset: i64);
}

/// The real time in microseconds, for sessions and clocks that follow it.
pub fn real_now() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}

/// The real time, held fast while the machine's clock is set back.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: Mutex<Timestamp>,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let mut latest = self
            .latest
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *latest = (*latest).max(real_now());
        *latest
    }

    fn set(&self, _to: Timestamp) -> Result<(), RuntimeError> {
        Err(RuntimeError::ClockNotSettable)
    }

    fn runs(&self) -> bool {
        true
    }

    fn offset(&self) -> Option<i64> {
        None
    }

    fn restore_offset(&self, _offset: i64) {}
}

/// A clock that can be moved forward: it runs ahead of the real time (the demo), or stands until it is moved (`play`).
#[derive(Debug)]
pub struct SettableClock {
    hand: Mutex<Hand>,
    runs: bool,
}

#[derive(Debug)]
struct Hand {
    latest: Timestamp,
    offset: i64,
}

impl SettableClock {
    /// A clock that runs with the real time until it is moved, and from then on ahead of it.
    pub fn running() -> SettableClock {
        SettableClock {
            hand: Mutex::new(Hand {
                latest: Timestamp::MIN,
                offset: 0,
            }),
            runs: true,
        }
    }

    /// A clock that stands at an instant until it is moved.
    pub fn standing_at(at: Timestamp) -> SettableClock {
        SettableClock {
            hand: Mutex::new(Hand {
                latest: at,
                offset: 0,
            }),
            runs: false,
        }
    }

    fn with_hand<T>(&self, act: impl FnOnce(&mut Hand) -> T) -> T {
        act(&mut self
            .hand
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        self.with_hand(|hand| {
            if self.runs {
                hand.latest = hand
                    .latest
                    .max(real_now().saturating_add_micros(hand.offset));
            }
            hand.latest
        })
    }

    fn set(&self, to: Timestamp) -> Result<(), RuntimeError> {
        let now = self.now();
        self.with_hand(|hand| {
            if to < hand.latest {
                return Err(RuntimeError::ClockBackwards { now, asked: to });
            }
            hand.latest = to;
            if self.runs {
                hand.offset = to.as_micros().saturating_sub(real_now().as_micros());
            }
            Ok(())
        })
    }

    fn runs(&self) -> bool {
        self.runs
    }

    fn offset(&self) -> Option<i64> {
        self.with_hand(|hand| (self.runs && hand.offset != 0).then_some(hand.offset))
    }

    fn restore_offset(&self, offset: i64) {
        if self.runs {
            self.with_hand(|hand| hand.offset = hand.offset.max(offset));
        }
    }
}

/// A clock that cannot be moved may be this far behind the database: then the time stands still for a moment.
const BEHIND: i64 = 60_000_000;

/// Time does not go back over a restart, nor stand still for long: a clock that can be moved starts from where the
/// processes are.
pub(crate) fn catch_up(clock: &dyn Clock, floor: Timestamp) -> Result<(), RuntimeError> {
    let now = clock.now();
    if now >= floor {
        return Ok(());
    }
    match clock.set(floor) {
        Err(RuntimeError::ClockNotSettable) => {
            let behind = floor.as_micros().saturating_sub(now.as_micros());
            if behind < BEHIND {
                return Ok(());
            }
            Err(RuntimeError::Invalid(format!(
                "The processes in this database are at {floor} already, but the machine's clock shows only {now}. Nothing was changed. If it is the database of a demo whose clock was moved, open it as a demo again; else set the machine's clock right."
            )))
        }
        // It went past by itself meanwhile.
        Err(RuntimeError::ClockBackwards { .. }) => Ok(()),
        set => set,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn a_standing_clock_shows_what_it_was_set_to_and_does_not_go_back() {
        let nine = Timestamp::parse("2026-01-05T09:00:00Z").unwrap();
        let clock = SettableClock::standing_at(nine);
        assert_eq!(clock.now(), nine);
        clock.set(nine.saturating_add_micros(HOUR)).unwrap();
        assert_eq!(clock.now(), nine.saturating_add_micros(HOUR));
        assert!(matches!(
            clock.set(nine),
            Err(RuntimeError::ClockBackwards { .. })
        ));
        assert_eq!(clock.offset(), None);
    }

    #[test]
    fn a_running_clock_goes_on_ahead_of_the_real_time_after_a_restart() {
        let clock = SettableClock::running();
        clock.set(clock.now().saturating_add_micros(HOUR)).unwrap();
        let offset = clock.offset().unwrap();
        let restarted = SettableClock::running();
        restarted.restore_offset(offset);
        assert!(restarted.now() >= clock.now().saturating_add_micros(-HOUR / 60));
        assert!(restarted.now() > real_now().saturating_add_micros(HOUR / 2));
    }

    #[test]
    fn the_real_time_cannot_be_moved() {
        assert!(matches!(
            SystemClock::default().set(Timestamp::MAX),
            Err(RuntimeError::ClockNotSettable)
        ));
    }
}
