//! Keys of everything that lives: instances, element instances, tasks, jobs, timers, incidents, records.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A 64-bit, time-ordered key: 41 bits of milliseconds, 10 bits of node number, 12 bits of counter.
///
/// In JSON a key is a decimal string, since JavaScript's numbers lose digits beyond 2^53.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

const COUNTER_BITS: u32 = 12;
const NODE_BITS: u32 = 10;
const COUNTER_MASK: u64 = (1 << COUNTER_BITS) - 1;
const NODE_MASK: u64 = ((1 << NODE_BITS) - 1) << COUNTER_BITS;

impl Key {
    /// The first key of a millisecond on a node. Milliseconds count from 2024-01-01T00:00:00Z, so that 41 bits last
    /// until 2093.
    pub fn first_of(millis_since_1970: i64, node: u16) -> Key {
        const EPOCH_MILLIS: i64 = 1_704_067_200_000;
        let millis = millis_since_1970.saturating_sub(EPOCH_MILLIS).max(0) as u64;
        Key(millis << (NODE_BITS + COUNTER_BITS) | (u64::from(node) << COUNTER_BITS & NODE_MASK))
    }

    /// The key after this one on the same node: the counter goes up; where it is full, the millisecond does.
    #[must_use]
    pub fn successor(self) -> Key {
        if self.0 & COUNTER_MASK == COUNTER_MASK {
            Key((self.0 & !COUNTER_MASK) + (1 << (NODE_BITS + COUNTER_BITS)))
        } else {
            Key(self.0 + 1)
        }
    }

    /// The key as the signed column that databases have.
    pub fn as_i64(self) -> i64 {
        self.0 as i64
    }

    /// The key from a signed column.
    pub fn from_i64(value: i64) -> Key {
        Key(value as u64)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Key {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Key, Self::Err> {
        text.parse().map(Key)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_stay_on_their_node_and_go_up() {
        let first = Key::first_of(1_767_603_600_000, 7);
        let mut key = first;
        for _ in 0..10_000 {
            let next = key.successor();
            assert!(next > key);
            assert_eq!(next.0 & NODE_MASK, first.0 & NODE_MASK);
            key = next;
        }
    }

    #[test]
    fn a_key_is_a_decimal_string_in_json() {
        let json = serde_json::to_string(&Key(9_007_199_254_740_993)).unwrap();
        assert_eq!(json, "\"9007199254740993\"");
        assert_eq!(
            serde_json::from_str::<Key>(&json).unwrap(),
            Key(9_007_199_254_740_993)
        );
    }
}
