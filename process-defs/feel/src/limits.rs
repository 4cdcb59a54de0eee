//! What an evaluation may use. Counted in operations and bytes, never in time: so the same expression
//! on the same values always ends in the same way.

/// Bounds of one evaluation. When one is reached, the result is null with a warning that says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deeply calls and sub-expressions may be nested at run time. Values nest a quarter as deep
    /// at most, so that what an expression builds can always be stored as JSON.
    pub depth: usize,
    /// How many operations may be done: one an evaluated sub-expression and one a looked-at list item.
    pub operations: u64,
    /// How many bytes of new values may be built, those in between included.
    pub result_bytes: u64,
}

impl Limits {
    pub(crate) fn value_depth(&self) -> usize {
        self.depth / 4
    }
}

impl Default for Limits {
    /// 400 levels, a million operations, 16 MiB.
    fn default() -> Limits {
        Limits {
            depth: 400,
            operations: 1_000_000,
            result_bytes: 16 * 1024 * 1024,
        }
    }
}
