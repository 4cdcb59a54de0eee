//! The state machine: command and state in, events out. No clock, no I/O, no async, no randomness.
