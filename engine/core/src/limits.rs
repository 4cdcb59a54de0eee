//! How large values may become, so that no instance takes the memory and the disk of all others.
//!
//! What comes from outside is refused ([`Rejection::TooLarge`]); what the model makes itself is an incident
//! ([`IncidentCode::TooLarge`]) of the element that makes it. A value counts 32 bytes, its text, and what is in it:
//! shared parts every time, as that is how it is stored ([`Value::written_size`]).

use redthread_feel::Value;

use crate::command::Variables;
use crate::incident::{IncidentCode, Stuck};
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{Body, InstanceState};
use crate::step::{Halt, Stepper};

/// Bytes of one value, and of all values of one command together, at most: 4 MiB.
pub const VALUES: u64 = 4 * 1024 * 1024;
/// Values of one command at most.
pub const NAMES: usize = 10_000;
/// Characters of a value's name at most.
pub const NAME: usize = 1_000;
/// How deeply a value may be nested: a state must stay readable as JSON.
pub const NESTING: usize = 100;
/// Bytes of all values of an instance at most: 16 MiB.
pub const INSTANCE: u64 = 16 * 1024 * 1024;

/// A value from here on is looked at together with all others of its instance, whatever their number.
const LARGE: u64 = 4 * 1024;
/// What an element instance counts beside its values.
const ELEMENT: u64 = 256;

/// Refuses values from outside that are beyond a limit.
///
/// # Errors
/// [`Rejection::TooLarge`] with a sentence that names the value and the limit.
pub fn admit(variables: &Variables) -> Result<(), Rejection> {
    if variables.len() > NAMES {
        return Err(Rejection::TooLarge(format!(
            "{} values came at once, but at most {NAMES} may.",
            variables.len()
        )));
    }
    let mut left = VALUES;
    for (name, value) in variables {
        if name.len() > NAME {
            return Err(Rejection::TooLarge(format!(
                "The name of a value has {} bytes, but at most {NAME} are possible.",
                name.len()
            )));
        }
        if !value.nests_within(NESTING) {
            return Err(Rejection::TooLarge(too_deep(name)));
        }
        let size = value.written_size(VALUES);
        if size > VALUES {
            return Err(Rejection::TooLarge(too_large(name)));
        }
        left = left.checked_sub(size).ok_or_else(|| {
            Rejection::TooLarge(format!(
                "The values are larger than {} together.",
                mebibytes(VALUES)
            ))
        })?;
    }
    Ok(())
}

/// About how many bytes these values are: what waits with them takes as much memory.
pub fn size_of(variables: &Variables) -> u64 {
    let sizes = variables
        .iter()
        .map(|(name, value)| value.written_size(VALUES).saturating_add(name.len() as u64));
    sizes.fold(0, u64::saturating_add)
}

fn too_large(name: &str) -> String {
    format!(
        "The value \"{}\" is larger than {}.",
        short(name),
        mebibytes(VALUES)
    )
}

fn too_deep(name: &str) -> String {
    format!(
        "The value \"{}\" is nested more than {NESTING} levels deep.",
        short(name)
    )
}

fn full() -> String {
    format!(
        "All values of the instance together would be larger than {}.",
        mebibytes(INSTANCE)
    )
}

fn short(name: &str) -> String {
    name.chars().take(100).collect()
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes / 1024 / 1024)
}

/// The values of an instance that have been counted in a step.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// What was there when it was looked at, and what came since.
    size: Option<u64>,
}

