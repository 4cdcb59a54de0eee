//! Messages (BPMN 2.0 section 10.5.5.7): waited for by name and correlation key.

use redthread_bpmn::graph::{ElementIx, Id, Message, Text};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{Event, MessageData, SubscriptionData};
use crate::incident::Stuck;
use crate::inputs::Inputs;
use crate::key::Key;
use crate::scope::evaluate_outside;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

pub(crate) fn open(
    stepper: &mut Stepper,
    element_instance: Key,
    event: ElementIx,
    message: &Message,
) -> Result<(), Halt> {
    let name = stepper.required_string(&message.name, element_instance, "a message name")?;
    let correlation_key = match &message.correlation_key {
        Some(expression) => {
            let text = Text::Expression(expression.clone());
            stepper.required_string(
                &text,
                element_instance,
                "a text or a number to correlate by",
            )?
        }
        None => String::new(),
    };
    let element = stepper.graph.element(event).id.clone();
    let subscription = SubscriptionData {
        element,
        name,
        correlation_key,
    };
    let key = stepper.new_key();
    stepper.emit(Event::SubscriptionOpened {
        key,
        element_instance,
        subscription,
    });
    Ok(())
}

/// Sends a message. What waits for it around where it is sent, at the activity or scope `from`, gets it in this step; else the
/// runtime finds who waits.
pub(crate) fn throw(
    stepper: &mut Stepper,
    element: Id,
    from: Key,
    message: MessageData,
    variables: Variables,
) -> Result<(), StepError> {
    let mut around = stepper.state.waits_of(from);
    let waiting = around.find_map(|(key, what)| match what {
        WaitKind::Subscription(awaited)
            if awaited.name == message.name
                && awaited.correlation_key == message.correlation_key =>
        {
            Some(key)
        }
        _ => None,
    });
    drop(around);
    stepper.emit(Event::MessageThrown {
        element,
        message,
        variables: variables.clone(),
        has_come: waiting.is_some(),
    });
    match waiting {
        Some(key) => super::occurred(stepper, key, from, &variables),
        None => Ok(()),
    }
}

/// The message name of a start event of a definition: there is no instance yet, so an expression sees no variables.
///
/// # Errors
///
/// Where the expression gives no text.
pub fn start_name(message: &Message, inputs: &Inputs) -> Result<String, Stuck> {
    match &message.name {
        Text::Literal(name) => Ok(name.to_string()),
        Text::Expression(expression) => {
            let evaluated = evaluate_outside(expression, &(), inputs);
            match &evaluated.value {
                Value::String(name) if !name.is_empty() => Ok(name.to_string()),
                _ => Err(Stuck::expression(format!(
                    "The message name `{}` of a start event must give a text without any variables.",
                    expression.text()
                ))),
            }
        }
    }
}
