//! What an evaluation answers, and where on the way something went wrong.

use std::sync::{Arc, Mutex, PoisonError};

use redthread_feel::{Limit, Value, Warning};
use serde::{Deserialize, Serialize};

use super::trace::{Detail, Explanation, Traces};
use crate::logic::Place;

/// The result of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The result; null if a limit was reached.
    pub value: Value,
    /// What made values null on the way, in order.
    pub warnings: Vec<DecisionWarning>,
    /// The limit that ended the evaluation, if one did.
    pub limit: Option<Limit>,
    /// How the result came about, if that was asked for.
    pub explanation: Option<Explanation>,
}

/// Something that made a value null, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionWarning {
    /// The name of the decision, business knowledge model, service or input data.
    pub decision: Option<Arc<str>>,
    /// The id of the nearest element of the file that has one: a cell, a rule, the decision.
    pub element: Option<Arc<str>>,
    /// Where in the decision, in words: `rule 3, amount`.
    pub place: Option<Arc<str>>,
    /// One plain sentence.
    pub message: String,
    /// Line in the text of the expression, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// What is noted of an evaluation besides values. Functions that FEEL calls note too, so it is shared.
#[derive(Debug)]
pub(crate) struct Notes {
    inner: Mutex<Inner>,
    pub(super) explains: bool,
}

#[derive(Debug, Default)]
struct Inner {
    /// Warnings from one mark to another arose at a place; the innermost place comes first.
    places: Vec<(usize, usize, Arc<str>, Place)>,
    /// How deeply each boxed function holds others.
    functions: Vec<usize>,
    traces: Traces,
}

impl Notes {
    pub(crate) fn new(detail: Detail) -> Notes {
        Notes {
            inner: Mutex::default(),
            explains: detail == Detail::Explained,
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        // Nothing in here can be left half done, so a panic elsewhere does no harm.
        work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works on the traces, if an explanation is wanted.
    pub(super) fn tracing<T: Default>(&self, work: impl FnOnce(&mut Traces) -> T) -> T {
        if self.explains {
            self.with(|inner| work(&mut inner.traces))
        } else {
            T::default()
        }
    }

    pub(super) fn place(&self, start: usize, end: usize, owner: &Arc<str>, place: &Place) {
        self.with(|inner| {
            inner
                .places
                .push((start, end, owner.clone(), place.clone()))
        });
    }

    /// A number for a boxed function.
    pub(super) fn number_function(&self, depth: usize) -> usize {
        self.with(|inner| {
            inner.functions.push(depth);
            inner.functions.len() - 1
        })
    }

    /// How deeply a boxed function holds others; without a number: the deepest there is.
    pub(super) fn depth_of_function(&self, number: Option<usize>) -> usize {
        self.with(|inner| {
            let depth = number.and_then(|number| inner.functions.get(number));
            depth.or(inner.functions.iter().max()).copied().unwrap_or(0)
        })
    }

    /// Warnings with the places where they arose.
    pub(super) fn placed(&self, warnings: Vec<Warning>) -> Vec<DecisionWarning> {
        self.with(|inner| {
            // For each warning the first place that was noted for it.
            let mut places: Vec<Option<usize>> = vec![None; warnings.len()];
            for (at, (start, end, ..)) in inner.places.iter().enumerate() {
                let end = (*end).min(places.len());
                for place in places.iter_mut().take(end).skip(*start) {
                    place.get_or_insert(at);
                }
            }
            let filled = |text: &Arc<str>| (!text.is_empty()).then(|| text.clone());
            warnings
                .into_iter()
                .zip(places)
                .map(|(warning, place)| {
                    let place = place.map(|at| &inner.places[at]);
                    DecisionWarning {
                        decision: place.and_then(|(_, _, owner, _)| filled(owner)),
                        element: place.and_then(|(_, _, _, place)| place.element.clone()),
                        place: place.and_then(|(_, _, _, place)| filled(&place.words)),
                        message: warning.message,
                        line: warning.line,
                        column: warning.column,
                    }
                })
                .collect()
        })
    }

    pub(super) fn explanation(&self) -> Option<Explanation> {
        self.explains
            .then(|| self.with(|inner| std::mem::take(&mut inner.traces).finish()))
    }
}
