//! What seldom comes together by chance: a transaction that is cancelled, what is undone from inside, an escalation with its
//! catcher.

use super::{Around, Generator};
use crate::model::*;

impl Generator {
    pub(super) fn theme(&mut self, around: Around) -> Block {
        let inside = Around {
            depth: around.depth + 1,
            draws_ends: true,
            in_loop: false,
            ..around
        };
        match self.rng.below(3) {
            0 => self.cancelled_transaction(inside),
            1 => self.undone_from_inside(inside),
            _ => self.escalated(inside),
        }
    }

    fn cancelled_transaction(&mut self, inside: Around) -> Block {
        let inside = Around {
            in_transaction: true,
            ..inside
        };
        let mut first = self.plain_activity(inside);
        first.undone_by = Some(Box::new(self.undoing(inside)));
        let rest = self.block(inside);
        let stop = Block::Stop {
            how: Throw::Cancel,
            when: self.rng.below(3),
        };
        let end = match self.rng.percent(50) {
            true => Throw::Cancel,
            false => Throw::None,
        };
        let content = Block::Sequence(vec![Block::Activity(Box::new(first)), rest, stop]);
        let mut transaction = self.around(Work::Transaction(holding(content, end)));
        transaction.boundary.push(super::activity::cancelled());
        Block::Activity(Box::new(transaction))
    }

    fn undone_from_inside(&mut self, inside: Around) -> Block {
        let undoes = Around {
            undoes: true,
            may_throw: false,
            ..inside
        };
        let handler = EventSubProcess {
            event: None,
            interrupting: true,
            content: self.block(undoes),
            end: Throw::None,
        };
        let mut scope = holding(self.block(inside), Throw::None);
        scope.handlers.push(handler);
        let sub_process = self.around(Work::Sub(scope));
        let throw = Throw::Compensation {
            named: false,
            waits: self.rng.percent(70),
        };
        Block::Sequence(vec![
            Block::Activity(Box::new(sub_process)),
            Block::Throw(throw),
        ])
    }

    fn escalated(&mut self, inside: Around) -> Block {
        let code = self.rng.between(1, 2);
        let interrupting = self.rng.percent(50);
        let throw = Block::Throw(Throw::Escalation(code));
        let content = Block::Sequence(vec![self.block(inside), throw, self.block(inside)]);
        let mut sub_process = self.around(Work::Sub(holding(content, Throw::None)));
        let trigger = Trigger::Escalation(self.rng.percent(50).then_some(code));
        sub_process.boundary.push(Boundary {
            event: Event {
                triggers: vec![trigger],
                all: false,
            },
            interrupting,
            then: match interrupting {
                true => None,
                false => Some(self.block(Around {
                    may_throw: false,
                    ..inside
                })),
            },
        });
        Block::Activity(Box::new(sub_process))
    }

    fn around(&mut self, work: Work) -> Activity {
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
}

fn holding(content: Block, end: Throw) -> Scope {
    Scope {
        begins: Begins::Start,
        content: Content::Block(content),
        end,
        handlers: Vec::new(),
        has_data: false,
    }
}
