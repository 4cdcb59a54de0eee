//! How a play is shown: lines for programs, words for people, questions on a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use redthread_calendar::Timestamp;
use redthread_feel::{Env, Expression, Limits, Value};
use serde_json::{Map, Value as Json, json};

use super::driver::{Open, Stage, label};
use super::script::{Answer, Variables};
use super::trace::{Line, Trace};
use crate::cli::check;
use crate::cli::output::{self, Colour};

/// A stage that is told of the end.
pub trait Show: Stage {
    /// The last line.
    fn end(&mut self, summary: &Map<String, Json>) -> io::Result<()>;
}

/// The stage for programs or for people.
pub fn stage(json: bool) -> Box<dyn Show> {
    if json {
        Box::new(ForPrograms { out: io::stdout() })
    } else {
        let asks = io::stdin().is_terminal() && io::stdout().is_terminal();
        Box::new(ForPeople {
            coloured: output::coloured(),
            asks,
        })
    }
}

/// Tells that the files are not played.
pub fn refused(errors: &[check::Line], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        return output::closed_pipe_is_fine(output::json_line(
            &mut out,
            &json!({"refused": errors}),
        ));
    }
    let told = check::print_problems(&mut out, errors, output::coloured())
        .and_then(|()| writeln!(out, "Nothing was played: mend the errors first."));
    output::closed_pipe_is_fine(told)
}

struct ForPrograms {
    out: io::Stdout,
}

impl Stage for ForPrograms {
    fn line(&mut self, line: &Line) -> io::Result<()> {
        output::json_line(&mut self.out.lock(), line)
    }

    fn remark(&mut self, at: Timestamp, sentence: &str) -> io::Result<()> {
        output::complain(&format!("{at}: {sentence}"));
        Ok(())
    }

    fn ask(&mut self, _: &Open, _: &Trace) -> io::Result<Option<Answer>> {
        Ok(None)
    }
}

impl Show for ForPrograms {
    fn end(&mut self, summary: &Map<String, Json>) -> io::Result<()> {
        let mut out = self.out.lock();
        output::json_line(&mut out, summary)?;
        out.flush()
    }
}

struct ForPeople {
    coloured: bool,
    asks: bool,
}

impl ForPeople {
    fn colour_of(what: &str) -> Colour {
        match what {
            "incident" | "failed" => Colour::Red,
            "terminated" | "triggered" | "thrown" | "undoing" => Colour::Yellow,
            "completed" | "sent" => Colour::Green,
            "taken" => Colour::Dim,
            _ => Colour::Bold,
        }
    }
}

impl Stage for ForPeople {
    fn line(&mut self, line: &Line) -> io::Result<()> {
        let what = output::paint(
            &format!("{:<10}", line.what),
            Self::colour_of(line.what),
            self.coloured,
        );
        let (process, element) = (
            output::harmless(&line.process),
            output::harmless(&line.element),
        );
        let said = ["message", "signal", "code", "called"];
        let said = said.iter().find_map(|name| line.more.get(*name)?.as_str());
        let message = match said {
            Some(said) => format!(": {}", output::harmless(said)),
            None => String::new(),
        };
        writeln!(
            io::stdout(),
            "{}  {process}#{}  {what} {element} {}{message}",
            line.at,
            line.instance,
            output::paint(&format!("({})", line.kind), Colour::Dim, self.coloured),
        )
    }

    fn remark(&mut self, at: Timestamp, sentence: &str) -> io::Result<()> {
        writeln!(
            io::stdout(),
            "{at}  {}",
            output::paint(sentence, Colour::Yellow, self.coloured)
        )
    }

    fn ask(&mut self, open: &Open, trace: &Trace) -> io::Result<Option<Answer>> {
        if !self.asks {
            return Ok(None);
        }
        let (name, kind) = label(trace, open);
        let work = match &open.job_type {
            Some(job_type) => format!("the job \"{}\"", output::harmless(job_type)),
            None => "a person".to_owned(),
        };
        let mut out = io::stdout();
        writeln!(
            out,
            "\n\"{}\" ({kind}) waits for {work}.",
            output::harmless(&name)
        )?;
        writeln!(
            out,
            "Enter completes it; {{name: value}} completes it with variables; w leaves it waiting."
        )?;
        if open.job_type.is_some() {
            writeln!(
                out,
                "fail MESSAGE lets the job fail; error CODE throws a BPMN error."
            )?;
        }
        loop {
            write!(out, "> ")?;
            out.flush()?;
            let mut line = String::new();
            if io::stdin().lock().read_line(&mut line)? == 0 {
                // Nobody is there any more: no further questions.
                self.asks = false;
                return Ok(None);
            }
            match read_answer(line.trim()) {
                Ok(answer) => return Ok(answer),
                Err(sentence) => writeln!(out, "{sentence}")?,
            }
        }
    }
}

