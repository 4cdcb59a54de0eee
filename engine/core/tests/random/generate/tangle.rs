//! Random elements with flows between them that lead anywhere.

use super::{Around, Generator};
use crate::model::*;

impl Generator {
    pub(super) fn tangle(&mut self, around: Around) -> Tangle {
        let inside = Around {
            depth: around.depth + 1,
            ..around
        };
        let number = self.rng.between(3, 4 + self.left.min(7));
        let mut knots = vec![Knot::Gateway(self.gateway())];
        knots.extend((1..number).map(|_| self.knot(inside, number + 1)));
        let end = match self.rng.percent(80) {
            true => Throw::None,
            false => self.end(inside),
        };
        knots.push(Knot::End(end));
        let mut flows = Vec::new();
        for from in 0..number {
            self.flows_from(&knots, from, &mut flows);
        }
        self.reach_all(&knots, &mut flows);
        Tangle { knots, flows }
    }

    fn knot(&mut self, inside: Around, knots: usize) -> Knot {
        match self.rng.below(20) {
            0..=8 => Knot::Gateway(self.gateway()),
            9 => Knot::Block(Block::Catch(self.caught())),
            10..=11 => Knot::Block(self.leaf(inside)),
            12 if self.left > 2 => Knot::Block(self.block(inside)),
            13 => Knot::Await(
                self.events_behind(false)
                    .into_iter()
                    .map(|event| (event, self.place(knots)))
                    .collect(),
            ),
            14 => Knot::Link(self.place(knots)),
            _ => self.guarded(inside, knots),
        }
    }

    fn guarded(&mut self, inside: Around, knots: usize) -> Knot {
        let activity = Box::new(self.activity(inside));
        let ways = (0..activity.boundary.len())
            .map(|_| self.place(knots))
            .collect();
        let quantity = |generator: &mut Generator| match generator.rng.percent(10) {
            true => 2,
            false => 1,
        };
        Knot::Guarded {
            activity,
            ways,
            takes: quantity(self),
            gives: quantity(self),
        }
    }

    fn gateway(&mut self) -> Gateway {
        match self.rng.below(10) {
            0..=2 => Gateway::Exclusive,
            3..=4 => Gateway::Parallel,
            5..=7 => Gateway::Inclusive,
            8 => Gateway::Complex(Some(
                self.rng
                    .between(0, 2)
                    .max(usize::from(self.rng.percent(85))),
            )),
            _ => Gateway::Complex(None),
        }
    }

    /// Any knot but the first, which begins.
    fn place(&mut self, knots: usize) -> usize {
        1 + self.rng.below(knots - 1)
    }

    fn flows_from(&mut self, knots: &[Knot], from: usize, flows: &mut Vec<TangleFlow>) {
        if matches!(knots[from], Knot::Await(_) | Knot::Link(_) | Knot::End(_)) {
            return;
        }
        let may_split = match &knots[from] {
            Knot::Gateway(_) => 70,
            Knot::Guarded { .. } => 25,
            _ => 0,
        };
        let number = match self.rng.percent(may_split) {
            true => self.rng.between(2, 3),
            false => 1,
        };
        let chooses = match &knots[from] {
            Knot::Gateway(gateway) => *gateway != Gateway::Parallel,
            Knot::Guarded { .. } => self.rng.percent(50),
            _ => false,
        };
        for nth in 0..number {
            // Mostly onwards, so that something comes to an end.
            let to = match self.rng.percent(75) {
                true => self.rng.between(from + 1, knots.len() - 1),
                false => self.place(knots.len()),
            };
            let is_last = nth + 1 == number;
            let is_default = chooses && is_last && number > 1 && self.rng.percent(85);
            flows.push(TangleFlow {
                from,
                to,
                condition: (chooses && number > 1 && !is_default)
                    .then(|| self.rng.below(CHOICES.len())),
                is_default,
            });
        }
    }

    /// Something leads to every knot.
    fn reach_all(&mut self, knots: &[Knot], flows: &mut Vec<TangleFlow>) {
        for to in 1..knots.len() {
            let is_led_to = flows.iter().any(|flow| flow.to == to)
                || knots.iter().any(|knot| match knot {
                    Knot::Await(ways) => ways.iter().any(|(_, way)| *way == to),
                    Knot::Guarded { ways, .. } => ways.contains(&to),
                    Knot::Link(way) => *way == to,
                    _ => false,
                });
            if !is_led_to {
                let from = self.rng.below(to);
                let sources = (0..knots.len()).map(|nth| (from + knots.len() - nth) % knots.len());
                let mut can_lead = sources
                    .filter(|&at| matches!(knots[at], Knot::Gateway(_) | Knot::Guarded { .. }));
                if let Some(from) = can_lead.next() {
                    flows.push(TangleFlow {
                        from,
                        to,
                        condition: None,
                        is_default: false,
                    });
                }
            }
        }
    }
}
