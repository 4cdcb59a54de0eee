//! Tables for people.

use std::time::Duration;

use crate::measure::Figures;
use crate::place::Place;
use crate::scale::StartUp;

/// One line of the table of throughput; `beside`: the same without an engine.
pub fn row(place: &Place, clients: usize, what: &str, figures: &Figures, beside: Option<&Figures>) {
    let ratio = beside.map_or_else(String::new, |bare| {
        format!(
            "{:.0} %",
            100.0 * figures.steps_per_second / bare.steps_per_second
        )
    });
    println!(
        "| {} | {clients} | {what} | {:.0} | {:.0} | {} | {} | {:.0} + {:.0} | {:.0} | {ratio} |",
        place.name(),
        figures.instances_per_second,
        figures.steps_per_second,
        millis(figures.p50),
        millis(figures.p99),
        figures.cpu.as_secs_f64() * 1e6,
        figures.cpu_of_server.as_secs_f64() * 1e6,
        figures.bytes,
    );
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

/// One line of the table of open instances.
pub fn scale(place: &Place, open: u64, figures: &Figures, started: &StartUp) {
    println!(
        "| {} | {open} | {:.0} | {} | {} | {:.2} s | {:.0} MiB |",
        place.name(),
        figures.steps_per_second,
        millis(figures.p50),
        millis(figures.p99),
        started.time.as_secs_f64(),
        started.memory as f64 / 1024.0 / 1024.0,
    );
}

/// One line of the table of timers.
pub fn timers(place: &Place, waiting: u64, fired: u64, all: bool, p50: Duration, p99: Duration) {
    let note = if all { "" } else { " (not all in time)" };
    println!(
        "| {} | {waiting} | {fired}{note} | {} | {} |",
        place.name(),
        millis(p50),
        millis(p99),
    );
}
