//! `redthread play`: runs processes in memory on a virtual clock and prints what happens.
//!
//! | file | what |
//! |---|---|
//! | `script.rs` | what `--script` says |
//! | `records.rs` | customer records by readable ids |
//! | `driver.rs` | the clock, and in which order things happen |
//! | `act.rs` | what the script does |
//! | `waiting.rs` | what waits for an answer, and which rule answers it |
//! | `trace.rs` | the engine's events as lines in BPMN's words |
//! | `show.rs` | lines for programs and for people; asking on a terminal |
//!
//! It is no second engine: the runtime and the connectors are those of the server, on an SQLite database in memory. What
//! it shows is what will happen.

mod act;
mod driver;
mod occurrence;
mod records;
mod script;
mod show;
mod trace;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use redthread_calendar::{BusinessCalendar, IsoDuration, Timestamp, parse_duration};
use redthread_connectors::CrmWorld;
use redthread_runtime::{
    Actor, Clock, Database, ProcessRef, Runtime, SettableClock, StartInstance, UploadedFile,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use self::driver::{Driver, PlayError, Scene};
use self::records::{RecordError, Records, Seed};
use self::script::{Script, Variables, to_variables};
use self::trace::Trace;
use super::content::Content;
use super::{Outcome, check, output};

/// The arguments of `redthread play`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Diagrams, decisions and forms; all are deployed together
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Start this process, with these variables; may be given several times [default: the only executable process that
    /// has a none start event]
    #[arg(long, value_name = "PROCESS_ID[=JSON]")]
    start: Vec<String>,
    /// The variables of every start that has none of its own
    #[arg(long, value_name = "JSON|@FILE")]
    vars: Option<String>,
    /// What people, jobs and the world do: a JSON list of rules
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The customer records that exist at the start: a JSON list of {"kind", "id", "fields"}
    #[arg(long, value_name = "FILE")]
    records: Option<PathBuf>,
    /// The company's working hours, holidays and zone
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// When the run begins
    #[arg(long, value_name = "INSTANT", default_value = "2026-01-05T09:00:00Z", value_parser = Timestamp::parse)]
    at: Timestamp,
    /// How long it may take, on its own clock
    #[arg(long, value_name = "DURATION", default_value = "P400D", value_parser = parse_duration)]
    until: IsoDuration,
    /// How many lines the trace may have: ends endless runs
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    max_steps: u64,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// What the arguments say, read and understood.
struct Play {
    files: Vec<UploadedFile>,
    contents: Vec<(String, Content)>,
    starts: Option<Vec<(String, Variables)>>,
    vars: Variables,
    script: Script,
    seeds: Vec<Seed>,
    calendar: Option<BusinessCalendar>,
}

/// Runs `redthread play`.
pub fn run(args: &Args) -> Outcome {
    let play = match read(args) {
        Ok(play) => play,
        Err(sentence) => {
            output::complain(&sentence);
            return Outcome::Unusable;
        }
    };
    if let Some(outcome) = refuse(args, &play) {
        return outcome;
    }
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let threads = match threads {
        Ok(threads) => threads,
        Err(error) => {
            output::complain(&format!("The play cannot start its threads: {error}."));
            return Outcome::Unusable;
        }
    };
    let outcome = threads.block_on(perform(args, play));
    // An endless run goes on behind the scenes; nobody waits for it.
    threads.shutdown_background();
    match outcome {
        Ok(outcome) => outcome,
        Err(Failure::Play(PlayError::Output(error)))
            if error.kind() == std::io::ErrorKind::BrokenPipe =>
        {
            Outcome::Done
        }
        Err(failure) => {
            output::complain(&failure.to_string());
            Outcome::Unusable
        }
    }
}

/// Why there was no play, or none to the end.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Play(#[from] PlayError),
}

impl From<redthread_runtime::RuntimeError> for Failure {
    fn from(error: redthread_runtime::RuntimeError) -> Failure {
        Failure::Play(error.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Play(error.into())
    }
}

fn read(args: &Args) -> Result<Play, String> {
    let mut files = Vec::new();
    let mut contents = Vec::new();
    for path in &args.files {
        let bytes = std::fs::read(path).map_err(|error| cannot_open(path, &error))?;
        contents.push((path.display().to_string(), Content::of(&bytes)));
        files.push(UploadedFile {
            name: path.display().to_string(),
            bytes,
        });
    }
    let vars = match args.vars.as_deref() {
        None => Variables::new(),
        Some(text) => match text.strip_prefix('@') {
            Some(file) => variables(&read_text(Path::new(file))?, file)?,
            None => variables(text, "--vars")?,
        },
    };
    let starts = args.start.iter().map(|start| match start.split_once('=') {
        Some((process, json)) => Ok((process.to_owned(), variables(json, "--start")?)),
        None => Ok((start.clone(), vars.clone())),
    });
    let starts: Vec<_> = starts.collect::<Result<_, String>>()?;
    Ok(Play {
        files,
        contents,
        starts: (!starts.is_empty()).then_some(starts),
        vars,
        script: match &args.script {
            None => Script::default(),
            Some(path) => Script::parse(&read_text(path)?).map_err(|error| error.to_string())?,
        },
        seeds: args
            .records
            .as_deref()
            .map(read_json)
            .transpose()?
            .unwrap_or_default(),
        calendar: args.calendar.as_deref().map(read_json).transpose()?,
    })
}

fn cannot_open(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be opened: {error}.", path.display())
}

fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| cannot_open(path, &error))
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    serde_json::from_str(&read_text(path)?)
        .map_err(|error| format!("{} cannot be read: {error}.", path.display()))
}

