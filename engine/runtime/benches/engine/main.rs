//! How much the engine gets done on a database, beside what the database gets done with the same rows and no engine:
//! `make bench`. The driver, the rows and the durability are those that ship; the clients run in the same process.
//!
//! ```text
//! main.rs         what is asked for, and what of it is run
//! place.rs        a database of its own for each run, SQLite or PostgreSQL
//! diagrams.rs     the diagrams                         world.rs   the world that they run in
//! clients.rs      clients that start instances and bring them to their end
//! measure.rs      steps, times, processor time and bytes of one run
//! rows.rs         the same rows written by a loop, without an engine
//! throughput.rs   the three diagrams at 1, 16 and 256 clients
//! scale.rs        many open instances, many timers, starting up on them
//! items.rs        one instance with very many items
//! report.rs       medians of runs, as a table
//! ```

mod clients;
mod diagrams;
mod items;
mod measure;
mod place;
mod report;
mod rows;
mod scale;
mod throughput;
mod world;

use std::path::PathBuf;
use std::time::Duration;

use place::Place;
use report::Report;

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is asked for on the command line: `--runs 5 --seconds 4 --only throughput,rows,items,scale,timers --on sqlite,postgres
/// --clients 1,16,256 --open 1000,100000 --write docs/performance.md`.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Runs of which the median is told.
    pub runs: usize,
    /// How long each run is measured.
    pub time: Duration,
    /// Parts that are run; all of them where it is empty.
    pub only: Vec<String>,
    /// Clients at the same time.
    pub clients: Vec<usize>,
    /// Open instances, in the part about scale.
    pub open: Vec<usize>,
    /// Names of databases; both where it is empty.
    pub on: Vec<String>,
    /// The page that the tables are put into.
    pub write: Option<PathBuf>,
}

impl Asked {
    fn from_arguments() -> Result<Asked, String> {
        let mut asked = Asked {
            runs: 5,
            time: Duration::from_secs(4),
            only: Vec::new(),
            clients: vec![1, 16, 256],
            open: vec![1_000, 100_000, 1_000_000],
            on: Vec::new(),
            write: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue; // cargo says so
            }
            let value = arguments
                .next()
                .ok_or_else(|| format!("{name} needs a value."))?;
            let numbers = || -> Result<Vec<usize>, String> {
                let parts = value.split(',').map(|part| part.parse::<usize>());
                parts
                    .collect::<Result<_, _>>()
                    .map_err(|error| format!("{name} {value}: {error}"))
            };
            let words = || value.split(',').map(str::to_owned).collect();
            match name.as_str() {
                "--runs" => asked.runs = numbers()?[0].max(1),
                "--seconds" => asked.time = Duration::from_secs(numbers()?[0].max(1) as u64),
                "--clients" => asked.clients = numbers()?,
                "--open" => asked.open = numbers()?,
                "--only" => asked.only = words(),
                "--on" => asked.on = words(),
                "--write" => asked.write = Some(value.into()),
                _ => return Err(format!("{name} is none of the options.")),
            }
        }
        Ok(asked)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    fn places(&self) -> Vec<Place> {
        let places = Place::all().into_iter();
        places
            .filter(|place| self.on.is_empty() || self.on.iter().any(|on| on == place.name()))
            .collect()
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, name, url] = &arguments[..]
        && name == scale::START_UP
    {
        return scale::start_up(url).await;
    }
    let asked = match Asked::from_arguments() {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("{why}");
            std::process::exit(2);
        }
    };
    let mut report = Report::new(&asked);
    for place in asked.places() {
        if asked.wants("rows") || asked.wants("throughput") {
            throughput::run(&asked, &place, &mut report).await;
        }
    }
    for place in asked.places().iter().filter(|_| asked.wants("items")) {
        items::run(&asked, place, &mut report).await;
    }
    for place in asked.places() {
        scale::run(&asked, &place, &mut report).await;
    }
    if let Some(page) = &asked.write
        && let Err(why) = report.write(page)
    {
        eprintln!("{why}");
        std::process::exit(1);
    }
}
