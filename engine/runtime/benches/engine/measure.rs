//! Steps, times, processor time and bytes of one run.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::place::Place;

/// What one run came to.
#[derive(Debug, Clone)]
pub struct Figures {
    pub steps_per_second: f64,
    pub instances_per_second: f64,
    /// Of what a client waits for: one submission.
    pub p50: Duration,
    pub p99: Duration,
    /// Processor time of a step: of this process, clients included, and of the database's own.
    pub cpu: Duration,
    pub cpu_of_server: Duration,
    /// Bytes written for a step: to the disk (SQLite), to the write-ahead log (PostgreSQL).
    pub bytes: f64,
}

/// Counters at one moment.
pub struct Meter {
    at: Instant,
    cpu: Duration,
    server: Duration,
    bytes: u64,
}

impl Meter {
    pub async fn read(place: &Place, connection: &DatabaseConnection) -> Meter {
        let bytes = match place {
            Place::Sqlite => written_by_this_process(),
            Place::Postgres(_) => log_position(connection).await,
        };
        let server = match place {
            Place::Sqlite => Duration::ZERO,
            Place::Postgres(_) => cpu_of_postgres(),
        };
        Meter {
            at: Instant::now(),
            cpu: cpu_of("self").unwrap_or_default(),
            server,
            bytes,
        }
    }

    /// What happened between two readings.
    pub fn figures(
        &self,
        later: &Meter,
        steps: u64,
        instances: u64,
        mut times: Vec<u32>,
    ) -> Figures {
        let seconds = (later.at - self.at).as_secs_f64();
        let of_a_step = |whole: Duration| whole / u32::try_from(steps.max(1)).unwrap_or(u32::MAX);
        times.sort_unstable();
        Figures {
            steps_per_second: steps as f64 / seconds,
            instances_per_second: instances as f64 / seconds,
            p50: at_share(&times, 0.50),
            p99: at_share(&times, 0.99),
            cpu: of_a_step(later.cpu.saturating_sub(self.cpu)),
            cpu_of_server: of_a_step(later.server.saturating_sub(self.server)),
            bytes: later.bytes.saturating_sub(self.bytes) as f64 / steps.max(1) as f64,
        }
    }
}

/// The time below which this share of the sorted times is.
pub fn at_share(sorted: &[u32], share: f64) -> Duration {
    let at = (sorted.len() as f64 * share) as usize;
    let micros = sorted.get(at.min(sorted.len().saturating_sub(1)));
    Duration::from_micros(u64::from(micros.copied().unwrap_or(0)))
}

/// The middle one, by this measure.
pub fn median<T: Clone>(mut all: Vec<T>, by: impl Fn(&T) -> f64) -> T {
    all.sort_by(|one, other| by(one).total_cmp(&by(other)));
    all[all.len() / 2].clone()
}

/// A clock tick of the kernel in `/proc/*/stat` (`sysconf(_SC_CLK_TCK)`; 100 on every Linux that we build for).
const TICK: Duration = Duration::from_millis(10);

/// User and system time of a process, as `proc(5)` has it.
fn cpu_of(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    Some(TICK * ticks)
}

/// Of all processes of a PostgreSQL server: clients come and go, so sums are compared only while none does.
fn cpu_of_postgres() -> Duration {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Duration::ZERO;
    };
    let names = processes.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .filter(|name| {
            std::fs::read_to_string(format!("/proc/{name}/comm"))
                .is_ok_and(|command| command.trim() == "postgres")
        })
        .filter_map(|name| cpu_of(&name))
        .sum()
}

fn written_by_this_process() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}

async fn log_position(connection: &DatabaseConnection) -> u64 {
    let sql = "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS BIGINT)";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.ok().flatten();
    let bytes: Option<i64> = row.and_then(|row| row.try_get_by_index(0).ok());
    bytes
        .and_then(|bytes| u64::try_from(bytes).ok())
        .unwrap_or(0)
}

/// Memory of this process, in bytes.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|text| text.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