fn variables(json: &str, place: &str) -> Result<Variables, String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json)
        .map_err(|error| format!("{place} is not a JSON object: {error}."))?;
    Ok(to_variables(object))
}

/// What `check` finds wrong is not played.
fn refuse(args: &Args, play: &Play) -> Option<Outcome> {
    let reports = check::examine(&play.contents);
    let outcome = reports
        .iter()
        .map(|report| report.outcome)
        .max()
        .unwrap_or(Outcome::Done);
    if outcome == Outcome::Done {
        return None;
    }
    let errors: Vec<_> = reports
        .into_iter()
        .flat_map(|report| report.problems)
        .filter(check::Line::is_error)
        .collect();
    match show::refused(&errors, args.json) {
        Ok(()) => Some(outcome),
        Err(error) => {
            output::complain(&format!("The result cannot be written: {error}."));
            Some(Outcome::Unusable)
        }
    }
}

/// The tables of records and engine; a play needs no accounts.
struct Tables;

impl MigratorTrait for Tables {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = redthread_runtime::Migrator::migrations();
        all.extend(redthread_crm::Migrator::migrations());
        all
    }
}

async fn perform(args: &Args, play: Play) -> Result<Outcome, Failure> {
    let graphs = play.contents.iter().flat_map(|(_, content)| match content {
        Content::Bpmn(diagram) => diagram.processes.clone(),
        _ => Vec::new(),
    });
    let trace = Trace::new(graphs);
    let zone = play
        .calendar
        .as_ref()
        .map(|calendar| calendar.zone)
        .unwrap_or_default();
    let world = Arc::new(CrmWorld::default());
    world.set_zone(zone);
    let clock = Arc::new(SettableClock::standing_at(args.at));
    let database = Database::in_memory().await?;
    database.migrate::<Tables>().await?;
    let runtime = Runtime::open(database, world, clock.clone()).await?;

    // The records are there before the processes: they exist already, and start nothing.
    let (seeds, company) = (play.seeds, play.calendar);
    let records: Arc<Mutex<Records>> = Arc::default();
    let filled = records.clone();
    let loaded = runtime.write(Actor::System, move |tx, cx| {
        let (seeds, company, filled) = (seeds.clone(), company.clone(), filled.clone());
        Box::pin(async move {
            let loaded = records::load(tx, cx, &seeds, company.as_ref()).await?;
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = loaded;
            Ok::<(), RecordError>(())
        })
    });
    loaded.await?.map_err(|error| Failure::Usage(error.0))?;
    let records = std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));

    let mut stage = show::stage(args.json);
    let scene = Scene {
        trace,
        records,
        script: play.script,
        zone,
        max_steps: args.max_steps,
    };
    let mut driver = Driver::new(runtime, clock, scene, stage.as_mut());
    let actor = Actor::User {
        login: "script".into(),
        name: "Script".into(),
    };
    driver.runtime.deploy(play.files, actor.clone()).await?;
    let starts = match play.starts {
        Some(starts) => starts,
        None => only_one(&driver, play.vars)?,
    };
    let mut finished = true;
    for (process, variables) in starts {
        let start = StartInstance {
            process: ProcessRef::Latest(process),
            element: None,
            variables,
            subject: None,
        };
        let runtime = driver.runtime.clone();
        match driver.watch(runtime.start(start, actor.clone())).await? {
            Some(started) => drop(started?),
            None => finished = false,
        }
    }
    let end = args.until.add_to(args.at, &zone).unwrap_or(Timestamp::MAX);
    finished = finished && driver.run(end).await?;
    let mut summary = driver.trace.summary(driver.clock.now());
    let told = driver
        .records
        .told(driver.runtime.database().readers())
        .await
        .map_err(PlayError::from)?;
    if !told.is_empty() {
        summary.insert("records".into(), told.into());
    }
    if !finished {
        let sentence = format!(
            "The run was ended after {} lines. Raise --max-steps to see more.",
            args.max_steps
        );
        summary.insert("stopped".into(), sentence.into());
    }
    let set_aside = driver.runtime.queries().reasons_set_aside().await?;
    if finished && !set_aside.is_empty() {
        summary.insert("stopped".into(), set_aside.join(" ").into());
    }
    let faulty = !finished || !set_aside.is_empty() || driver.trace.has_incidents();
    stage.end(&summary)?;
    Ok(if faulty {
        Outcome::Faulty
    } else {
        Outcome::Done
    })
}

/// Without `--start`: the only process that can be started without a trigger. None is fine, since timers, messages and
/// records start processes too.
fn only_one(driver: &Driver<'_>, vars: Variables) -> Result<Vec<(String, Variables)>, Failure> {
    let mut startable = driver.startable();
    if startable.len() > 1 {
        return Err(Failure::Usage(format!(
            "Several processes can be started: {}. Choose with --start.",
            startable.join(", ")
        )));
    }
    Ok(startable
        .pop()
        .map(|process| (process, vars))
        .into_iter()
        .collect())
}
