//! Whole-system tests in the words of BPMN and CRM; conformance runners.
//!
//! | where | what |
//! |---|---|
//! | `src/bin/conformance.rs`, `src/conformance/` | `redthread check` over collections of diagrams that others drew |
//! | `src/program.rs` | running the real `redthread` binary with a time limit |
//! | `src/http.rs` | a small HTTP client for tests against the real server |
//! | `src/play.rs` | running diagrams in memory on a virtual clock, seeing every event |
//! | `tests/play.rs`, `tests/play/` | six small processes and the founding example, with their exact traces |
//! | `tests/kill.rs` | twenty SIGKILLs under load: nothing acknowledged is lost, nothing is there twice |
//! | `tests/tidy.rs` | the walls between the rooms, file lengths, forbidden words |

pub mod conformance;
pub mod http;
pub mod play;
pub mod program;
