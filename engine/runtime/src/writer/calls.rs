//! Calls (BPMN 2.0 section 10.3.6): a called process is an instance of its own, with the key that its caller waits for.
//!
//! | in one | follows in the other |
//! |---|---|
//! | `InstanceCalled` | the instance is started with exactly that key |
//! | `InstanceCompleted`, `-Failed`, `-Terminated` | `EndCall` to the caller |
//! | `EscalationThrown` to the caller | `EscalateCall` to the caller |
//! | `CallEnded` because it is not needed any more | `Cancel` to the called instance |

use redthread_bpmn::graph::Id;
use redthread_core::{CallOutcome, Command, Event, Key};
use serde::{Deserialize, Serialize};

use super::batch::Batch;
use super::cache::Live;
use super::follow_up::FollowUp;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::work_items::{self, At};

/// An instance that is to be started because another one calls it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Called {
    /// The calling instance.
    pub caller: Key,
    /// The call activity.
    pub element: Id,
    pub element_instance: Key,
    /// How it starts.
    pub command: Command,
    pub actor: Actor,
}

impl Batch<'_> {
    /// Starts a called instance, if it is still wanted. One that cannot be started is told to its caller.
    pub(super) async fn call(&mut self, called: Called) -> Result<(), RuntimeError> {
        let Command::Start {
            instance,
            definition,
            ..
        } = &called.command
        else {
            return Ok(());
        };
        let (key, definition) = (*instance, *definition);
        let caller = self.live(called.caller).await?;
        if !caller.state.waits.contains_key(&key) {
            return Ok(());
        }
        let before = self.revision;
        let started = match self.definition(definition).await {
            Ok(definition) => {
                self.step_new(key, definition, called.command, called.actor.clone())
                    .await
            }
            Err(error) => Err(error),
        };
        match started {
            Ok(()) => {
                let at = At {
                    key: called.element_instance,
                    element: &called.element,
                };
                let row = work_items::called_instance(called.caller, at, key);
                self.rows.called_instance.insert(row.key, row);
                Ok(())
            }
            Err(error)
                if self.revision == before && !error.may_pass() && !error.spoils_transaction() =>
            {
                tracing::warn!(%error, "a called process cannot be started");
                let outcome = CallOutcome::NotStarted {
                    message: error.to_string(),
                };
                self.queue(FollowUp::Step {
                    instance: called.caller,
                    command: Command::EndCall { call: key, outcome },
                    actor: Actor::System,
                });
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// What the end of an instance, or an escalation that it does not catch itself, means for the one that called it. `live`
/// is the instance after the step.
pub(super) fn told_to_caller(live: &Live, event: &Event) -> Option<FollowUp> {
    let state = &live.state;
    let caller = state.caller.as_ref()?;
    let call = state.key;
    let (command, element) = match event {
        Event::InstanceCompleted => {
            let variables = state.variables.clone();
            let outcome = CallOutcome::Completed { variables };
            (Command::EndCall { call, outcome }, None)
        }
        Event::InstanceFailed {
            element,
            code,
            message,
            variables,
        } => {
            let outcome = CallOutcome::Failed {
                code: code.clone(),
                message: message.clone(),
                variables: variables.clone(),
            };
            (Command::EndCall { call, outcome }, Some(element))
        }
        Event::InstanceTerminated { reason } => {
            let outcome = CallOutcome::Terminated {
                reason: reason.clone(),
            };
            (Command::EndCall { call, outcome }, None)
        }
        Event::EscalationThrown {
            element,
            code,
            variables,
            to_caller: true,
            ..
        } => {
            let command = Command::EscalateCall {
                call,
                code: code.clone(),
                variables: variables.clone(),
            };
            (command, Some(element))
        }
        _ => return None,
    };
    Some(FollowUp::Step {
        instance: caller.instance,
        command,
        actor: actor_of(live, element),
    })
}

/// An instance as the one who does something, at this element; none: by its start or end.
pub(super) fn actor_of(live: &Live, element: Option<&Id>) -> Actor {
    let process = live.definition.process_id.clone();
    Actor::Process {
        instance: live.state.key,
        element: element.unwrap_or(&process).clone(),
        process,
    }
}
