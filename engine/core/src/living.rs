//! The two collections that a state is made of. Both are copied without copying what they hold, as every step works on a
//! copy; and both find what belongs to a scope or an element instance without looking at the rest, so that an instance
//! with a thousand parallel branches takes no longer for each of them than one with ten.

use std::collections::BTreeMap;
use std::ops::{Bound, Index};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use redthread_bpmn::graph::Id;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::key::Key;

/// What lives because something else does: it is found by its own key and by its owner's.
pub trait Owned {
    /// The scope or element instance that it belongs to. Never changes.
    fn owner(&self) -> Key;
}

/// Living things by their keys, which are in the order in which they began.
#[derive(Clone, Debug)]
pub struct Living<T> {
    by_key: OrdMap<Key, Arc<T>>,
    by_owner: OrdSet<(Key, Key)>,
}

impl<T: Owned + Clone> Living<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The one with this key.
    pub fn get(&self, key: &Key) -> Option<&T> {
        self.by_key.get(key).map(|value| &**value)
    }

    /// Whether the one with this key lives.
    pub fn contains_key(&self, key: &Key) -> bool {
        self.by_key.contains_key(key)
    }

    /// All, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &T)> {
        self.by_key.iter().map(|(key, value)| (key, &**value))
    }

    /// All keys, the oldest first.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> {
        self.by_key.keys()
    }

    /// All values, the oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.iter().map(|(_, value)| value)
    }

    /// Those that belong to `owner`, the oldest first.
    pub fn of(&self, owner: Key) -> impl Iterator<Item = (Key, &T)> {
        let from = Bound::Included((owner, Key(0)));
        let to = Bound::Included((owner, Key(u64::MAX)));
        let keys = self.by_owner.range((from, to));
        keys.filter_map(|(_, key)| Some((*key, self.get(key)?)))
    }

    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut T> {
        self.by_key.get_mut(key).map(Arc::make_mut)
    }

    pub(crate) fn insert(&mut self, key: Key, value: T) {
        self.remove(&key);
        self.by_owner.insert((value.owner(), key));
        self.by_key.insert(key, Arc::new(value));
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        if let Some(value) = self.by_key.remove(key) {
            self.by_owner.remove(&(value.owner(), *key));
        }
    }
}

impl<T> Default for Living<T> {
    fn default() -> Self {
        Living {
            by_key: OrdMap::new(),
            by_owner: OrdSet::new(),
        }
    }
}

impl<T: PartialEq> PartialEq for Living<T> {
    fn eq(&self, other: &Self) -> bool {
        self.by_key == other.by_key
    }
}

impl<T: Owned + Clone> Index<&Key> for Living<T> {
    type Output = T;

    fn index(&self, key: &Key) -> &T {
        &self.by_key[key]
    }
}

impl<T: Serialize> Serialize for Living<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.by_key.iter().map(|(key, value)| (key, &**value)))
    }
}

impl<'de, T: Owned + Clone + Deserialize<'de>> Deserialize<'de> for Living<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut living = Living::default();
        for (key, value) in BTreeMap::<Key, T>::deserialize(deserializer)? {
            living.insert(key, value);
        }
        Ok(living)
    }
}

/// A token on a sequence flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Token {
    /// The flow.
    pub flow: Id,
    /// The instance, or the element instance of the sub-process, in which it stands.
    pub scope: Key,
}

/// Tokens that stand on sequence flows, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    in_order: OrdMap<u64, Token>,
    by_place: OrdSet<(Key, Id, u64)>,
    next: u64,
}

