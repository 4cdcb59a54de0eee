//! Who called an instance, and what would catch what it throws.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::key::Key;

/// Who called an instance, and what they would catch: a throw that interrupts a caller stops the called instance at once,
/// in its own step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Caller {
    /// The calling instance. What it waits for has the called instance's own key: see [`CallData`].
    pub instance: Key,
    /// How many calls stand above this one, itself counted.
    pub depth: u32,
    /// What the callers catch, the nearest first.
    pub catches: Vec<OuterCatch>,
}

/// A boundary event or event sub-process of a caller that would catch what a called instance throws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OuterCatch {
    /// What it catches.
    pub thrown: Thrown,
    /// The code; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Arc<str>>,
    /// Whether it ends the call.
    pub interrupting: bool,
}

/// What goes outwards until something catches it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Thrown {
    /// An error: it always interrupts.
    Error,
    /// An escalation.
    Escalation,
}
