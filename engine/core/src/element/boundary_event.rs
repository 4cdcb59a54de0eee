//! Boundary event (BPMN 2.0 section 13.5.3, "Intermediate boundary events").
//!
//! Opened when its activity is activated, closed when that ends. When it occurs, an interrupting one terminates the
//! activity first; a non-interrupting one leaves it, and a timer with a cycle goes on. Either way the boundary event
//! then passes with a token on its outgoing flows, and the event's variables go to the scope around the activity.

use redthread_bpmn::graph::{ElementIx, ElementKind};

use crate::command::Variables;
use crate::key::Key;
use crate::step::{StepError, Stepper};

/// The boundary event has occurred at `activity`.
pub(crate) fn occurred(
    stepper: &mut Stepper,
    boundary: ElementIx,
    activity: Key,
    variables: &Variables,
) -> Result<(), StepError> {
    let scope = stepper.scope_of(activity);
    let interrupts = matches!(
        stepper.graph.element(boundary).kind,
        ElementKind::BoundaryEvent {
            interrupting: true,
            ..
        }
    );
    if interrupts {
        stepper.terminate(activity)?;
    }
    stepper.occur(boundary, scope, Vec::new(), variables)
}
