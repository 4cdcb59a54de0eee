//! Tables for people: printed as they come, and put into a page between two marks.

use std::path::Path;
use std::time::Duration;

use crate::Asked;
use crate::measure::Figures;
use crate::place::Place;
use crate::scale::StartUp;

const BEGIN: &str = "<!-- figures: written by make bench -->";
const END: &str = "<!-- end of figures -->";

/// What has been measured.
#[derive(Debug, Default)]
pub struct Report {
    text: String,
    table: Option<&'static str>,
}

impl Report {
    /// Begins with the machine and how it was measured.
    pub fn new(asked: &Asked) -> Report {
        let mut report = Report::default();
        report.line(&machine());
        report.line(&format!(
            "Medians of {} runs of {} s each, by steps a second.",
            asked.runs,
            asked.time.as_secs()
        ));
        report
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A row of a table, which begins where the row before was not one of it.
    fn row(&mut self, title: &'static str, columns: &str, row: &str) {
        if self.table != Some(title) {
            let rule = columns
                .split('|')
                .map(|_| "---")
                .collect::<Vec<_>>()
                .join("|");
            self.line(&format!("\n### {title}\n\n| {columns} |\n|{rule}|"));
            self.table = Some(title);
        }
        self.line(&format!("| {row} |"));
    }

    /// One line of the table of throughput; `beside`: the same without an engine.
    pub fn throughput(
        &mut self,
        place: &Place,
        clients: usize,
        what: &str,
        figures: &Figures,
        beside: Option<&Figures>,
    ) {
        let ratio = beside.map_or_else(String::new, |bare| {
            let share = 100.0 * figures.steps_per_second / bare.steps_per_second;
            let times = figures.p50.as_secs_f64() / bare.p50.as_secs_f64();
            format!("{share:.0} %, p50 {times:.1} times")
        });
        self.row(
            "Throughput",
            "database | clients | what | instances/s | steps/s | p50 ms | p99 ms | CPU µs a step, ours + server's | bytes a step | beside the rows alone",
            &format!(
                "{} | {clients} | {what} | {:.0} | {:.0} | {} | {} | {:.0} + {:.0} | {:.0} | {ratio}",
                place.name(),
                figures.instances_per_second,
                figures.steps_per_second,
                millis(figures.p50),
                millis(figures.p99),
                figures.cpu.as_secs_f64() * 1e6,
                figures.cpu_of_server.as_secs_f64() * 1e6,
                figures.bytes,
            ),
        );
    }

    /// One line of the table of open instances.
    pub fn scale(&mut self, place: &Place, open: u64, figures: &Figures, started: &StartUp) {
        self.row(
            "Open instances",
            "database | open instances | steps/s at 256 clients | p50 ms | p99 ms | start-up until the first task is completed | memory after 1,000 more",
            &format!(
                "{} | {open} | {:.0} | {} | {} | {:.2} s | {:.0} MiB",
                place.name(),
                figures.steps_per_second,
                millis(figures.p50),
                millis(figures.p99),
                started.time.as_secs_f64(),
                started.memory as f64 / 1024.0 / 1024.0,
            ),
        );
    }

    /// One line of the table of instances with many items.
    pub fn items(&mut self, place: &Place, items: usize, figures: &Figures) {
        self.row(
            "Many items in one instance",
            "database | items | steps/s at 16 clients | p50 ms | p99 ms | CPU µs a step, ours + server's | bytes a step",
            &format!(
                "{} | {items} | {:.0} | {} | {} | {:.0} + {:.0} | {:.0}",
                place.name(),
                figures.steps_per_second,
                millis(figures.p50),
                millis(figures.p99),
                figures.cpu.as_secs_f64() * 1e6,
                figures.cpu_of_server.as_secs_f64() * 1e6,
                figures.bytes,
            ),
        );
    }

    /// One line of the table of timers.
    pub fn timers(
        &mut self,
        place: &Place,
        waiting: u64,
        lags: &[Duration; 2],
        fired: u64,
        missing: u64,
    ) {
        self.row(
            "Timers",
            "database | timers that wait | fired, 1,000 due a second | not fired in time | lag p50 ms | lag p99 ms",
            &format!(
                "{} | {waiting} | {fired} | {missing} | {} | {}",
                place.name(),
                millis(lags[0]),
                millis(lags[1]),
            ),
        );
    }

    /// Puts all of it into a page, between its marks.
    pub fn write(&self, page: &Path) -> Result<(), String> {
        let failed = |error| format!("{}: {error}", page.display());
        let text = std::fs::read_to_string(page).map_err(failed)?;
        let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else {
            return Err(format!(
                "{} has no marks {BEGIN} and {END}.",
                page.display()
            ));
        };
        let (before, after) = (&text[..begin + BEGIN.len()], &text[end..]);
        std::fs::write(page, format!("{before}\n{}{after}", self.text)).map_err(failed)
    }
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

/// The machine, in a line.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let models = cpus.lines().filter(|line| line.starts_with("model name"));
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let kilobytes = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|text| text.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    format!(
        "{} cores of {model}, {:.0} GiB of memory, {}; the clients run on the same cores.",
        models.count(),
        kilobytes.unwrap_or(0.0) / 1024.0 / 1024.0,
        read("/proc/version").split(" (").next().unwrap_or("Linux"),
    )
}
