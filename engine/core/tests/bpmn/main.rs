//! The core in the words of BPMN: diagrams, commands and traces.

mod calls;
mod compensation;
mod decisions;
mod diagram;
mod events;
mod flows;
mod gateways;
mod looks;
mod repetition;
mod run;
mod scopes;
mod variables;
