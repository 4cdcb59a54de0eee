//! The core in the words of BPMN: diagrams, commands and traces.

mod decisions;
mod events;
mod flows;
mod gateways;
mod repetition;
mod run;
mod scopes;
mod variables;