impl Tokens {
    /// All of them, the first that came first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Token> {
        self.in_order.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.in_order.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.in_order.len()
    }

    /// Whether one stands on `flow` in `scope`.
    pub fn stand_on(&self, flow: &Id, scope: Key) -> bool {
        self.first_on(flow, scope).is_some()
    }

    /// Whether one stands anywhere in `scope` itself.
    pub fn stand_in(&self, scope: Key) -> bool {
        self.places_in(scope).next().is_some()
    }

    /// How many stand on `flow` in `scope`.
    pub fn count_on(&self, flow: &Id, scope: Key) -> usize {
        let from = Bound::Included((scope, flow.clone(), 0));
        let to = Bound::Included((scope, flow.clone(), u64::MAX));
        self.by_place.range((from, to)).count()
    }

    /// The flows on which tokens stand in `scope` itself, each as often as there are.
    pub fn flows_in(&self, scope: Key) -> impl Iterator<Item = &Id> {
        self.places_in(scope).map(|place| &place.1)
    }

    pub(crate) fn push(&mut self, token: Token) {
        self.by_place
            .insert((token.scope, token.flow.clone(), self.next));
        self.in_order.insert(self.next, token);
        self.next += 1;
    }

    /// Takes the first that came to `flow` in `scope`.
    pub(crate) fn take(&mut self, flow: &Id, scope: Key) {
        if let Some(number) = self.first_on(flow, scope) {
            self.in_order.remove(&number);
            self.by_place.remove(&(scope, flow.clone(), number));
        }
    }

    /// Takes all that stand in `scope` itself.
    pub(crate) fn clear(&mut self, scope: Key) {
        let places: Vec<(Key, Id, u64)> = self.places_in(scope).cloned().collect();
        for place in places {
            self.in_order.remove(&place.2);
            self.by_place.remove(&place);
        }
    }

    fn first_on(&self, flow: &Id, scope: Key) -> Option<u64> {
        let from = Bound::Included((scope, flow.clone(), 0));
        let to = Bound::Included((scope, flow.clone(), u64::MAX));
        self.by_place.range((from, to)).next().map(|place| place.2)
    }

    fn places_in(&self, scope: Key) -> impl Iterator<Item = &(Key, Id, u64)> {
        let from = Bound::Included((scope, Id::default(), 0));
        self.by_place
            .range((from, Bound::Unbounded))
            .take_while(move |place| place.0 == scope)
    }
}

impl PartialEq for Tokens {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Serialize for Tokens {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Tokens {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut tokens = Tokens::default();
        for token in Vec::deserialize(deserializer)? {
            tokens.push(token);
        }
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(flow: &str, scope: u64) -> Token {
        Token {
            flow: flow.into(),
            scope: Key(scope),
        }
    }

    #[test]
    fn tokens_leave_in_the_order_in_which_they_came() {
        let mut tokens = Tokens::default();
        for (flow, scope) in [("b", 1), ("a", 1), ("b", 2), ("a", 1)] {
            tokens.push(token(flow, scope));
        }
        tokens.take(&"a".into(), Key(1));
        assert!(
            tokens
                .iter()
                .eq(&[token("b", 1), token("b", 2), token("a", 1)])
        );
        assert!(tokens.stand_on(&"a".into(), Key(1)) && !tokens.stand_on(&"a".into(), Key(2)));
        tokens.clear(Key(1));
        assert!(tokens.iter().eq(&[token("b", 2)]));
        assert!(!tokens.stand_in(Key(1)) && tokens.stand_in(Key(2)));
        let stored = serde_json::to_string(&tokens).unwrap();
        assert_eq!(serde_json::from_str::<Tokens>(&stored).unwrap(), tokens);
    }

    #[test]
    fn what_belongs_to_an_owner_is_found_in_the_order_in_which_it_began() {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        struct Child(u64);
        impl Owned for Child {
            fn owner(&self) -> Key {
                Key(self.0)
            }
        }
        let mut living = Living::default();
        for (key, owner) in [(5, 1), (3, 1), (4, 2), (9, 1)] {
            living.insert(Key(key), Child(owner));
        }
        living.remove(&Key(5));
        let of = |owner| {
            living
                .of(Key(owner))
                .map(|(key, _)| key.0)
                .collect::<Vec<_>>()
        };
        assert_eq!((of(1), of(2), of(3)), (vec![3, 9], vec![4], vec![]));
        let stored = serde_json::to_string(&living).unwrap();
        assert_eq!(
            serde_json::from_str::<Living<Child>>(&stored).unwrap(),
            living
        );
    }
}
