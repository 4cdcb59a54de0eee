//! The core in the words of BPMN: diagrams, commands and traces.

mod decisions;
mod events;
mod gateways;
mod random;
mod run;
mod variables;
