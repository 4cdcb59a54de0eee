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

/// A limit that an evaluation has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Calls or values are nested too deeply.
    Depth,
    /// Too many operations.
    Operations,
    /// Too many bytes of new values.
    Bytes,
}

impl Limit {
    /// What a warning says of it.
    pub(crate) fn message(self, limits: &Limits) -> String {
        match self {
            Limit::Depth => format!(
                "The evaluation was ended: calls or values are nested too deeply (the limit is {} levels).",
                limits.depth
            ),
            Limit::Operations => format!(
                "The evaluation was ended: it needs more than {} operations.",
                limits.operations
            ),
            Limit::Bytes => format!(
                "The evaluation was ended: it builds more than {} bytes of values.",
                limits.result_bytes
            ),
        }
    }
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