/// What a person typed. `Ok(None)`: it is left waiting.
fn read_answer(line: &str) -> Result<Option<Answer>, String> {
    let words = line
        .split_once(char::is_whitespace)
        .map_or((line, ""), |(word, rest)| (word, rest.trim()));
    match words {
        ("", _) => Ok(Some(Answer::Complete(Variables::new()))),
        ("w" | "wait", "") => Ok(None),
        ("fail", message) => Ok(Some(Answer::Fail {
            message: message.to_owned(),
            retries: None,
        })),
        ("error", "") => Err("Which error? Write its code.".into()),
        ("error", code) => Ok(Some(Answer::Error {
            code: code.to_owned(),
            message: None,
            variables: Variables::new(),
        })),
        _ => read_variables(line).map(|variables| Some(Answer::Complete(variables))),
    }
}

/// A FEEL context, of which JSON objects are a part.
fn read_variables(text: &str) -> Result<Variables, String> {
    let env = Env {
        now: Timestamp::EPOCH,
        zone: redthread_calendar::Zone::UTC,
        seed: 0,
        limits: Limits::default(),
    };
    let expression = Expression::parse(text).map_err(|error| error.to_string())?;
    match expression.evaluate(&(), &env).value {
        Value::Context(context) => Ok(context
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()),
        _ => Err("Expected variables like {approved: true}, or w to leave it waiting.".into()),
    }
}

impl Show for ForPeople {
    fn end(&mut self, summary: &Map<String, Json>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out)?;
        for instance in summary
            .get("instances")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            let text = |name: &str| {
                instance
                    .get(name)
                    .and_then(Json::as_str)
                    .unwrap_or_default()
            };
            let state = text("state");
            let colour = match state {
                "completed" => Colour::Green,
                "failed" => Colour::Red,
                _ => Colour::Yellow,
            };
            let process = output::harmless(text("process"));
            let state = output::paint(state, colour, self.coloured);
            writeln!(
                out,
                "{process}#{}: {state} {}",
                instance["instance"], instance["variables"]
            )?;
            for waiting in instance["waitingAt"].as_array().into_iter().flatten() {
                writeln!(
                    out,
                    "    waits at {}",
                    output::harmless(waiting.as_str().unwrap_or_default())
                )?;
            }
            for incident in instance["incidents"].as_array().into_iter().flatten() {
                let part =
                    |name: &str| output::harmless(incident[name].as_str().unwrap_or_default());
                let (element, message) = (part("element"), part("message"));
                let code = output::paint(&part("code"), Colour::Red, self.coloured);
                writeln!(out, "    {code} at {element}: {message}")?;
            }
        }
        for record in summary
            .get("records")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            let part = |name: &str| output::harmless(record[name].as_str().unwrap_or_default());
            writeln!(out, "{} {}: {}", part("kind"), part("id"), record["fields"])?;
        }
        if let Some(sentence) = summary.get("stopped").and_then(Json::as_str) {
            writeln!(
                out,
                "{}",
                output::paint(sentence, Colour::Red, self.coloured)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_answers_in_few_words() {
        let complete = |variables: &str| {
            read_variables(variables).map(|variables| Some(Answer::Complete(variables)))
        };
        assert_eq!(
            read_answer(""),
            Ok(Some(Answer::Complete(Variables::new())))
        );
        assert_eq!(
            read_answer("{approved: true}"),
            complete("{\"approved\": true}")
        );
        assert_eq!(read_answer("w"), Ok(None));
        assert_eq!(
            read_answer("fail no answer"),
            Ok(Some(Answer::Fail {
                message: "no answer".into(),
                retries: None
            }))
        );
        assert!(read_answer("error").is_err());
        assert!(read_answer("yes").is_err());
    }
}
