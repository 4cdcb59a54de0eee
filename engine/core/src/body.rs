//! What element instances keep of their work beside variables: how far loops are, and what can be undone.

use std::collections::BTreeMap;

use imbl::OrdMap;
use redthread_bpmn::graph::Id;
use redthread_feel::Value;
use serde::{Deserialize, Serialize};

use crate::command::Variables;
use crate::key::Key;
use crate::living::Owned;

/// What an element instance keeps of its work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Body {
    /// It stands for all instances of a multi-instance activity: they are element instances of the same element, and
    /// it is their scope.
    MultiInstance(MultiInstance),
    /// It stands for all rounds of an activity with a standard loop, in the same way.
    Loop {
        /// How many rounds have begun.
        started: u64,
    },
    /// An ad-hoc sub-process.
    AdHoc {
        /// The elements that are still to be activated, in order.
        waiting: Vec<Id>,
        /// How many elements have begun in it.
        started: u64,
        /// How many elements have completed in it.
        #[serde(default)]
        completed: u64,
    },
    /// A complex gateway that has been activated and waits to be reset.
    Reset {
        /// The flows from which tokens were taken.
        consumed: Vec<Id>,
    },
    /// A parallel event-based gateway that began the process.
    Events {
        /// The events behind it that have occurred.
        occurred: Vec<Id>,
    },
    /// An event that undoes completed activities.
    Compensation {
        /// What it has still to undo, in order.
        left: Vec<Compensable>,
        /// The variables as it saw them when it began: what differs since then comes before what handlers know of their
        /// activities' time, so that one can go on from what another has set.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        since: Variables,
    },
}

/// How far a multi-instance activity is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MultiInstance {
    /// How many instances there will be.
    pub total: u64,
    /// The list whose items they are about; null where only their number is known.
    pub items: Value,
    /// How many have begun.
    pub started: u64,
    /// How many have completed.
    pub completed: u64,
    /// How many were terminated.
    pub terminated: u64,
    /// What those that have completed gave, by their numbers, from 1.
    pub results: OrdMap<u64, Value>,
}

impl MultiInstance {
    /// How many run.
    pub fn active(&self) -> u64 {
        self.started - self.completed - self.terminated
    }
}

/// What an element instance undoes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Undoes {
    /// The event that asked for it, and waits.
    pub thrower: Key,
    /// The key of the completed element instance: the scope of what is to be undone in it.
    pub completed: Key,
    /// The variables as they could be seen from it when it completed. They can be read, not set.
    pub variables: Variables,
}

/// A completed activity that can be undone (BPMN 2.0 section 10.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Compensable {
    /// The activity.
    pub element: Id,
    /// The key that its element instance had: what completed in it belongs to that.
    pub element_instance: Key,
    /// The instance, or the element instance of the sub-process, in which it stood. It may have completed too.
    pub scope: Key,
    /// The variables as they could be seen from it when it completed; empty where nothing could use them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: Variables,
}

impl Owned for Compensable {
    fn owner(&self) -> Key {
        self.scope
    }
}
