//! Random events.

use super::{Around, Generator};
use crate::model::*;

impl Generator {
    fn timer(&mut self) -> Timer {
        self.rng.pick(&[
            Timer::Duration,
            Timer::Duration,
            Timer::Date,
            Timer::Cycle,
            Timer::Cron,
            Timer::Working,
            Timer::Missing,
        ])
    }

    fn trigger(&mut self) -> Trigger {
        match self.rng.below(9) {
            0..=2 => Trigger::Timer(self.timer()),
            3..=4 => Trigger::Message(self.rng.between(1, 2)),
            5 => Trigger::Signal(self.signal()),
            6 => Trigger::SignalByReference,
            // What says where the tokens of a predictable process go stays as it is.
            _ if self.predictable => Trigger::Condition(self.rng.below(3)),
            _ => Trigger::Condition(self.rng.below(CONDITIONS.len())),
        }
    }

    /// One of two signals, or, seldom, one whose name is not there at first.
    fn signal(&mut self) -> usize {
        match self.rng.percent(6) {
            true => 3,
            false => self.rng.between(1, 2),
        }
    }

    fn single(&mut self, trigger: Trigger) -> Event {
        Event {
            triggers: vec![trigger],
            all: false,
        }
    }

    /// What an intermediate catch event waits for.
    pub(super) fn caught(&mut self) -> Event {
        match self.rng.below(10) {
            0 => self.single(Trigger::Record),
            1..=2 => self.several(),
            _ => {
                let trigger = self.trigger();
                self.single(trigger)
            }
        }
    }

    /// The same, without a cycle: what occurs more than once gives more than one token.
    pub(super) fn caught_once(&mut self) -> Event {
        let mut event = self.caught();
        for trigger in &mut event.triggers {
            if matches!(trigger, Trigger::Timer(Timer::Cycle | Timer::Cron)) {
                *trigger = Trigger::Timer(Timer::Duration);
            }
        }
        event
    }

    fn several(&mut self) -> Event {
        let number = self.rng.between(2, 3);
        Event {
            triggers: (0..number).map(|_| self.trigger()).collect(),
            all: self.rng.percent(50),
        }
    }

    /// What stands around what it catches: the event of a boundary or of an event sub-process.
    pub(super) fn surrounding(&mut self, interrupting: bool) -> Event {
        let code = match self.rng.percent(50) {
            true => Some(self.rng.between(1, 2)),
            false => None,
        };
        match self.rng.below(10) {
            0..=2 if interrupting => self.single(Trigger::Error(code)),
            0..=4 => self.single(Trigger::Escalation(code)),
            // A multiple event may catch what is thrown beside what is waited for.
            5 if interrupting => Event {
                triggers: vec![Trigger::Error(code), Trigger::Message(1)],
                all: false,
            },
            _ if interrupting => self.caught_once(),
            _ => self.caught(),
        }
    }

    /// The start events of a process.
    pub(super) fn start_events(&mut self) -> Vec<Event> {
        let number = match self.predictable || self.rng.percent(60) {
            true => 1,
            false => 2,
        };
        (0..number).map(|_| self.start_event()).collect()
    }

    fn start_event(&mut self) -> Event {
        let triggers = [
            Trigger::Timer(Timer::Cron),
            Trigger::Timer(Timer::Duration),
            Trigger::Message(1),
            Trigger::Signal(1),
            Trigger::SignalByReference,
            Trigger::Record,
        ];
        let first = self.rng.pick(&triggers);
        let second = self.rng.pick(&triggers[..5]);
        match self.rng.percent(20) && first != Trigger::Record {
            true => Event {
                triggers: vec![first, second],
                all: false,
            },
            false => self.single(first),
        }
    }

    /// The events behind an event-based gateway.
    pub(super) fn events_behind(&mut self, receives: bool) -> Vec<Event> {
        let number = self.rng.between(2, 3);
        (0..number)
            .map(|_| {
                let trigger = match receives {
                    true => self.rng.pick(&[
                        Trigger::Message(1),
                        Trigger::Timer(Timer::Duration),
                        Trigger::Condition(0),
                    ]),
                    false => self.trigger(),
                };
                self.single(trigger)
            })
            .collect()
    }

    /// The events behind an event-based gateway that begins a process: no conditions, as there is nothing yet that they could
    /// be about.
    pub(super) fn events_that_begin(&mut self) -> Vec<Event> {
        let mut events = self.events_behind(false);
        for trigger in events.iter_mut().flat_map(|event| &mut event.triggers) {
            if matches!(trigger, Trigger::Condition(_)) {
                *trigger = Trigger::Message(1);
            }
        }
        events
    }

    /// What an intermediate event throws.
    pub(super) fn thrown(&mut self, around: Around) -> Throw {
        match self.rng.below(10) {
            0..=1 => Throw::Compensation {
                named: self.rng.percent(40),
                waits: self.rng.percent(60),
            },
            2 => Throw::MessageByJob,
            3 => Throw::Message,
            4..=6 if around.may_throw => Throw::Signal(self.signal()),
            7..=8 if around.may_throw => Throw::Escalation(self.rng.between(1, 2)),
            9 => Throw::Multiple(vec![
                Throw::Message,
                Throw::Compensation {
                    named: false,
                    waits: true,
                },
            ]),
            _ => Throw::None,
        }
    }

    /// How a scope ends whose content has ended.
    pub(super) fn end(&mut self, around: Around) -> Throw {
        match self.rng.below(8) {
            0 if !self.predictable => self.stop(around),
            1 if !self.predictable => Throw::Terminate,
            _ => self.thrown(around),
        }
    }

    /// How a scope ends before its content has.
    pub(super) fn stop(&mut self, around: Around) -> Throw {
        match self.rng.below(10) {
            0..=4 | 9 if around.in_transaction => Throw::Cancel,
            0..=4 => Throw::Error(self.rng.between(1, 2)),
            5..=8 => Throw::Terminate,
            _ => Throw::Multiple(vec![Throw::Message, Throw::Error(1)]),
        }
    }

    pub(super) fn handlers(&mut self, around: Around) -> Vec<EventSubProcess> {
        let number = self.rng.between(1, 2);
        (0..number).map(|_| self.handler(around)).collect()
    }

    fn handler(&mut self, around: Around) -> EventSubProcess {
        let interrupting = self.rng.percent(50);
        let undoes = around.depth > 0 && self.rng.percent(20);
        let event = match undoes {
            true => None,
            false => Some(self.surrounding(interrupting)),
        };
        let inside = Around {
            depth: around.depth + 1,
            draws_ends: true,
            in_transaction: false,
            may_throw: around.may_throw && interrupting,
            undoes: around.undoes || undoes,
            in_loop: false,
        };
        let content = self.block(inside);
        let end = match self.rng.percent(80) {
            true => Throw::None,
            false => self.thrown(inside),
        };
        EventSubProcess {
            event,
            interrupting,
            content,
            end,
        }
    }
}
