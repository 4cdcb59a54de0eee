//! All that a step may know of the world.

use std::collections::BTreeMap;
use std::sync::Arc;

use redthread_bpmn::graph::Binding;
use redthread_calendar::{BusinessCalendar, Timestamp, Zone};
use redthread_dmn::Decisions;
use redthread_feel::Value;
use serde::{Deserialize, Serialize};

use crate::key::Key;

/// All that a step may know of the world besides the graph, the state and the command. Stored with the step's events,
/// so that a step can be explained and run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inputs {
    /// The time, which never goes backwards for an instance.
    pub now: Timestamp,
    /// The company's zone: where dates without one are.
    pub zone: Zone,
    /// What FEEL's `random number` and `uuid` draw from.
    pub seed: u64,
    /// The first of the keys for what the step creates; the next ones are its [successors](Key::successor).
    pub first_key: Key,
    /// Who gets what nobody is assigned to: the login of the process's owner.
    pub owner: Option<String>,
    /// What has been read of the customer records.
    pub facts: Facts,
}

/// What has been read of the company's data for a step. A step that needs a fact which is not here ends with
/// [`StepError::Needs`](crate::StepError::Needs), and is run again with the fact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The record that the instance is about, as a FEEL context; null when it no longer exists. `None`: not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Value>,
    /// The teams that were looked for, by the name looked for: their own name, or `None` where there is none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub teams: BTreeMap<String, Option<String>>,
    /// The decisions that were looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<LookedUp<Decision>>,
    /// The processes that were looked for: the key of the definition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<LookedUp<Key>>,
    /// The company's working hours and holidays. `None`: not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Arc<BusinessCalendar>>,
}

impl Facts {
    /// What was found of a decision; the outer `None`: it has not been looked for.
    pub fn decision(&self, id: &str, binding: &Binding) -> Option<Option<&Decision>> {
        found(&self.decisions, id, binding)
    }

    /// The key of the definition of a called process; the outer `None`: it has not been looked for.
    pub fn process(&self, id: &str, binding: &Binding) -> Option<Option<Key>> {
        found(&self.processes, id, binding).map(Option::<&Key>::copied)
    }
}

fn found<'f, T>(all: &'f [LookedUp<T>], id: &str, binding: &Binding) -> Option<Option<&'f T>> {
    all.iter()
        .rev()
        .find(|looked_up| &*looked_up.id == id && looked_up.binding == *binding)
        .map(|looked_up| looked_up.found.as_ref())
}

/// A decision or a process that was looked for, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookedUp<T> {
    /// Its id.
    pub id: Arc<str>,
    /// Which of its versions.
    pub binding: Binding,
    /// The version; `None`: there is none.
    #[serde(
        default = "Option::default",
        skip_serializing_if = "Option::is_none",
        bound(deserialize = "T: Deserialize<'de>")
    )]
    pub found: Option<T>,
}

/// One version of a decision, as it was deployed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// The key of the version.
    pub key: Key,
    /// The decision's id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The version, counted from 1.
    pub version: i32,
    /// What is evaluated. It is not stored with a step: the key leads to it.
    #[serde(skip)]
    pub model: Option<Decisions>,
}

impl PartialEq for Decision {
    /// A key leads to one model for ever.
    fn eq(&self, other: &Decision) -> bool {
        self.key == other.key
    }
}

/// Something that a step must know before it can be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The record that the instance is about.
    Subject,
    /// Whether there is a team of this name or title.
    Team(String),
    /// A version of a decision.
    Decision {
        /// The decision's id.
        id: Arc<str>,
        /// Which of its versions.
        binding: Binding,
    },
    /// A version of a process that is called.
    Process {
        /// The process's id.
        id: Arc<str>,
        /// Which of its versions.
        binding: Binding,
    },
    /// The company's working hours and holidays.
    Calendar,
}
