//! The `redthread` command: one binary for analysts, scripts and the server.
//!
//! | file | command |
//! |---|---|
//! | `check.rs`, `form.rs` | `redthread check`: what is wrong with a diagram, decisions or a form |
//! | `play/` | `redthread play`: runs processes in memory on a virtual clock and prints the trace |
//! | `feel.rs` | `redthread feel`: evaluates an expression |
//! | `decide.rs` | `redthread decide`: makes a decision |
//! | `serve.rs` | `redthread serve`: arguments, environment and configuration file of the server |
//! | `doctor.rs` | `redthread doctor`: says what is wrong with a database |
//! | `output.rs` | lines for programs, colours for people |
//!
//! Exit codes: 0 done; 1 the model has errors, the run ended in an incident, or the doctor found something; 2 wrong usage or unreadable input.

pub mod check;
pub mod content;
pub mod decide;
pub mod doctor;
pub mod feel;
pub mod form;
pub mod output;
pub mod play;
pub mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a command ended. The numbers are a contract with scripts.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All is well.
    Done,
    /// The model has errors, or the run ended in an incident.
    Faulty,
    /// Wrong usage, or an input that cannot be read.
    Unusable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Faulty => 1,
            Outcome::Unusable => 2,
        })
    }
}

/// Runs a company's processes over its customer records.
#[derive(Debug, Parser)]
#[command(name = "redthread", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what is wrong with diagrams, decisions and forms
    Check(check::Args),
    /// Run processes in memory on a virtual clock and print what happens
    Play(play::Args),
    /// Evaluate a FEEL expression
    Feel(feel::Args),
    /// Make a decision
    Decide(decide::Args),
    /// Run the server
    Serve(Box<serve::Args>),
    /// Examine a database
    Doctor(doctor::Args),
    /// Anything else: commands that are known but come later, and typing mistakes.
    #[command(external_subcommand)]
    Other(Vec<String>),
}

/// Commands that the command line will have, and what they are for.
const LATER: [(&str, &str); 5] = [
    ("backup", "copying a running database"),
    ("restore", "bringing a copy back"),
    ("user", "managing users without the web pages"),
    ("deploy", "uploading diagrams to a server"),
    ("bench", "measuring an installation"),
];

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Check(args) => check::run(&args),
        Command::Play(args) => play::run(&args),
        Command::Feel(args) => feel::run(&args),
        Command::Decide(args) => decide::run(&args),
        Command::Serve(args) => serve::run(*args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Other(words) => other(words.first().map_or("", String::as_str)),
    }
    .into()
}

fn other(name: &str) -> Outcome {
    match LATER.iter().find(|(later, _)| *later == name) {
        Some((_, purpose)) => output::complain(&format!(
            "`redthread {name}` ({purpose}) comes later. Run `redthread --help` to see what is there."
        )),
        None => output::complain(&format!(
            "There is no command `{name}`. Run `redthread --help` to see what is there."
        )),
    }
    Outcome::Unusable
}
