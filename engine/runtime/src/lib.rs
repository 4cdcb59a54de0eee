//! Loads state, calls the core, commits, wakes timers, hands out jobs.
