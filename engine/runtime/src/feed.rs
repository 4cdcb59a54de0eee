//! What each committed batch touched: for pages that refresh themselves, and for whoever follows the history.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use redthread_calendar::Timestamp;
use redthread_core::Key;
use serde::{Deserialize, Serialize};

use crate::world::RecordRef;

/// What one committed batch touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Feed {
    /// Without gaps: who follows can see that nothing was missed.
    pub sequence: i64,
    /// The process time of the batch.
    pub at: Timestamp,
    /// What was touched.
    #[serde(flatten)]
    pub touched: Touched,
}

/// Topics, instances and records that were touched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Touched {
    /// `tasks`, `instances`, `definitions`, `records`, `clock`; connectors add `notifications`, `outbox` and so on.
    pub topics: BTreeSet<String>,
    /// Instances.
    pub instances: BTreeSet<Key>,
    /// Records.
    pub records: BTreeSet<RecordRef>,
}

impl Touched {
    pub(crate) fn is_empty(&self) -> bool {
        self.topics.is_empty() && self.instances.is_empty() && self.records.is_empty()
    }

    pub(crate) fn topic(&mut self, topic: &str) {
        if !self.topics.contains(topic) {
            self.topics.insert(topic.to_owned());
        }
    }
}

/// Where writes say what they touch, besides what the runtime sees by itself. Shared by clones.
#[derive(Clone, Debug, Default)]
pub struct Touches(Arc<Mutex<Touched>>);

impl Touches {
    /// A topic was touched.
    pub fn topic(&self, topic: &str) {
        self.with(|touched| touched.topic(topic));
    }

    /// An instance was touched.
    pub fn instance(&self, instance: Key) {
        self.with(|touched| {
            touched.instances.insert(instance);
        });
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Touched) -> T) -> T {
        act(&mut self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}
