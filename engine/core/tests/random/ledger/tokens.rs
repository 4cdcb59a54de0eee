//! The books of tokens: where each comes from, and what takes it.

use std::collections::BTreeSet;

use redthread_bpmn::graph::{ElementIx, ElementKind, Id, SubProcess, Throw, Timer, Trigger};
use redthread_core::Key;

use super::Ledger;
use crate::failure::{Failure, law};

impl Ledger<'_> {
    /// Whether an element begins with as many tokens as it takes.
    pub(super) fn may_begin(
        &mut self,
        ix: ElementIx,
        scope: Key,
        consumed: &[Id],
    ) -> Result<(), Failure> {
        let graph = self.graph;
        let element = graph.element(ix);
        let ids: Vec<&Id> = element
            .incoming
            .iter()
            .map(|flow| &graph.flow(*flow).id)
            .collect();
        let distinct: BTreeSet<&Id> = consumed.iter().collect();
        let takes_right = match &element.kind {
            _ if ids.is_empty() => consumed.is_empty(),
            ElementKind::ParallelGateway => {
                distinct.len() == ids.len() && consumed.len() == ids.len()
            }
            ElementKind::InclusiveGateway
            | ElementKind::ComplexGateway {
                activation: Some(_),
            } => !consumed.is_empty() && distinct.len() == consumed.len(),
            _ => consumed.len() == element.start_quantity as usize,
        };
        let is_incoming = consumed.iter().all(|flow| ids.contains(&flow));
        law(
            takes_right && is_incoming,
            "an element begins with its tokens",
            || format!("{} took {consumed:?} of {ids:?}", element.id),
        )?;
        // What nothing leads to begins once with its scope, but where somebody chooses or something occurs.
        let is_start = matches!(element.kind, ElementKind::StartEvent { .. });
        let around = element.parent.map(|around| &graph.element(around).kind);
        let is_chosen = matches!(around, Some(ElementKind::SubProcess(SubProcess::AdHoc(_))));
        let occurs = matches!(
            element.kind,
            ElementKind::BoundaryEvent { .. }
                | ElementKind::SubProcess(SubProcess::Event)
                | ElementKind::CatchEvent(_)
        );
        if is_start || ids.is_empty() && !is_chosen && !occurs && !element.for_compensation {
            let is_first = self.begun.insert((scope, ix));
            return law(is_first, "what begins by itself begins once", || {
                element.id.to_string()
            });
        }
        Ok(())
    }

    pub(super) fn consume(&mut self, scope: Key, consumed: &[Id]) -> Result<(), Failure> {
        for flow in consumed {
            let place = (scope, flow.clone());
            let standing = self.tokens.get(&place).copied().unwrap_or_default();
            law(standing > 0, "a token that is taken stood there", || {
                flow.to_string()
            })?;
            match standing {
                1 => self.tokens.remove(&place),
                _ => self.tokens.insert(place, standing - 1),
            };
        }
        Ok(())
    }

    pub(super) fn flow_taken(&mut self, flow: &Id, scope: Key) -> Result<(), Failure> {
        self.lives_scope(scope)?;
        let graph = self.graph;
        let taken = graph
            .find_flow(flow)
            .map(|ix| graph.flow(ix))
            .ok_or_else(|| Failure {
                law: "flows are in the diagram",
                found: flow.to_string(),
            })?;
        let source = graph.element(taken.source);
        let around = self.lives.get(&scope).map(|life| life.ix);
        law(
            source.parent == around,
            "a token stands in the scope of its flow",
            || flow.to_string(),
        )?;
        *self.tokens.entry((scope, flow.clone())).or_default() += 1;
        if let Some(giving) = &mut self.giving
            && giving.ix == taken.source
            && giving.scope == scope
        {
            *giving.taken.entry(flow.clone()).or_default() += 1;
            return Ok(());
        }
        self.given()?;
        let lives = self
            .lives
            .values()
            .any(|life| life.ix == taken.source && life.scope == scope);
        let goes_early = match &source.kind {
            ElementKind::ComplexGateway {
                activation: Some(_),
            } => lives,
            ElementKind::EventBasedGateway { .. } => true,
            ElementKind::ThrowEvent(throw) => lives && goes_on_early(throw),
            // A cycle that has an end gives a token each time.
            ElementKind::CatchEvent(Trigger::Timer(Timer::Cycle(_))) => lives,
            _ => false,
        };
        law(goes_early, "a token comes from what has completed", || {
            flow.to_string()
        })
    }

    /// Checks the tokens that an element has given.
    pub(super) fn given(&mut self) -> Result<(), Failure> {
        let Some(giving) = self.giving.take() else {
            return Ok(());
        };
        let graph = self.graph;
        let element = graph.element(giving.ix);
        let quantity = element.completion_quantity;
        let taken = &giving.taken;
        let flows: Vec<_> = element
            .outgoing
            .iter()
            .map(|flow| graph.flow(*flow))
            .collect();
        let all = |number: u32| {
            flows
                .iter()
                .all(|flow| taken.get(&flow.id) == Some(&number))
        };
        let each = taken.values().all(|number| *number == quantity);
        let chooses =
            element.default.is_some() || flows.iter().any(|flow| flow.condition.is_some());
        let is_right = match &element.kind {
            _ if giving.is_round => taken.is_empty(),
            _ if flows.is_empty() => taken.is_empty(),
            ElementKind::ExclusiveGateway => taken.len() == 1 && each,
            ElementKind::InclusiveGateway => !taken.is_empty() && each,
            ElementKind::ComplexGateway { activation: None } => !taken.is_empty() && each,
            ElementKind::ComplexGateway {
                activation: Some(_),
            } => each,
            ElementKind::EventBasedGateway { .. } => taken.len() <= 1 && each,
            ElementKind::ThrowEvent(throw) if goes_on_early(throw) => taken.is_empty(),
            _ if chooses => !taken.is_empty() && each,
            _ => all(quantity),
        };
        law(is_right, "what completes gives its tokens", || {
            format!("{} gave {taken:?}", element.id)
        })
    }
}

/// Whether a throw event lets its token go on before it has completed, or elsewhere.
fn goes_on_early(throw: &Throw) -> bool {
    throw.parts().iter().any(|part| {
        matches!(part, Throw::Compensation(thrown) if !thrown.waits)
            || matches!(part, Throw::Link(_))
    })
}
