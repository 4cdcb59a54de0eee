//! Whole-system tests in the words of BPMN and CRM; conformance runners.
//!
//! | where | what |
//! |---|---|
//! | `src/bin/conformance.rs`, `src/conformance/` | collections that others made: diagrams that are checked, models that run, decisions |
//! | `src/program.rs` | running the real `redthread` binary with a time limit |
//! | `src/served.rs` | the real server as a process that can be killed |
//! | `src/http.rs` | a small HTTP client for tests against the real server |
//! | `src/play/` | running diagrams in memory on a virtual clock, seeing every event |
//! | `tests/elements/` | every element of BPMN, from its XML to what happens |
//! | `tests/patterns/`, `patterns/` | the 43 workflow control-flow patterns, with a diagram each |
//! | `tests/betsy.rs` | the runner of betsy's models, on models of our own |
//! | `tests/play.rs`, `play/` | six small processes and the founding example, with their exact traces |
//! | `tests/kill.rs` | twenty SIGKILLs under load: nothing acknowledged is lost, nothing is there twice |
//! | `tests/doctor.rs` | what `redthread doctor` prints and how it ends |
//! | `tests/crash.rs` | fifty SIGKILLs on either database, the doctor after each |
//! | `tests/tidy.rs` | the walls between the rooms, file lengths, forbidden words |

pub mod conformance;
pub mod http;
pub mod play;
pub mod program;
pub mod served;
