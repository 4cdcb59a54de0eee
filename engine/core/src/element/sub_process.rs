//! Embedded sub-process (BPMN 2.0 section 13.3.4).
//!
//! When it is activated its none start event is. It completes when no token is left in it ([`crate::quiescence`]); when it
//! is terminated everything in it is terminated first.

use redthread_bpmn::graph::{ElementIx, Trigger};

use crate::key::Key;
use crate::step::{StepError, Stepper};

pub(super) fn activated(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), StepError> {
    let graph = stepper.graph;
    let start = graph
        .start_events(Some(ix))
        .find(|(_, trigger)| matches!(trigger, Trigger::None));
    if let Some((start, _)) = start {
        stepper.enter(start, key, Vec::new())?;
    }
    Ok(())
}
