//! Intermediate catch event (BPMN 2.0 section 13.5.2).
//!
//! When it is activated it opens what it waits for: a timer, a message subscription, or a watch on a record. It completes
//! when that occurs.

use redthread_bpmn::graph::{ElementIx, Trigger};

use crate::key::Key;
use crate::step::{Halt, Stepper};
use crate::trigger;

pub(super) fn open(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    waits_for: &Trigger,
) -> Result<(), Halt> {
    trigger::open(stepper, key, ix, waits_for)
}
