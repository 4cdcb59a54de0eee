//! Draws random models. The same seed gives the same model.

mod activity;
mod event;
mod tangle;
mod theme;

use crate::model::*;
use crate::rng::Rng;

/// What stands around what is being drawn.
#[derive(Clone, Copy, Debug)]
struct Around {
    depth: usize,
    /// End events may be drawn in this scope.
    draws_ends: bool,
    in_transaction: bool,
    /// What is thrown here cannot come back to where it is thrown again and again.
    may_throw: bool,
    /// It undoes something: what it counts with it could not count up.
    undoes: bool,
    /// A gateway leads back to before it, in the same scope.
    in_loop: bool,
}

/// Draws one model.
pub fn model(seed: u64) -> Model {
    let mut rng = Rng::new(seed);
    let left = match rng.below(10) {
        0..=5 => rng.between(1, 4),
        6..=8 => rng.between(4, 9),
        _ => rng.between(9, 22),
    };
    let predictable = rng.percent(20);
    let is_tangled = !predictable && rng.percent(25);
    let mut generator = Generator {
        rng,
        left,
        predictable,
    };
    let around = Around {
        depth: 0,
        draws_ends: true,
        in_transaction: false,
        may_throw: true,
        undoes: false,
        in_loop: false,
    };
    let process = generator.process(around, is_tangled);
    Model {
        process,
        n: generator.rng.below(5),
        has_subject: generator.rng.percent(30),
        caller: (!predictable && generator.rng.percent(20)).then(|| Called {
            catches_errors: generator.rng.percent(50),
            catches_escalations: generator.rng.percent(70),
            interrupting: generator.rng.percent(50),
        }),
        predictable,
    }
}

struct Generator {
    rng: Rng,
    /// How many elements are still to be drawn, about.
    left: usize,
    predictable: bool,
}

impl Generator {
    fn spend(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    fn process(&mut self, around: Around, is_tangled: bool) -> Scope {
        let begins = match self.rng.below(20) {
            0..=11 => Begins::Start,
            12..=13 => Begins::ByItself,
            14..=16 => Begins::Events(self.start_events()),
            _ if self.predictable => Begins::Start,
            17 => Begins::Receive,
            _ => Begins::Gateway {
                parallel: self.rng.percent(50),
                events: self.events_that_begin(),
            },
        };
        self.scope(around, begins, is_tangled)
    }

    fn sub_process(&mut self, around: Around) -> Scope {
        let begins = match self.rng.percent(80) {
            true => Begins::Start,
            false => Begins::ByItself,
        };
        let is_tangled = !self.predictable && self.rng.percent(8);
        self.scope(around, begins, is_tangled)
    }

    fn scope(&mut self, around: Around, begins: Begins, is_tangled: bool) -> Scope {
        let draws_ends = !matches!(begins, Begins::ByItself);
        let inside = Around {
            draws_ends,
            in_loop: false,
            ..around
        };
        let content = match is_tangled && draws_ends {
            true => Content::Tangle(self.tangle(inside)),
            false if draws_ends && !self.predictable && around.depth < 2 && self.rng.percent(5) => {
                Content::Block(self.theme(inside))
            }
            false => Content::Block(self.block(inside)),
        };
        let end = match self
            .rng
            .percent(if around.in_transaction { 50 } else { 75 })
        {
            true => Throw::None,
            false => self.end(inside),
        };
        let has_handlers =
            !self.predictable && self.rng.percent(if around.depth == 0 { 12 } else { 25 });
        let handlers = match has_handlers {
            true => self.handlers(inside),
            false => Vec::new(),
        };
        Scope {
            begins,
            content,
            end,
            handlers,
            has_data: self.rng.percent(15),
        }
    }

    fn block(&mut self, around: Around) -> Block {
        self.spend();
        if self.left < 2 || around.depth > 4 {
            return self.leaf(around);
        }
        let inside = Around {
            depth: around.depth + 1,
            ..around
        };
        match self.rng.below(100) {
            0..=21 => self.leaf(around),
            22..=46 => {
                let parts = self.rng.between(2, 3);
                Block::Sequence((0..parts).map(|_| self.block(inside)).collect())
            }
            47..=76 => self.branches(inside),
            77..=83 if !around.undoes => Block::Again {
                // In a loop, what waits for this one to end could still come to its entry: it would wait for itself.
                inclusive: !around.in_loop && self.rng.percent(40),
                body: Box::new(self.block(Around {
                    in_loop: true,
                    ..inside
                })),
                times: self.rng.between(1, 3),
            },
            84..=88 if !self.predictable => {
                let receives = self.rng.percent(30);
                let events = self.events_behind(receives);
                let ways = events.into_iter();
                Block::Await {
                    receives,
                    ways: ways.map(|event| (event, self.block(inside))).collect(),
                }
            }
            89..=92 => Block::Bundle {
                gives: Box::new(self.plain_activity(inside)),
                takes: Box::new(self.activity(inside)),
                quantity: self.rng.between(2, 3),
            },
            93..=98 if !self.predictable && around.draws_ends => Block::Stop {
                how: self.stop(around),
                when: self.rng.below(3),
            },
            _ => Block::Activity(Box::new(self.activity(inside))),
        }
    }

    fn branches(&mut self, inside: Around) -> Block {
        let number = self.rng.between(2, 3);
        let split = match self.rng.below(12) {
            0..=2 => Split::Exclusive,
            3..=4 => Split::Parallel,
            5..=7 => Split::Inclusive,
            8 => Split::Complex(self.rng.between(1, number)),
            9 => Split::Chosen,
            10 => Split::Implicit {
                conditional: self.rng.percent(50),
            },
            _ => Split::ImplicitMerge,
        };
        Block::Branches {
            split,
            branches: (0..number).map(|_| self.block(inside)).collect(),
            has_default: self.predictable || self.rng.percent(85),
        }
    }

    fn leaf(&mut self, around: Around) -> Block {
        match self.rng.below(20) {
            0..=10 => Block::Activity(Box::new(self.activity(around))),
            11..=14 => Block::Catch(self.caught_once()),
            15..=17 => Block::Throw(self.thrown(around)),
            18 => Block::Link,
            _ if self.predictable || !around.draws_ends => Block::Link,
            _ => Block::Stop {
                how: self.stop(around),
                when: self.rng.below(3),
            },
        }
    }
}
