//! Embedded sub-process, and what all sub-processes have (BPMN 2.0 section 13.3.4).
//!
//! When it is activated its none start event is; without a start event, everything in it to which nothing leads. It
//! completes when no token is left in it ([`crate::quiescence`]); when it is terminated everything in it is terminated
//! first. As long as it runs it waits for the events of the event sub-processes in it.

use redthread_bpmn::graph::{ElementIx, SubProcess};

use super::event_sub_process;
use crate::ad_hoc;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};

pub(super) fn open(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    kind: &SubProcess,
) -> Result<(), Halt> {
    event_sub_process::open_all(stepper, key, Some(ix))?;
    match kind {
        SubProcess::AdHoc(ad_hoc) => ad_hoc::open(stepper, key, ix, ad_hoc),
        SubProcess::Embedded | SubProcess::Event | SubProcess::Transaction => Ok(()),
    }
}

pub(super) fn activated(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), StepError> {
    // One in which nothing begins is finished at once.
    stepper.touched.insert(key);
    for start in stepper.graph.initial(Some(ix)) {
        // What began first may have ended the sub-process.
        if !stepper.state.elements.contains_key(&key) {
            break;
        }
        stepper.enter(start, key, Vec::new())?;
    }
    Ok(())
}
