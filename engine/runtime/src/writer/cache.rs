//! What the writer keeps in memory: states of instances with the versions of their rows, and where work items belong.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use redthread_core::{InstanceState, Key};

use super::receivers::KeptNames;
use crate::definitions::Definition;
use crate::schema::start_subscription;
use crate::stored::Stored;
use crate::thread::Trail;

/// Names of messages whose start events are kept.
const NAMES: usize = 1_000;

/// An instance as it is in memory.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub definition: Arc<Definition>,
    pub state: Arc<InstanceState>,
    pub trail: Trail,
    /// The version of its row; 0: it has no row yet.
    pub version: i64,
    /// Of its last step.
    pub sequence: i64,
    /// How its state is stored.
    pub stored: Stored,
    /// How much it has done in a row without waiting for anything: see [`super::step::RESTLESS`].
    pub restless: u32,
}

/// What was used lately. Two generations: what is used moves to the young one; when that is full, the old one is
/// forgotten. So at most `capacity` are kept, and at least the last half of that is.
#[derive(Debug)]
pub(super) struct Lately<K, T> {
    half: usize,
    young: HashMap<K, T>,
    old: HashMap<K, T>,
}

/// What the writer keeps in memory.
#[derive(Debug)]
pub(super) struct Cache {
    /// Instances.
    pub instances: Lately<Key, Live>,
    /// The instances that tasks belong to. A task's row stays when it has ended, so nothing is forgotten here then.
    pub tasks: Lately<Key, Key>,
    /// Start events, by the names of the messages that they wait for.
    pub starts: Lately<String, Arc<Vec<start_subscription::Model>>>,
    pub kept_names: KeptNames,
}

impl Cache {
    /// Keeps so many instances.
    pub fn new(instances: usize) -> Cache {
        Cache {
            instances: Lately::new(instances),
            tasks: Lately::new(instances),
            starts: Lately::new(NAMES),
            kept_names: KeptNames::default(),
        }
    }
}

impl<K: Eq + Hash + Clone, T: Clone> Lately<K, T> {
    pub fn new(capacity: usize) -> Lately<K, T> {
        Lately {
            half: capacity.div_ceil(2).max(1),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    pub fn get(&mut self, key: &K) -> Option<T> {
        if let Some(kept) = self.young.get(key) {
            return Some(kept.clone());
        }
        let kept = self.old.remove(key)?;
        self.put(key.clone(), kept.clone());
        Some(kept)
    }

    pub fn contains(&self, key: &K) -> bool {
        self.young.contains_key(key) || self.old.contains_key(key)
    }

    pub fn put(&mut self, key: K, kept: T) {
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, kept);
    }

    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }

    pub fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Live {
        let diagram = br#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
            <process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
            <sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>"#;
        let graph = redthread_bpmn::read(diagram, &redthread_bpmn::Limits::default())
            .unwrap()
            .processes
            .remove(0);
        let definition = Definition {
            key: Key(1),
            process_id: graph.id.clone(),
            name: "p".to_owned(),
            version: 1,
            deployment: Key(1),
            deployed_at: redthread_calendar::Timestamp::EPOCH,
            owner: None,
            graph,
            starts_by_message: false,
        };
        let (definition, state) = (Arc::new(definition), Arc::new(InstanceState::default()));
        Live {
            definition,
            state,
            trail: Trail::default(),
            version: 1,
            sequence: 1,
            stored: Default::default(),
            restless: 0,
        }
    }

    #[test]
    fn what_is_used_stays_and_no_more_than_the_capacity_is_kept() {
        let (mut cache, live) = (Lately::new(10), live());
        for key in 1..=1_000 {
            cache.put(Key(key), live.clone());
            assert!(
                cache.get(&Key(1)).is_some(),
                "used every time, and yet forgotten at {key}"
            );
            assert!(cache.young.len() + cache.old.len() <= 10);
        }
        assert!(cache.contains(&Key(1_000)) && !cache.contains(&Key(500)));
        cache.forget(&Key(1_000));
        assert!(cache.get(&Key(1_000)).is_none());
    }
}
