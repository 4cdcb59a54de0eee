//! Where the state of an instance is kept.
//!
//! A small state is in the row of its instance, and written with every step. A large one has a row of its own
//! ([`large_state`]), which is written again only when the history has grown by as much as the state is long; read,
//! it is carried on by the events since. So ten thousand items that are done one by one, or a file that an instance
//! carries along, cost a few times what they are, not that many times.

use redthread_core::{Event, InstanceState, apply};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Connects;
use crate::error::RuntimeError;
use crate::query::read_events;
use crate::schema::{history, instance, large_state};

/// A state that is longer than so many bytes of JSON has a row of its own.
const LARGE: usize = 8 * 1024;

/// How a state is stored, as far as that decides when it is written again.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// How long the state in a row of its own is, in bytes; 0: it is in its instance's row.
    large: usize,
    /// How long the events since are, in bytes.
    since: usize,
}

/// What is to be written of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// The state as JSON, into its instance's row; `moved`: there is a row of its own, which is to go.
    Small { state: String, moved: bool },
    /// The state as JSON, into a row of its own.
    Large { state: String },
    /// Nothing: what is stored is carried on by the history.
    Nothing,
}

impl Stored {
    /// A step has happened, whose events are so many bytes in the history.
    pub fn grew(&mut self, events: usize) {
        self.since += events;
    }

    /// What is to be written. `last`: no step follows.
    ///
    /// # Errors
    /// What `json` says.
    pub fn write<E>(
        &mut self,
        last: bool,
        json: impl FnOnce() -> Result<String, E>,
    ) -> Result<Write, E> {
        if self.since < self.large && !last {
            return Ok(Write::Nothing);
        }
        let state = json()?;
        let (moved, is_large) = (self.large > 0, state.len() > LARGE);
        *self = Stored {
            large: if is_large { state.len() } else { 0 },
            since: 0,
        };
        Ok(match is_large {
            true => Write::Large { state },
            false => Write::Small { state, moved },
        })
    }
}

/// The state of an instance, with the row that it belongs to: that of the moment at which the state was read.
pub(crate) async fn read(
    row: instance::Model,
    database: &impl Connects,
) -> Result<(instance::Model, InstanceState, Stored), RuntimeError> {
    let damaged = |key: i64| RuntimeError::damaged("instance", key, "its state is missing");
    let (key, mut row, mut large) = (row.key, row, None);
    if row.state.is_empty() {
        // Together with its row: the server may write both between two queries.
        let both = instance::Entity::find_by_id(key)
            .find_also_related(large_state::Entity)
            .one(database.connection().await?)
            .await?;
        (row, large) = both.ok_or_else(|| damaged(key))?;
    }
    if !row.state.is_empty() {
        let state = parse(key, &row.state)?;
        return Ok((row, state, Stored::default()));
    }
    let large = large.ok_or_else(|| damaged(key))?;
    let mut state = parse(key, &large.state)?;
    let mut stored = Stored {
        large: large.state.len(),
        since: 0,
    };
    let steps: Vec<(i64, i32, String)> = history::Entity::find()
        .select_only()
        .columns([
            history::Column::Sequence,
            history::Column::Format,
            history::Column::Events,
        ])
        .filter(history::Column::Instance.eq(key))
        .filter(history::Column::Sequence.gt(large.sequence))
        .filter(history::Column::Sequence.lte(row.sequence))
        .order_by_asc(history::Column::Sequence)
        .into_tuple()
        .all(database.connection().await?)
        .await?;
    if steps.len() as i64 != row.sequence - large.sequence {
        let why = "its history does not lead from the state that is stored to the last step";
        return Err(RuntimeError::damaged("instance", key, why));
    }
    for (sequence, format, events) in steps {
        stored.grew(events.len());
        let events: Vec<Event> = read_events((key, sequence), format, &events)?;
        for event in &events {
            apply(&mut state, event);
        }
    }
    Ok((row, state, stored))
}

fn parse(key: i64, state: &str) -> Result<InstanceState, RuntimeError> {
    serde_json::from_str(state).map_err(|error| RuntimeError::damaged("instance", key, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(stored: &mut Stored, last: bool, bytes: usize) -> Write {
        stored
            .write(last, || Ok::<_, ()>("x".repeat(bytes)))
            .unwrap()
    }

    #[test]
    fn a_small_state_is_written_every_time() {
        let mut stored = Stored::default();
        for _ in 0..3 {
            stored.grew(10);
            let written = write(&mut stored, false, LARGE);
            assert!(matches!(written, Write::Small { moved: false, .. }));
        }
    }

    #[test]
    fn a_large_state_is_written_when_as_much_has_happened_and_at_the_end() {
        let mut stored = Stored::default();
        let large = 3 * LARGE;
        assert!(matches!(
            write(&mut stored, false, large),
            Write::Large { .. }
        ));
        let mut written = 0;
        for _ in 0..30 {
            stored.grew(LARGE);
            match write(&mut stored, false, large) {
                Write::Large { .. } => written += 1,
                other => assert_eq!(other, Write::Nothing),
            }
        }
        assert_eq!(written, 10, "each third time");
        stored.grew(1);
        assert!(matches!(
            write(&mut stored, true, large),
            Write::Large { .. }
        ));
    }

    #[test]
    fn a_state_that_has_become_small_moves_back() {
        let mut stored = Stored::default();
        write(&mut stored, false, 2 * LARGE);
        stored.grew(2 * LARGE);
        let expected = Write::Small {
            state: "x".into(),
            moved: true,
        };
        assert_eq!(write(&mut stored, false, 1), expected);
        stored.grew(1);
        assert!(matches!(
            write(&mut stored, false, 1),
            Write::Small { moved: false, .. }
        ));
    }
}
