//! Ranges: what lies between two ends (DMN 1.5, 10.3.2.7).

use super::Value;

/// A range. An end that is null is open: `> 5` has no end, `< 5` no start.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Where it starts; null for nowhere.
    pub start: Value,
    /// Whether the start belongs to it.
    pub start_included: bool,
    /// Where it ends; null for nowhere.
    pub end: Value,
    /// Whether the end belongs to it.
    pub end_included: bool,
    /// `!= x`: everything but what lies within.
    pub inverted: bool,
    /// Written as a comparison (`>= 10`), not between brackets: DMN tells the two apart.
    pub comparison: bool,
    // Nesting of the ends, looked for once.
    nesting: usize,
}

impl Range {
    /// A range between brackets.
    pub fn new(start: Value, start_included: bool, end: Value, end_included: bool) -> Range {
        let depth = |end: &Value| {
            end.depth(usize::from(u16::MAX), &mut { u64::MAX })
                .unwrap_or(usize::MAX - 1)
        };
        let nesting = depth(&start).max(depth(&end)).saturating_add(1);
        Range {
            start,
            start_included,
            end,
            end_included,
            inverted: false,
            comparison: false,
            nesting,
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.nesting
    }
}
