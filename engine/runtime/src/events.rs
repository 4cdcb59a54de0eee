//! What reaches instances from outside: messages, signals, and what people begin by hand.

use redthread_bpmn::graph::Id;
use redthread_core::command::Variables;
use redthread_core::{Command, Key};

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::request::{Message, Published, Signal, Signalled};
use crate::runtime::Runtime;
use crate::writer::{Answer, Work};

impl Runtime {
    /// Publishes a message: at most one instance of each process receives it, the one that has waited longest; message
    /// start events start an instance. It is kept for its time to live for processes that have not received it.
    ///
    /// # Errors
    /// [`RuntimeError::DuplicateMessage`] when one with the same name, key and id is kept.
    pub async fn publish_message(
        &self,
        message: Message,
        actor: Actor,
    ) -> Result<Published, RuntimeError> {
        match self.submit(Work::Publish(message), actor).await? {
            Answer::Published(published) => Ok(published),
            other => Err(other.unexpected()),
        }
    }

    /// Sends a signal to every instance that waits for it; signal start events start an instance.
    ///
    /// # Errors
    /// Where it has no name.
    pub async fn send_signal(
        &self,
        signal: Signal,
        actor: Actor,
    ) -> Result<Signalled, RuntimeError> {
        match self.submit(Work::Signal(signal), actor).await? {
            Answer::Signalled(signalled) => Ok(signalled),
            other => Err(other.unexpected()),
        }
    }

    /// Begins activities of an ad-hoc sub-process, each with these variables.
    ///
    /// # Errors
    /// Where the sub-process does not run (any more), or has no such activity.
    pub async fn activate_elements(
        &self,
        instance: Key,
        ad_hoc: Key,
        elements: Vec<Id>,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let command = Command::ActivateElements {
            ad_hoc,
            elements,
            variables,
        };
        self.command(instance, command, actor).await
    }
}
