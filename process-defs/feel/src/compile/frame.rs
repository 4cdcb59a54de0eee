//! What is in scope while an expression, or a function within it, is being compiled.

use std::collections::HashMap;
use std::sync::Arc;

pub(super) enum Entry {
    Local(Arc<str>),
    /// The item of a filter: it is `item` itself, and its entries are names.
    Item,
}

/// What is being compiled: the expression, or a function within it.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) entries: Vec<Entry>,
    /// The slots of each local, and those of items, innermost last: texts with very many names are
    /// compiled, too.
    pub(super) slots: HashMap<Arc<str>, Vec<u32>>,
    pub(super) items: Vec<u32>,
    /// The captured names; only functions have them.
    pub(super) captured: Option<Captured>,
}

#[derive(Default)]
pub(super) struct Captured {
    pub(super) names: Vec<Arc<str>>,
    pub(super) places: HashMap<Arc<str>, u32>,
}

impl Frame {
    pub(super) fn push(&mut self, entry: Entry) -> u32 {
        let slot = self.entries.len() as u32;
        match &entry {
            Entry::Local(name) => self.slots.entry(name.clone()).or_default().push(slot),
            Entry::Item => self.items.push(slot),
        }
        self.entries.push(entry);
        slot
    }

    pub(super) fn truncate(&mut self, length: usize) {
        while self.entries.len() > length {
            match self.entries.pop() {
                Some(Entry::Local(name)) => {
                    self.slots.get_mut(&name).and_then(Vec::pop);
                }
                Some(Entry::Item) => {
                    self.items.pop();
                }
                None => {}
            }
        }
    }

    /// The slot of the innermost local of this name.
    pub(super) fn local(&self, name: &str) -> Option<u32> {
        self.slots.get(name)?.last().copied()
    }
}
