//! States of instances in memory, with the versions of their rows.

use std::collections::HashMap;
use std::sync::Arc;

use redthread_core::{InstanceState, Key};

use crate::definitions::Definition;
use crate::thread::Trail;

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
}

/// The instances that were used lately. Two generations: what is used moves to the young one; when that is full, the old
/// one is forgotten. So at most `capacity` are kept, and at least the last half of that is.
#[derive(Debug)]
pub(super) struct Cache {
    half: usize,
    young: HashMap<Key, Live>,
    old: HashMap<Key, Live>,
}

impl Cache {
    pub fn new(capacity: usize) -> Cache {
        Cache {
            half: capacity.div_ceil(2).max(1),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    pub fn get(&mut self, key: Key) -> Option<Live> {
        if let Some(live) = self.young.get(&key) {
            return Some(live.clone());
        }
        let live = self.old.remove(&key)?;
        self.put(key, live.clone());
        Some(live)
    }

    pub fn contains(&self, key: Key) -> bool {
        self.young.contains_key(&key) || self.old.contains_key(&key)
    }

    pub fn put(&mut self, key: Key, live: Live) {
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, live);
    }

    pub fn forget(&mut self, key: Key) {
        self.young.remove(&key);
        self.old.remove(&key);
    }
}
