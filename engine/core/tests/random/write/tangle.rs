//! Writes elements with flows between them that lead anywhere.

use super::{Ends, Writer, same};
use crate::model::*;

impl Writer {
    /// Writes a tangle that follows `before`.
    pub(super) fn tangle(&mut self, tangle: &Tangle, before: &str) {
        let flows: Vec<String> = tangle.flows.iter().map(|_| self.id("flow")).collect();
        let mut ends: Vec<Ends> = Vec::new();
        for (at, knot) in tangle.knots.iter().enumerate() {
            let default = tangle.flows.iter().zip(&flows);
            let mut default = default.filter(|(flow, _)| flow.from == at && flow.is_default);
            let default = match default.next() {
                Some((_, id)) => format!(r#"default="{id}""#),
                None => String::new(),
            };
            ends.push(self.knot(knot, &default));
        }
        self.flow(before, &ends[0].0);
        for (flow, id) in tangle.flows.iter().zip(&flows) {
            let siblings = tangle.flows.iter().filter(|other| other.from == flow.from);
            let is_exclusive = matches!(tangle.knots[flow.from], Knot::Gateway(Gateway::Exclusive));
            // Where one flow is chosen, each but the default says when.
            let needs = is_exclusive && !flow.is_default && siblings.count() > 1;
            let condition = flow.condition.or(needs.then_some(0));
            let condition = condition.map(|nth| CHOICES[nth]);
            self.flow_of(id, &ends[flow.from].1, &ends[flow.to].0, condition);
        }
        for (at, knot) in tangle.knots.iter().enumerate() {
            self.ways_of(knot, &ends[at].0.clone(), &ends);
        }
    }

    fn knot(&mut self, knot: &Knot, default: &str) -> Ends {
        match knot {
            Knot::Block(block) => self.block(block, true),
            Knot::Gateway(Gateway::Exclusive) => same(self.node("exclusiveGateway", default, "")),
            Knot::Gateway(Gateway::Parallel) => same(self.node("parallelGateway", "", "")),
            Knot::Gateway(Gateway::Inclusive) => same(self.node("inclusiveGateway", default, "")),
            Knot::Gateway(Gateway::Complex(activation)) => {
                let condition = activation.map(super::activation).unwrap_or_default();
                same(self.node("complexGateway", default, &condition))
            }
            Knot::Await(_) => same(self.node("eventBasedGateway", "", "")),
            Knot::Link(_) => {
                let name = self.id("link");
                let link = format!(r#"<linkEventDefinition name="{name}"/>"#);
                let from = self.node("intermediateThrowEvent", "", &link);
                let to = self.node("intermediateCatchEvent", "", &link);
                (from, to)
            }
            Knot::Guarded {
                activity,
                takes,
                gives,
                ..
            } => {
                let id = self.id("activity");
                let attributes = super::activity::quantities(*takes, *gives);
                self.activity_of(&id, activity, &format!("{default} {attributes}"));
                same(id)
            }
            Knot::End(throw) => same(self.end(throw)),
        }
    }

    /// Writes the ways that lead from a knot by something else than its sequence flows.
    fn ways_of(&mut self, knot: &Knot, id: &str, ends: &[Ends]) {
        match knot {
            Knot::Await(ways) => {
                for (event, to) in ways {
                    let caught = self.event("intermediateCatchEvent", "", event);
                    self.flow(id, &caught);
                    self.flow(&caught, &ends[*to].0);
                }
            }
            Knot::Link(to) => {
                let catch = ends
                    .iter()
                    .find(|(first, _)| first == id)
                    .map(|(_, last)| last.clone());
                if let Some(catch) = catch {
                    self.flow(&catch, &ends[*to].0);
                }
            }
            Knot::Guarded { activity, ways, .. } => {
                for (boundary, to) in activity.boundary.iter().zip(ways) {
                    let event = self.boundary_event(id, boundary);
                    self.flow(&event, &ends[*to].0);
                }
            }
            Knot::Block(_) | Knot::Gateway(_) | Knot::End(_) => {}
        }
    }
}