impl Stepper<'_> {
    /// Whether values that somebody brings have room in the instance.
    pub(crate) fn has_room(&mut self, variables: &Variables) -> Result<(), Rejection> {
        admit(variables)?;
        match self.room_for(size_of(variables), 0) {
            true => Ok(()),
            false => Err(Rejection::TooLarge(full())),
        }
    }

    /// Whether a value that the model makes may be kept in `scope`, where it may take the place of another.
    pub(crate) fn fits(&mut self, scope: Key, name: &str, value: &Value) -> Result<(), Halt> {
        if !value.nests_within(NESTING) {
            return Err(Stuck::expression(too_deep(name)).into());
        }
        let size = value.written_size(VALUES);
        let stuck = |message: String| {
            Halt::Stuck(Stuck {
                code: IncidentCode::TooLarge,
                message,
            })
        };
        if size > VALUES {
            return Err(stuck(too_large(name)));
        }
        let before = self.state.variables_of(scope);
        let before = before.and_then(|variables| variables.get(name));
        let before = before.map_or(0, |value| value.written_size(VALUES));
        match self.room_for(size, before) {
            true => Ok(()),
            false => Err(stuck(full())),
        }
    }

    /// Whether values that the model makes may be kept: in `scope`, or each where it belongs from there outwards.
    pub(crate) fn all_fit(
        &mut self,
        scope: Key,
        goes_up: bool,
        variables: &Variables,
    ) -> Result<(), Halt> {
        for (name, value) in variables {
            let holder = match goes_up {
                true => self.holder(scope, name),
                false => scope,
            };
            self.fits(holder, name, value)?;
        }
        Ok(())
    }

    /// Whether so much more has room. To look at all values costs what a step must not cost each time: many small ones
    /// are taken as they come, as long as that many of them have room.
    fn room_for(&mut self, size: u64, instead_of: u64) -> bool {
        let elements = self.state.elements.len() as u64;
        if size < LARGE && size.saturating_mul(elements + 1) < INSTANCE / 2 {
            return true;
        }
        let counted = match self.counted.size {
            Some(counted) if counted.saturating_add(size) <= INSTANCE => counted,
            // What was counted may have gone meanwhile.
            _ => written_size(&self.state, INSTANCE.saturating_add(VALUES)),
        };
        let then = counted.saturating_add(size);
        self.counted.size = Some(then);
        then.saturating_sub(instead_of) <= INSTANCE
    }
}

/// About how many bytes all values of an instance are; no more than `most` is looked at.
fn written_size(state: &InstanceState, most: u64) -> u64 {
    let mut size = 0_u64;
    let mut add = |value: &Value| {
        if size <= most {
            size = size.saturating_add(value.written_size(most - size));
        }
    };
    state.variables.values().for_each(&mut add);
    for element in state.elements.values() {
        element.variables.values().for_each(&mut add);
        if let Some(undoes) = &element.undoes {
            undoes.variables.values().for_each(&mut add);
        }
        if let Some(Body::MultiInstance(body)) = element.body() {
            add(&body.items);
            body.results.values().for_each(&mut add);
        }
    }
    for kept in state.compensable.values() {
        kept.variables.values().for_each(&mut add);
    }
    size.saturating_add(ELEMENT.saturating_mul(state.elements.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: usize) -> Value {
        Value::String("x".repeat(bytes).into())
    }

    #[test]
    fn what_is_refused_says_what_it_was_and_how_much_is_possible() {
        let check = |variables: Variables, expected: &str| {
            let refused = admit(&variables).unwrap_err().to_string();
            assert!(refused.contains(expected), "{refused}");
        };
        let one = |name: &str, value: Value| Variables::from([(name.into(), value)]);
        check(one("big", text(5 << 20)), "\"big\" is larger than 4 MiB");
        let two = Variables::from([("a".into(), text(3 << 20)), ("b".into(), text(3 << 20))]);
        check(two, "larger than 4 MiB together");
        let deep = (0..101).fold(Value::Null, |value, _| Value::list(vec![value]));
        check(one("deep", deep), "\"deep\" is nested more than 100 levels");
        let many = (0..10_001).map(|nth| (format!("v{nth}").into(), Value::Null));
        check(many.collect(), "10001 values came at once");
        check(one(&"n".repeat(1_001), Value::Null), "has 1001 bytes");
        admit(&one("fine", text(4_000_000))).unwrap();
    }
}
