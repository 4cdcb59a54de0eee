//! *betsy*, the test system for BPEL and BPMN engines of the University of Bamberg, in the collection `betsy-bpmn`.
//!
//! | file | what |
//! |---|---|
//! | `refused.rs` | the models that break a rule of BPMN each: `redthread check` must refuse every one, for that rule |
//! | `expectations.rs` | the models that run, and which lines each must write |
//! | `rewrite.rs` | their placeholders for scripts and expressions become FEEL |
//! | `run.rs` | runs a case on the virtual clock and reads its lines from the history |
//! | `score.rs` | totals by group, and the failures |

mod expectations;
mod refused;
mod rewrite;
mod run;
mod score;

pub use expectations::{Case, Runnable, runnable};
pub use refused::{Betsy, BetsyTally, Model, Outcome, RULES, Rule, outcome};
pub use rewrite::{Rewritten, Token, rewrite};
pub use run::{CaseOutcome, run};
pub use score::Score;
