//! `redthread doctor`: examines a database and says what is wrong with it. It changes nothing, and a server may be running
//! on the database meanwhile.

use std::io::{self, IsTerminal, Write};

use redthread_runtime::doctor::{self, Examined, Finding, Told};
use redthread_runtime::{Database, RuntimeError};

use super::Outcome;
use super::output::{self, Colour};
use crate::server::Migrator;

/// The arguments of `redthread doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The database, sqlite:PATH or postgres://...
    #[arg(
        long,
        env = "REDTHREAD_DATABASE",
        value_name = "URL",
        default_value = "sqlite:redthread.db",
        hide_env_values = true
    )]
    database: String,
    /// Print one JSON object a finding, and one that sums up
    #[arg(long)]
    json: bool,
}

/// Runs `redthread doctor`.
pub fn run(args: &Args) -> Outcome {
    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let examined = match threads {
        Ok(threads) => threads.block_on(examine(args)),
        Err(error) => Err(Failure::Output(error)),
    };
    match examined {
        Ok(Examined { findings: 0, .. }) => Outcome::Done,
        Ok(_) => Outcome::Faulty,
        Err(Failure::Database(error)) => {
            output::complain(&format!("The database cannot be examined: {error}"));
            Outcome::Unusable
        }
        Err(Failure::Schema) => {
            output::complain(
                "The database is of another version, or is none of Redthread. Start this version's server on it once, then examine it again.",
            );
            Outcome::Unusable
        }
        Err(Failure::Output(error)) => {
            output::complain(&format!("The findings cannot be written: {error}."));
            Outcome::Unusable
        }
    }
}

enum Failure {
    Database(RuntimeError),
    Schema,
    Output(io::Error),
}

impl From<RuntimeError> for Failure {
    fn from(error: RuntimeError) -> Failure {
        Failure::Database(error)
    }
}

async fn examine(args: &Args) -> Result<Examined, Failure> {
    let database = Database::open_to_read(&args.database).await?;
    if !doctor::is_current::<Migrator>(&database)
        .await
        .unwrap_or(false)
    {
        return Err(Failure::Schema);
    }
    let mut out = Out {
        json: args.json,
        coloured: output::coloured(),
        progress: io::stderr().is_terminal(),
        failed: Ok(()),
    };
    let examined = doctor::examine(&database, &mut |told| out.tell(&told)).await?;
    out.sum_up(&examined);
    output::closed_pipe_is_fine(out.failed).map_err(Failure::Output)?;
    Ok(examined)
}

/// Where findings are written as they are found.
struct Out {
    json: bool,
    coloured: bool,
    /// Somebody watches the standard error.
    progress: bool,
    failed: io::Result<()>,
}

impl Out {
    fn tell(&mut self, told: &Told) {
        match told {
            Told::Progress { examined, all } if self.progress => {
                // What cannot be shown of the progress is not missed.
                let _ = write!(io::stderr(), "\r{examined} of {all} instances examined");
            }
            Told::Progress { .. } => {}
            Told::Finding(finding) => {
                if self.progress {
                    let _ = write!(io::stderr(), "\r\u{1b}[K");
                }
                self.write(|json, coloured, out| {
                    if json {
                        output::json_line(out, finding)
                    } else {
                        for_people(finding, coloured, out)
                    }
                });
            }
        }
    }

    fn sum_up(&mut self, examined: &Examined) {
        if self.progress {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
        let Examined {
            instances,
            steps,
            findings,
        } = *examined;
        self.write(|json, coloured, out| {
            if json {
                let sum = serde_json::json!({"instances": instances, "steps": steps, "findings": findings});
                return output::json_line(out, &sum);
            }
            let (word, colour) = match findings {
                0 => ("healthy".to_owned(), Colour::Green),
                1 => ("1 finding".to_owned(), Colour::Red),
                many => (format!("{many} findings"), Colour::Red),
            };
            let word = output::paint(&word, colour, coloured);
            writeln!(out, "{instances} instances with {steps} steps examined: {word}")
        });
    }

    /// Once writing has failed, what comes later is only counted.
    fn write(&mut self, write: impl FnOnce(bool, bool, &mut dyn Write) -> io::Result<()>) {
        if self.failed.is_ok() {
            self.failed = write(self.json, self.coloured, &mut io::stdout().lock());
        }
    }
}

fn for_people(finding: &Finding, coloured: bool, out: &mut dyn Write) -> io::Result<()> {
    let code = output::paint(finding.code.as_str(), Colour::Red, coloured);
    write!(out, "{code} {}", finding.table)?;
    if let Some(key) = &finding.key {
        write!(out, " {}", output::harmless(key))?;
    }
    if let Some(instance) = finding.instance {
        write!(out, ", instance {instance}")?;
    }
    if let Some(element) = &finding.element {
        write!(out, ", element {}", output::harmless(element))?;
    }
    writeln!(out, ": {}", output::harmless(&finding.message))?;
    if let (Some(expected), Some(found)) = (&finding.expected, &finding.found) {
        let (expected, found) = (output::harmless(expected), output::harmless(found));
        writeln!(out, "  expected: {expected}\n  found:    {found}")?;
    }
    let hint = output::paint(finding.hint, Colour::Dim, coloured);
    writeln!(out, "  {hint}")
}
