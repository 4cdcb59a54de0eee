//! Any bytes: an answer, never a panic, and no more problems than asked for.

#![no_main]

use libfuzzer_sys::fuzz_target;
use redthread_bpmn::{Limits, read};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        problems: 100,
        ..Limits::default()
    };
    if let Ok(diagram) = read(bytes, &limits) {
        assert!(diagram.problems.len() <= 101);
        assert!(diagram.processes.is_empty() || !diagram.has_errors());
        // A drawing is examined as if it were to run.
        let missing = diagram.missing_for_execution();
        assert!(missing.len() <= 101);
    }
});
