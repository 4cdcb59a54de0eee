//! What throw events, end events and send tasks throw (BPMN 2.0 sections 10.5.1, 13.5.2, 13.5.3).
//!
//! Everything about it that can fail is [`prepare`]d before the element completes; it is thrown once the token has left, so
//! that what catches it finds things as they are.

use redthread_bpmn::graph::{ElementIx, ElementKind, MessageThrow, Text, Throw};
use redthread_calendar::{Timestamp, Zone};

use crate::command::Variables;
use crate::compensation;
use crate::element::transaction;
use crate::event::MessageData;
use crate::key::Key;
use crate::state::Status;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger::{error, escalation, message, signal, timer};

/// What is thrown, with everything evaluated.
#[derive(Clone, Debug)]
pub(crate) enum Thrown {
    Terminate,
    Error {
        variables: Variables,
        code: String,
    },
    Escalation {
        code: String,
        variables: Variables,
    },
    Message {
        message: MessageData,
        variables: Variables,
    },
    Signal {
        name: String,
        variables: Variables,
    },
    Cancel,
    Link(ElementIx),
}

/// While an element is completing: what it will throw.
pub(crate) fn prepare(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<Vec<Thrown>, Halt> {
    let graph = stepper.graph;
    match &graph.element(ix).kind {
        kind if compensation::goes_on(kind) => Ok(Vec::new()),
        ElementKind::ThrowEvent(throw) | ElementKind::EndEvent(throw) => {
            of_throw(stepper, key, throw)
        }
        ElementKind::SendTask(message) => Ok(vec![of_message(stepper, key, message)?]),
        _ => Ok(Vec::new()),
    }
}

/// What a throw comes to, as seen from `key`.
pub(crate) fn of_throw(
    stepper: &mut Stepper,
    key: Key,
    throw: &Throw,
) -> Result<Vec<Thrown>, Halt> {
    let mut thrown = Vec::new();
    for part in throw.parts() {
        let variables = || content(stepper, key);
        thrown.push(match part {
            // A job has done it, or a compensation has run, before the event completes.
            Throw::None | Throw::Job(_) | Throw::Compensation(_) | Throw::Multiple(_) => continue,
            Throw::Terminate => Thrown::Terminate,
            Throw::Cancel => Thrown::Cancel,
            Throw::Link(target) => Thrown::Link(*target),
            Throw::Error(error) => Thrown::Error {
                variables: variables(),
                code: stepper.required_string(&error.code, key, "an error code")?,
            },
            Throw::Escalation(escalation) => Thrown::Escalation {
                variables: variables(),
                code: stepper.required_string(&escalation.code, key, "an escalation code")?,
            },
            Throw::Signal(name) => Thrown::Signal {
                variables: variables(),
                name: stepper.required_string(name, key, "a signal name")?,
            },
            Throw::Message(message) => of_message(stepper, key, message)?,
        });
    }
    Ok(thrown)
}

/// The content of what an element throws: what its input mappings made.
fn content(stepper: &Stepper, key: Key) -> Variables {
    stepper.state.variables_of(key).cloned().unwrap_or_default()
}

fn of_message(stepper: &mut Stepper, key: Key, message: &MessageThrow) -> Result<Thrown, Halt> {
    let mut text = |text: Option<&Text>, needed| match text {
        Some(text) => stepper.required_string(text, key, needed).map(Some),
        None => Ok(None),
    };
    let name = text(Some(&message.name), "a message name")?.unwrap_or_default();
    let correlation_key = text(
        message.correlation_key.as_ref(),
        "a text or a number to correlate by",
    )?;
    let message_id = text(
        message.message_id.as_ref(),
        "a text or a number as the message's id",
    )?;
    let expires = match &message.time_to_live {
        Some(text) => Some(expiry(stepper, text, key)?),
        None => None,
    };
    Ok(Thrown::Message {
        message: MessageData {
            name,
            correlation_key: correlation_key.unwrap_or_default(),
            message_id,
            expires,
        },
        variables: content(stepper, key),
    })
}

fn expiry(stepper: &mut Stepper, text: &Text, key: Key) -> Result<Timestamp, Halt> {
    let evaluated = stepper.text(text, key)?;
    let (now, zone): (Timestamp, Zone) = (stepper.inputs.now, stepper.inputs.zone);
    let expires = timer::duration(&evaluated.value).and_then(|time| time.add_to(now, &zone));
    expires.ok_or_else(|| evaluated.unfit(text, "a duration such as PT1H"))
}

/// Throws, in order, from `from`: a scope, or an element instance whose own boundary events may catch it. What comes after
/// something that has ended `from` is not thrown any more.
pub(crate) fn all(
    stepper: &mut Stepper,
    element: ElementIx,
    from: Key,
    thrown: Vec<Thrown>,
) -> Result<(), StepError> {
    for thrown in thrown {
        if stepper.state.status != Status::Active || !stepper.state.is_scope(from) {
            return Ok(());
        }
        let id = stepper.graph.element(element).id.clone();
        match thrown {
            Thrown::Terminate => stepper.clear(from)?,
            Thrown::Error { code, variables } => {
                error::throw_at_end(stepper, element, from, code, variables)?
            }
            Thrown::Escalation { code, variables } => {
                escalation::throw(stepper, id, from, code, variables)?
            }
            Thrown::Message { message, variables } => {
                message::throw(stepper, id, from, message, variables)?
            }
            Thrown::Signal { name, variables } => signal::throw(stepper, id, name, variables)?,
            Thrown::Cancel => transaction::cancelled(stepper, from)?,
            Thrown::Link(target) => stepper.enter(target, from, Vec::new()).map(|_| ())?,
        }
    }
    Ok(())
}
