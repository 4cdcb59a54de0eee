//! Random activities.

use super::{Around, Generator};
use crate::model::*;

impl Generator {
    /// An activity that ends in one way only: as many tokens leave it as it is to give.
    pub(super) fn plain_activity(&mut self, around: Around) -> Activity {
        let mut activity = self.activity(around);
        activity.boundary.retain(|boundary| !boundary.interrupting);
        if matches!(activity.work, Work::Transaction(_)) {
            activity.work = Work::User;
        }
        activity
    }

    pub(super) fn activity(&mut self, around: Around) -> Activity {
        self.spend();
        let inside = Around {
            depth: around.depth + 1,
            ..around
        };
        let work = self.work(inside);
        let repeats = match self.rng.percent(22) {
            true => Some(self.repeats()),
            false => None,
        };
        let undone_by = match !self.predictable && !around.undoes && self.rng.percent(20) {
            true => Some(Box::new(self.undoing(inside))),
            false => None,
        };
        let mut boundary = Vec::new();
        if !self.predictable && self.rng.percent(30) {
            for _ in 0..self.rng.between(1, 2) {
                boundary.push(self.boundary(inside));
            }
        }
        if matches!(work, Work::Transaction(_)) && !self.predictable {
            boundary.push(cancelled());
        }
        let listens = match self.rng.percent(12) {
            true => self.listens(matches!(work, Work::User)),
            false => Listens::default(),
        };
        Activity {
            work,
            boundary,
            repeats,
            undone_by,
            listens,
            maps: self.rng.percent(12),
        }
    }

    fn listens(&mut self, is_task: bool) -> Listens {
        Listens {
            start: self.rng.percent(50),
            end: self.rng.percent(50),
            creating: is_task && self.rng.percent(50),
            completing: is_task && self.rng.percent(50),
        }
    }

    fn work(&mut self, inside: Around) -> Work {
        let may_nest = self.left > 0 && inside.depth < 5;
        match self.rng.below(28) {
            0..=1 => Work::Undefined,
            2 => Work::Manual,
            3..=5 => Work::User,
            6..=7 => Work::Service,
            8 if self.rng.percent(40) => Work::ServiceOfMissing,
            8 => Work::Service,
            9 => Work::Send,
            10 => Work::SendByJob,
            11 => Work::Receive,
            12 => Work::Script,
            13 => Work::ScriptByJob,
            14 => Work::Decision,
            15 => Work::DecisionByJob,
            16 => Work::Call {
                all: self.rng.percent(50),
            },
            17..=20 if may_nest => Work::Sub(self.sub_process(inside)),
            21..=23 if may_nest => Work::Transaction(self.sub_process(Around {
                in_transaction: !self.predictable,
                ..inside
            })),
            24..=26 if may_nest => Work::AdHoc(self.ad_hoc(inside)),
            _ => Work::User,
        }
    }

    fn ad_hoc(&mut self, around: Around) -> AdHoc {
        let inside = Around {
            draws_ends: false,
            ..around
        };
        let number = self.rng.between(1, 3);
        let content: Vec<Block> = (0..number)
            .map(|nth| match nth == 0 || self.rng.percent(60) {
                true => Block::Activity(Box::new(self.activity(inside))),
                false => self.block(inside),
            })
            .collect();
        let completion = match !self.predictable && self.rng.percent(40) {
            true => Some(self.rng.below(CONDITIONS.len() + 1)),
            false => None,
        };
        let activates = match self.rng.below(3) {
            0 => Activates::Named(self.rng.below(3)),
            1 if !self.predictable => Activates::Person,
            _ => Activates::All,
        };
        let handlers = match !self.predictable && self.rng.percent(15) {
            true => self.handlers(inside),
            false => Vec::new(),
        };
        AdHoc {
            sequential: self.rng.percent(50),
            cancels_remaining: self.rng.percent(50),
            completion,
            activates,
            content,
            handlers,
        }
    }

    pub(super) fn repeats(&mut self) -> Repeats {
        if self.rng.percent(40) {
            let below = match self.rng.percent(75) {
                true if !self.predictable && self.rng.percent(8) => Some(9),
                true => Some(self.rng.below(4)),
                false => None,
            };
            return Repeats::Loop {
                test_before: self.rng.percent(50),
                below,
                maximum: match below.is_none() || self.rng.percent(40) {
                    true => Some(self.rng.between(1, 3)),
                    false => None,
                },
            };
        }
        let implicit = self.rng.pick(&[
            Implicit::Signal,
            Implicit::Escalation,
            Implicit::Escalation,
            Implicit::Message,
        ]);
        Repeats::MultiInstance {
            sequential: self.rng.percent(50),
            times: self.rng.below(4),
            collection: self.rng.percent(50),
            completion: match !self.predictable && self.rng.percent(25) {
                true if self.rng.percent(15) => Some(0),
                true => Some(self.rng.between(1, 3)),
                false => None,
            },
            behavior: match self.rng.below(8) {
                0 => Behavior::Each(implicit),
                1 => Behavior::First(implicit),
                2 => Behavior::Complex(implicit),
                _ => Behavior::All,
            },
        }
    }

    /// An activity that undoes another.
    pub(super) fn undoing(&mut self, around: Around) -> Activity {
        let inside = Around {
            undoes: true,
            may_throw: false,
            in_transaction: false,
            ..around
        };
        let work = match self.rng.below(4) {
            0 => self.work(inside),
            1 => Work::User,
            2 => Work::Script,
            _ => Work::Service,
        };
        Activity {
            work,
            boundary: Vec::new(),
            repeats: match self.rng.percent(15) {
                true => Some(self.repeats()),
                false => None,
            },
            undone_by: None,
            listens: Listens::default(),
            maps: false,
        }
    }

    fn boundary(&mut self, inside: Around) -> Boundary {
        let interrupting = self.rng.percent(60);
        let event = self.surrounding(interrupting);
        // A way of its own that does not come back would leave a join waiting: only what does not interrupt has one.
        let then = match interrupting {
            true => None,
            false => Some(self.block(Around {
                may_throw: false,
                ..inside
            })),
        };
        Boundary {
            event,
            interrupting,
            then,
        }
    }
}

/// What leaves a transaction that is cancelled.
pub(super) fn cancelled() -> Boundary {
    Boundary {
        event: Event {
            triggers: vec![Trigger::Cancel],
            all: false,
        },
        interrupting: true,
        then: None,
    }
}
