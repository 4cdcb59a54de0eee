//! Contexts: named values in the order in which they were put in (DMN 1.5, 10.3.2.6).

use super::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Up to so many entries are looked through one by one; above, an index is kept.
const LINEAR: usize = 12;

/// Named values, in order of insertion. Two contexts are equal when they have the same entries,
/// whatever the order.
#[derive(Clone, Debug, Default)]
pub struct Context {
    entries: Vec<(Arc<str>, Value)>,
    // Only looked up, never iterated: its order is not that of the entries.
    index: Option<HashMap<Arc<str>, usize>>,
    // Nesting of the deepest entry, saturating: kept so that building values can be bounded cheaply.
    inner: u16,
}

impl Context {
    /// An empty context.
    pub fn new() -> Context {
        Context::default()
    }

    /// An empty context with room for so many entries.
    pub fn with_capacity(entries: usize) -> Context {
        Context {
            entries: Vec::with_capacity(entries),
            ..Context::default()
        }
    }

    /// The value of an entry.
    pub fn get(&self, name: &str) -> Option<&Value> {
        Some(&self.entries[self.position(name)?].1)
    }

    fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.entries.iter().position(|(key, _)| **key == *name),
        }
    }

    /// Puts an entry; an existing one keeps its place and gets the new value. Returns the old one.
    pub fn insert(&mut self, name: impl Into<Arc<str>>, value: Value) -> Option<Value> {
        let depth = value
            .depth(usize::from(u16::MAX), &mut { u64::MAX })
            .unwrap_or(usize::MAX);
        self.insert_known(name, value, depth)
    }

    /// Puts an entry whose nesting is known, or bounded by `depth`: looking for it is what costs.
    pub(crate) fn insert_known(
        &mut self,
        name: impl Into<Arc<str>>,
        value: Value,
        depth: usize,
    ) -> Option<Value> {
        let name = name.into();
        self.inner = self.inner.max(u16::try_from(depth).unwrap_or(u16::MAX));
        if let Some(at) = self.position(&name) {
            return Some(std::mem::replace(&mut self.entries[at].1, value));
        }
        let at = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), at);
        } else if at >= LINEAR {
            let mut index: HashMap<Arc<str>, usize> = self
                .entries
                .iter()
                .enumerate()
                .map(|(i, (key, _))| (key.clone(), i))
                .collect();
            index.insert(name.clone(), at);
            self.index = Some(index);
        }
        self.entries.push((name, value));
        None
    }

    /// The entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Value)> + DoubleEndedIterator {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Nesting of this context: 1 when no entry is itself nested.
    pub(crate) fn depth(&self) -> usize {
        usize::from(self.inner) + 1
    }
}

impl PartialEq for Context {
    fn eq(&self, other: &Context) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Context {
        let mut context = Context::new();
        for (name, value) in entries {
            context.insert(name, value);
        }
        context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_order_and_are_found_by_name_however_many_there_are() {
        let names: Vec<String> = (0..40).rev().map(|n| format!("field {n}")).collect();
        let context: Context = names
            .iter()
            .enumerate()
            .map(|(i, name)| (name.as_str(), Value::from(i as i64)))
            .collect();
        for (i, name) in names.iter().enumerate() {
            assert_eq!(context.get(name), Some(&Value::from(i as i64)));
        }
        assert!(context.iter().map(|(name, _)| name.to_string()).eq(names));
        assert_eq!(context.get("field 40"), None);
    }

    #[test]
    fn an_entry_that_is_put_again_keeps_its_place() {
        let mut context: Context = [("a", Value::from(1)), ("b", Value::from(2))]
            .into_iter()
            .collect();
        assert_eq!(context.insert("a", Value::from(3)), Some(Value::from(1)));
        assert_eq!(context.iter().next().unwrap().1, &Value::from(3));
        assert_eq!(context.len(), 2);
    }
}
