//! The 43 workflow control-flow patterns (Russell, ter Hofstede, van der Aalst, Mulyar, 2006), each as a small diagram in
//! `tests/patterns` that is played as it would run. `docs/conformance.md` has the table, which is held to these tests.
//!
//! | file | patterns |
//! |---|---|
//! | `basic.rs` | 1-5: basic control flow |
//! | `branching.rs` | 6-9, 28-33, 37, 38, 41, 42: advanced branching and synchronisation |
//! | `instances.rs` | 12-15, 34-36: multiple instances |
//! | `state.rs` | 16-18, 39, 40: what depends on the state |
//! | `ending.rs` | 11, 19, 20, 25-27, 43: cancelling, completing, terminating |
//! | `iteration.rs` | 10, 21, 22: cycles, loops, recursion; 23, 24: triggers |
//! | `page.rs` | the table and these tests name each other |

mod basic;
mod branching;
mod ending;
mod instances;
mod iteration;
mod page;
mod state;

use std::path::{Path, PathBuf};

use redthread_core::Status;
use redthread_core::event::Event;
use redthread_tests::play::{Message, Play, variables};
use serde_json::{Value as Json, json};

/// Where the diagrams are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns")
}

/// A pattern's diagram that runs.
struct Pattern {
    play: Play,
}

/// Starts the process of `tests/patterns/<file>.bpmn`, which is named like the number of its pattern.
fn begin(file: &str, start: Json) -> Pattern {
    let path = folder().join(file).with_extension("bpmn");
    let bytes = std::fs::read(&path).expect("a diagram");
    let process = file.split('-').next().expect("a number");
    let mut play = Play::new().expect("a runtime");
    if let Err(error) = play.deploy(file, bytes) {
        panic!("{file}: {error} {:#?}", error.problems());
    }
    if let Err(error) = play.start(process, variables(&start)) {
        panic!("{file}: {error}");
    }
    Pattern { play }
}

impl Pattern {
    /// The tasks that wait for somebody, by name.
    fn open(&self) -> Vec<String> {
        let mut open = self.play.open();
        open.sort();
        open
    }

    /// Somebody does a task.
    #[track_caller]
    fn does(&mut self, task: &str) {
        self.does_with(task, json!({}));
    }

    /// Somebody does a task, with a result.
    #[track_caller]
    fn does_with(&mut self, task: &str, result: Json) {
        if let Err(error) = self.play.complete(task, variables(&result)) {
            panic!("{error}");
        }
    }

    /// How often an element has completed.
    fn times(&self, element: &str) -> usize {
        let completed = |event: &Event| matches!(event, Event::ElementCompleted { element: of, .. } if **of == *element);
        let happened = self.play.happened().iter();
        happened.filter(|one| completed(&one.event)).count()
    }

    /// A message comes.
    #[track_caller]
    fn hears(&mut self, name: &str, key: &str) {
        let message = Message::new(name, key);
        self.play.message(message).expect("a message");
    }

    /// A person begins activities of an ad-hoc sub-process.
    #[track_caller]
    fn chooses(&mut self, ad_hoc: &str, activities: &[&str]) {
        let chosen = self.play.activate(ad_hoc, activities);
        chosen.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Days pass.
    #[track_caller]
    fn days_pass(&mut self, days: i64) {
        self.play.pass(days * 86_400).expect("time to pass");
    }

    /// Whether everything has ended well and nothing is stuck.
    fn has_ended(&self) -> bool {
        self.play
            .instances()
            .all(|state| state.status == Status::Completed && state.incidents.is_empty())
    }
}
